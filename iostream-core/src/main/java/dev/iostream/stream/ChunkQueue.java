package dev.iostream.stream;

import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** Bytes in order, in pieces of bounded size, so that a long queue is never copied to grow. */
final class ChunkQueue implements Region {
    private static final int SMALLEST = 512;
    private static final int LARGEST = 64 * 1024;

    /** Each from position to limit, with room behind the limit. */
    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>(2);

    private long size;

    @Override
    public long remaining() {
        return size;
    }

    /** Copies what remains of {@code source} to the end. */
    void append(ByteBuffer source) {
        while (source.hasRemaining()) {
            ByteBuffer last = chunks.peekLast();
            if (last == null || last.limit() == last.capacity()) {
                int capacity = Math.min(LARGEST, Math.max(SMALLEST, source.remaining()));
                last = ByteBuffer.allocate(capacity).limit(0);
                chunks.addLast(last);
            }
            int count = Math.min(source.remaining(), last.capacity() - last.limit());
            int end = last.limit();
            last.limit(end + count);
            last.put(end, source, source.position(), count);
            source.position(source.position() + count);
            size += count;
        }
    }

    @Override
    public void sendTo(Transport transport, long most) throws IOException {
        long enough = size - most;
        while (size > 0 && size > enough) {
            ByteBuffer first = chunks.getFirst();
            int offered = first.remaining();
            int count = transport.write(first);
            size -= count;
            if (!first.hasRemaining()) {
                chunks.removeFirst();
            }
            if (count < offered) {
                break;
            }
        }
    }
}
