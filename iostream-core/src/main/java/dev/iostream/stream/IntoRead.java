package dev.iostream.stream;

import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A read into a buffer of the caller's, until that is full or, when partial, until anything is in it. As whoever reads so
 * wants to allocate nothing, it is used again: its stream keeps the last one that was delivered for the next read.
 */
final class IntoRead extends ReadRequest {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);
    private static final IntConsumer NOBODY = count -> {};

    /** Keeps it for the next read, or null when this one is never another. */
    private final @Nullable ReadSide owner;

    private ByteBuffer destination = NONE;
    private IntConsumer callback = NOBODY;
    private boolean partial;
    private int count;

    IntoRead(@Nullable ReadSide owner) {
        this.owner = owner;
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
        return !destination.hasRemaining() || (partial && count > 0);
    }

    @Override
    boolean isMessage() {
        return true;
    }

    @Override
    void run() {
        IntConsumer called = callback;
        int moved = count;
        destination = NONE;
        callback = NOBODY;
        if (owner != null) {
            owner.spare(this);
        }
        called.accept(moved);
    }

    @Override
    String describe() {
        return (partial ? "readPartialInto(" : "readInto(") + destination.remaining() + " more bytes)";
    }
}
