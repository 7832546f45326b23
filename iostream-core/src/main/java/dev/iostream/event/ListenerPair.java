package dev.iostream.event;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Two listeners that hear the same, one after the other. */
record ListenerPair(IOListener first, IOListener second) implements IOListener {
    @Override
    public void streamDialled(StreamInfo stream, SocketAddress target) {
        first.streamDialled(stream, target);
        second.streamDialled(stream, target);
    }

    @Override
    public void stageEnded(StreamInfo stream, Stage stage, long nanos, @Nullable Throwable failure) {
        first.stageEnded(stream, stage, nanos, failure);
        second.stageEnded(stream, stage, nanos, failure);
    }

    @Override
    public void streamOpened(StreamInfo stream) {
        first.streamOpened(stream);
        second.streamOpened(stream);
    }

    @Override
    public void streamFailed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        first.streamFailed(stream, reason, cause);
        second.streamFailed(stream, reason, cause);
    }

    @Override
    public void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        first.streamClosed(stream, reason, cause);
        second.streamClosed(stream, reason, cause);
    }

    @Override
    public void callbackFailed(StreamInfo stream, Throwable failure) {
        first.callbackFailed(stream, failure);
        second.callbackFailed(stream, failure);
    }
}
