package dev.iostream.stream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is to be told of the ends of a stream: that of what the peer sends, and its own. */
final class EndWaiters {
    private @Nullable Delivery peerEnded;
    private @Nullable Delivery closed;
    private @Nullable List<Runnable> listeners;

    /** What to deliver at the peer's end, instead of closing the stream; null for nothing. */
    void onPeerEnd(@Nullable Delivery callback) {
        peerEnded = callback;
    }

    /** Removes and returns it. */
    @Nullable
    Delivery takePeerEnded() {
        Delivery callback = peerEnded;
        peerEnded = null;
        return callback;
    }

    /** What to deliver last of all; null for nothing. */
    void onClose(@Nullable Delivery callback) {
        closed = callback;
    }

    boolean hasClosed() {
        return closed != null;
    }

    /** Removes and returns it. */
    @Nullable
    Delivery takeClosed() {
        Delivery callback = closed;
        closed = null;
        return callback;
    }

    /** Also tells {@code listener}, which is not a user's, as soon as the stream is closed. */
    void alsoOnClose(Runnable listener) {
        if (listeners == null) {
            listeners = new ArrayList<>(2);
        }
        listeners.add(listener);
    }

    /** Tells {@code listener} nothing any more. */
    void noLongerOnClose(Runnable listener) {
        if (listeners != null) {
            listeners.remove(listener);
        }
    }

    /** Tells each of them, once. */
    void tellListeners() {
        List<Runnable> told = listeners;
        // a listener may have others removed, and a closed stream is not to keep them
        listeners = null;
        if (told != null) {
            told.forEach(Runnable::run);
        }
    }
}
