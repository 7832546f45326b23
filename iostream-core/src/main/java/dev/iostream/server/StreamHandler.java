package dev.iostream.server;

import dev.iostream.stream.IOStream;

/** Serves the streams that a server accepts. */
@FunctionalInterface
public interface StreamHandler {
    /**
     * Serves a new stream, on its loop's thread: starts its first read and returns.
     *
     * @throws Exception closes this stream with {@link dev.iostream.event.CloseReason#CALLBACK_FAILED}; the server goes on
     */
    void handle(IOStream stream) throws Exception;

    /**
     * Brings a stream to its end, since the server drains. Called once, on the stream's loop.
     *
     * <p>By default a stream that is idle, with nothing buffered and nothing unsent, closes with
     * {@link dev.iostream.event.CloseReason#DRAINED}; another goes on, and closes so as soon as it is found idle. Where an
     * answer is still being worked out, override this: close the stream when the answer has been written. What has not
     * ended at the deadline is closed then.
     *
     * @throws Exception closes this stream with {@link dev.iostream.event.CloseReason#CALLBACK_FAILED}
     */
    default void drain(IOStream stream) throws Exception {
        WhenIdle.close(stream);
    }
}
