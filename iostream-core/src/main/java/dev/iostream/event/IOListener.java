package dev.iostream.event;

import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to streams, for meters, logs and tests.
 *
 * <p>Every method is called on the loop's thread and must be fast, must not throw and must not call the stream.
 * {@link #streamOpened} is matched by exactly one {@link #streamClosed}; a stream that never opened has neither.
 */
public interface IOListener {
    /** Hears nothing. */
    IOListener NONE = new IOListener() {};

    /** The stream can carry bytes. */
    default void streamOpened(StreamInfo stream) {}

    /** The stream has closed; its close callback comes next. The cause is null for an ordinary end. */
    default void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {}

    /** A callback of the stream threw. The stream closes with {@link CloseReason#CALLBACK_FAILED}. */
    default void callbackFailed(StreamInfo stream, Throwable failure) {}
}
