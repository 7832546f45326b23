package dev.iostream.loop;

import java.nio.channels.SelectableChannel;

/** Is told, on the loop's thread, what a channel is ready for. */
@FunctionalInterface
public interface ChannelHandler {
    /**
     * The channel is ready. What it throws is reported, and the handler stays.
     *
     * @param channel the one that was given to {@link IOLoop#addHandler}
     * @param events bits of {@link Interest}, only such as are watched for
     */
    void ready(SelectableChannel channel, int events) throws Exception;
}
