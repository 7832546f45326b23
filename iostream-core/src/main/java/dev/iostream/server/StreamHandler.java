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
}
