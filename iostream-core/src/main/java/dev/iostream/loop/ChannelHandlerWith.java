package dev.iostream.loop;

import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ChannelHandler} that is given what was attached to it.
 *
 * @param <A> the type of the attachment
 */
@FunctionalInterface
public interface ChannelHandlerWith<A extends @Nullable Object> {
    /**
     * The channel is ready. What it throws is reported, and the handler stays.
     *
     * @param arg what was attached
     * @param channel the one that was given to {@link IOLoop#addHandler}
     * @param events bits of {@link Interest}, only such as are watched for
     */
    void ready(A arg, SelectableChannel channel, int events) throws Exception;
}
