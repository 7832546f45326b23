package dev.iostream.stream;

import dev.iostream.transport.MemoryTransport;
import java.nio.ByteBuffer;

/** A transport that gives the same bytes at every read and takes whatever is written. */
final class Feed extends MemoryTransport {
    private final ByteBuffer bytes;

    Feed(byte[] bytes) {
        this.bytes = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** A line of {@code size} bytes, over and over for {@code total} bytes at most. */
    static byte[] lines(int size, int total) {
        byte[] lines = new byte[Math.max(size, total / size * size)];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = (byte) (i % size == size - 1 ? '\n' : 'a' + i % 23);
        }
        return lines;
    }

    @Override
    public int read(ByteBuffer into) {
        int count = Math.min(bytes.remaining(), into.remaining());
        into.put(into.position(), bytes, 0, count).position(into.position() + count);
        return count;
    }

    @Override
    public int write(ByteBuffer from) {
        int count = from.remaining();
        from.position(from.limit());
        return count;
    }
}
