package dev.iostream.stream;

import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/** A read into a buffer of the caller's, until that is full or, when partial, until anything is in it. */
final class IntoRead extends ReadRequest {
    private final ByteBuffer destination;
    private final boolean partial;
    private final IntConsumer callback;
    private int count;

    IntoRead(ByteBuffer destination, boolean partial, IntConsumer callback) {
        this.destination = destination;
        this.partial = partial;
        this.callback = callback;
    }

    @Override
    boolean advance(InboundBuffer buffer, boolean last) {
        if (last && !partial && buffer.size() < destination.remaining()) {
            return false;
        }
        count += buffer.moveTo(destination);
        return !destination.hasRemaining() || (partial && count > 0);
    }

    @Override
    boolean isMessage() {
        return true;
    }

    @Override
    void run() {
        callback.accept(count);
    }

    @Override
    String describe() {
        return (partial ? "readPartialInto(" : "readInto(") + destination.remaining() + " more bytes)";
    }
}
