package dev.iostream.event;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to streams, for meters, logs and tests.
 *
 * <p>Every method is called on the loop's thread, must be fast and must not call the stream. What one throws is told to
 * the loop's exception handler and changes nothing. {@link #streamOpened} is matched by exactly one {@link #streamClosed}; a
 * stream that never opens has {@link #streamFailed} instead of both.
 */
public interface IOListener {
    /** Hears nothing. */
    IOListener NONE = new IOListener() {};

    /**
     * The stream begins to connect, on the thread and inside the call that tells it to; its stages follow, and then
     * {@link #streamOpened} or {@link #streamFailed}.
     *
     * @param target what it was told to connect to, not resolved if that is a name
     */
    default void streamDialled(StreamInfo stream, SocketAddress target) {}

    /**
     * A stage of opening has ended: a name was resolved, a connection made, a handshake done, or one of these failed. A
     * stream that is accepted in plain has none.
     *
     * @param nanos how long the stage took, to the turn of the loop
     * @param failure why it failed, or null when it did not
     */
    default void stageEnded(StreamInfo stream, Stage stage, long nanos, @Nullable Throwable failure) {}

    /** The stream can carry bytes. */
    default void streamOpened(StreamInfo stream) {}

    /** The stream will never open, since its opening failed or somebody closed it before; the cause is null for that. */
    default void streamFailed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {}

    /** The stream has closed; its close callback comes next. The cause is null for an ordinary end. */
    default void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {}

    /** A callback of the stream threw. The stream closes with {@link CloseReason#CALLBACK_FAILED}. */
    default void callbackFailed(StreamInfo stream, Throwable failure) {}

    /** A listener that passes everything on to this one and then to {@code other}. */
    default IOListener and(IOListener other) {
        if (this == NONE) {
            return other;
        }
        return other == NONE ? this : new ListenerPair(this, other);
    }
}
