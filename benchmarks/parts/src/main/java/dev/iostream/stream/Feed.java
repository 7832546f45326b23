package dev.iostream.stream;

import dev.iostream.event.Stage;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.transport.Transport;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** A transport that gives the same bytes at every read and takes whatever is written. */
final class Feed implements Transport {
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

    @Override
    public void attach(ReadyHandler handler) {}

    @Override
    public Stage establish() {
        return Stage.READY;
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public void shutdownWrite() {}

    @Override
    public void watch(int interest) {}

    @Override
    public void close() {}

    @Override
    public SocketAddress localAddress() {
        return null;
    }

    @Override
    public SocketAddress remoteAddress() {
        return null;
    }
}
