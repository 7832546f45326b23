package dev.iostream.stream;

import dev.iostream.event.Stage;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A transport that reads and writes fewer bytes at once than it could. */
final class ChoppedTransport implements Transport {
    private final Transport whole;
    private final Random random;
    private final int most;

    ChoppedTransport(Transport whole, Random random, int most) {
        this.whole = whole;
        this.random = random;
        this.most = most;
    }

    /** Shows {@code operation} only the next few bytes of {@code buffer}. */
    private int chop(ByteBuffer buffer, Operation operation) throws IOException {
        int limit = buffer.limit();
        buffer.limit(buffer.position() + Math.min(buffer.remaining(), 1 + random.nextInt(most)));
        try {
            return operation.apply(buffer);
        } finally {
            buffer.limit(limit);
        }
    }

    private interface Operation {
        int apply(ByteBuffer buffer) throws IOException;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return chop(into, whole::read);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return chop(from, whole::write);
    }

    @Override
    public void attach(ReadyHandler handler) throws IOException {
        whole.attach(handler);
    }

    @Override
    public Stage establish() throws IOException {
        return whole.establish();
    }

    @Override
    public boolean flush() throws IOException {
        return whole.flush();
    }

    @Override
    public void shutdownWrite() throws IOException {
        whole.shutdownWrite();
    }

    @Override
    public void watch(int interest) {
        whole.watch(interest);
    }

    @Override
    public void close() {
        whole.close();
    }

    @Override
    public void reset() {
        whole.reset();
    }

    @Override
    public void setNoDelay(boolean on) {
        whole.setNoDelay(on);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return whole.localAddress();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return whole.remoteAddress();
    }
}
