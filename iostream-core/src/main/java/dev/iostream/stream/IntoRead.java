package dev.iostream.stream;

import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A read into a buffer of the caller's, until that is full or, when partial, until anything is in it. As whoever reads so
 * wants to allocate nothing, it is used again: its stream keeps the last one.
 */
final class IntoRead extends ReadRequest {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private ByteBuffer destination = NONE;
    /** Null when nobody waits for it. */
    private @Nullable IntConsumer callback;

    private boolean partial;
    private int count;

    /** Whether nobody waits for it, so that it may become another read. */
    boolean isFree() {
        return callback == null;
    }

    /** Makes it a read of its own. */
    IntoRead into(ByteBuffer newDestination, boolean newPartial, IntConsumer newCallback) {
        destination = newDestination;
        partial = newPartial;
        callback = newCallback;
        count = 0;
        return this;
    }

    @Override
    boolean advance(InboundBuffer buffer, boolean last) {
        if (last && !partial && buffer.size() < destination.remaining()) {
            return false;
        }
        count += buffer.moveTo(destination);
        return wantsNothing() || (partial && count > 0);
    }

    @Override
    boolean wantsNothing() {
        return !destination.hasRemaining();
    }

    @Override
    boolean hasBegun() {
        return count > 0;
    }

    @Override
    boolean isMessage() {
        return true;
    }

    @Override
    void run() {
        IntConsumer called = callback;
        int moved = count;
        assert called != null;
        abandoned();
        called.accept(moved);
    }

    @Override
    void abandoned() {
        destination = NONE;
        callback = null;
    }

    @Override
    String describe() {
        return (partial ? "readPartialInto(" : "readInto(") + destination.remaining() + " more bytes)";
    }
}
