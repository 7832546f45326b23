package dev.iostream.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.IntFunction;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Buffers for records, shared by the connections of one loop: each holds one only while it has something in it.
 * Confined to its loop.
 *
 * <p>The JDK's engine is fastest with buffers on the heap, native ones with direct buffers.
 */
final class RecordBuffers {
    /** Room for two records of the usual size. */
    static final int SIZE = 34 * 1024;

    /** Room for what is read from the wire at once, behind what was left over from the time before. */
    private static final int INBOUND = 128 * 1024;

    private static final int MOST_FREE = 64;

    /** Both kinds, of which most loops use one. */
    static final class Kinds {
        private final RecordBuffers heap = new RecordBuffers(ByteBuffer::allocate);
        private final RecordBuffers direct = new RecordBuffers(ByteBuffer::allocateDirect);

        RecordBuffers onHeap() {
            return heap;
        }

        RecordBuffers of(SSLEngine engine) {
            return isOfTheJdk(engine) ? heap : direct;
        }
    }

    private final IntFunction<ByteBuffer> maker;
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private @Nullable ByteBuffer inbound;
    private int taken;

    private RecordBuffers(IntFunction<ByteBuffer> maker) {
        this.maker = maker;
    }

    /** Nothing that has to be right depends on this name; what is not known counts as another's. */
    static boolean isOfTheJdk(SSLEngine engine) {
        return engine.getClass().getName().startsWith("sun.security.ssl.");
    }

    /** An empty buffer with room for at least so many bytes. */
    ByteBuffer take(int size) {
        taken++;
        ByteBuffer buffer = size <= SIZE ? free.pollLast() : null;
        return buffer == null ? maker.apply(Math.max(size, SIZE)) : buffer;
    }

    /** Gives back what {@link #take} returned. */
    void give(ByteBuffer buffer) {
        taken--;
        if (buffer.capacity() == SIZE && free.size() < MOST_FREE) {
            free.addLast(buffer.clear());
        }
    }

    /**
     * The empty buffer that all connections read the wire into; its content lasts only as long as one call. While it is
     * lent there is another one: the wire may be TLS itself.
     */
    ByteBuffer lendInbound() {
        ByteBuffer lent = inbound;
        inbound = null;
        return lent == null ? maker.apply(INBOUND) : lent.clear();
    }

    /** Takes back what {@link #lendInbound} returned. */
    void takeBackInbound(ByteBuffer lent) {
        inbound = lent;
    }

    /** How many buffers are held by connections now. */
    int taken() {
        return taken;
    }
}
