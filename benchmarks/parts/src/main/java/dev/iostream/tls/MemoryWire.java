package dev.iostream.tls;

import dev.iostream.transport.MemoryTransport;
import java.nio.ByteBuffer;

/** One end of a wire in memory: what is written at one end is there at once to be read at the other. */
final class MemoryWire extends MemoryTransport {
    private static final int CAPACITY = 1024 * 1024;

    private final ByteBuffer incoming = ByteBuffer.allocateDirect(CAPACITY);
    private MemoryWire other = this;

    /** Two ends. */
    static MemoryWire[] pair() {
        var one = new MemoryWire();
        var two = new MemoryWire();
        one.other = two;
        two.other = one;
        return new MemoryWire[] {one, two};
    }

    /** Forgets what has come and was not read. */
    void drop() {
        incoming.clear();
    }

    @Override
    public int read(ByteBuffer into) {
        incoming.flip();
        int count = Math.min(incoming.remaining(), into.remaining());
        into.put(into.position(), incoming, 0, count).position(into.position() + count);
        incoming.position(count).limit(Math.max(count, incoming.limit()));
        incoming.compact();
        return count;
    }

    @Override
    public int write(ByteBuffer from) {
        ByteBuffer target = other.incoming;
        int count = Math.min(from.remaining(), target.remaining());
        target.put(target.position(), from, from.position(), count).position(target.position() + count);
        from.position(from.position() + count);
        return count;
    }
}
