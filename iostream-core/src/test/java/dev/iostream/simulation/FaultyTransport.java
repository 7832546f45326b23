package dev.iostream.simulation;

import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A transport that does what sockets may do and seldom do: take or give less than there is room for, say that nothing is
 * there although something is, and be reported ready for no reason.
 */
final class FaultyTransport implements Transport {
    private final Transport wire;
    private final IOLoop loop;
    private final SplittableRandom random;
    private final int faultsInHundred;
    private @Nullable ReadyHandler handler;
    private boolean closed;
    /** Calls that came after the close, of which there must be none. */
    int callsAfterClose;

    FaultyTransport(Transport wire, IOLoop loop, SplittableRandom random, int faultsInHundred) {
        this.wire = wire;
        this.loop = loop;
        this.random = random;
        this.faultsInHundred = faultsInHundred;
    }

    private boolean faulty() {
        return random.nextInt(100) < faultsInHundred;
    }

    @Override
    public void attach(ReadyHandler newHandler) throws IOException {
        handler = newHandler;
        wire.attach(interest -> {
            if (!closed) {
                newHandler.ready(interest);
            }
        });
    }

    @Override
    public Stage establish() throws IOException {
        return wire.establish();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        countIfClosed();
        if (!faulty()) {
            return wire.read(into);
        }
        if (random.nextBoolean() || !into.hasRemaining()) {
            // told again later, since the wire is still ready and still watched
            return 0;
        }
        int limit = into.limit();
        into.limit(into.position() + 1 + random.nextInt(into.remaining()));
        int count = wire.read(into);
        into.limit(limit);
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        countIfClosed();
        if (!faulty()) {
            return wire.write(from);
        }
        if (random.nextBoolean() || !from.hasRemaining()) {
            return 0;
        }
        int limit = from.limit();
        from.limit(from.position() + 1 + random.nextInt(from.remaining()));
        int count = wire.write(from);
        from.limit(limit);
        return count;
    }

    @Override
    public boolean flush() throws IOException {
        return wire.flush();
    }

    @Override
    public void shutdownWrite() throws IOException {
        wire.shutdownWrite();
    }

    @Override
    public void watch(int interest) {
        wire.watch(interest);
        if (faulty() && handler != null) {
            loop.addCallback(() -> {
                if (!closed) {
                    handler.ready(random.nextBoolean() ? Interest.READ : Interest.WRITE);
                }
            });
        }
    }

    private void countIfClosed() {
        if (closed) {
            callsAfterClose++;
        }
    }

    @Override
    public void close() {
        closed = true;
        wire.close();
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return wire.localAddress();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return wire.remoteAddress();
    }
}
