package dev.iostream.stream;

/** Is given a stream. What it throws closes that stream with {@link dev.iostream.event.CloseReason#CALLBACK_FAILED}. */
@FunctionalInterface
public interface StreamCallback {
    /** Uses the stream, on its loop's thread. */
    void call(IOStream stream) throws Exception;
}
