package dev.iostream.transport;

import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.ReadyHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Another network, of which it remembers every attempt: when it began, and whether it was closed. */
final class RecordingNetwork implements Network {
    final List<Attempt> attempts = new ArrayList<>();
    /** What connecting to an address throws in the call itself. */
    final Map<SocketAddress, Exception> thrown = new HashMap<>();

    private final Network network;

    RecordingNetwork(Network network) {
        this.network = network;
    }

    @Override
    public Transport connect(SocketAddress address, SocketAddress source, TransportOptions options, IOLoop loop)
            throws IOException {
        Exception failure = thrown.get(address);
        var attempt = new Attempt(
                address,
                source,
                loop.nanoTime() / 1_000_000,
                failure == null ? network.connect(address, source, options, loop) : null);
        attempts.add(attempt);
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        return attempt;
    }

    @Override
    public Acceptor listen(SocketAddress address, ListenOptions options, IOLoop loop, Slots slots) throws IOException {
        return network.listen(address, options, loop, slots);
    }

    List<SocketAddress> addresses() {
        return attempts.stream().map(attempt -> attempt.address).toList();
    }

    List<Long> millis() {
        return attempts.stream().map(attempt -> attempt.millis).toList();
    }

    /** The attempts that opened something which is still open. */
    List<Attempt> open() {
        return attempts.stream()
                .filter(attempt -> attempt.transport != null && attempt.closes == 0)
                .toList();
    }

    static final class Attempt implements Transport {
        final SocketAddress address;
        final SocketAddress source;
        final long millis;
        final Transport transport;
        int closes;
        int watched;

        Attempt(SocketAddress address, SocketAddress source, long millis, Transport transport) {
            this.address = address;
            this.source = source;
            this.millis = millis;
            this.transport = transport;
        }

        @Override
        public void attach(ReadyHandler handler) throws IOException {
            transport.attach(handler);
        }

        @Override
        public Stage establish() throws IOException {
            return transport.establish();
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return transport.read(into);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return transport.write(from);
        }

        @Override
        public boolean flush() throws IOException {
            return transport.flush();
        }

        @Override
        public void shutdownWrite() throws IOException {
            transport.shutdownWrite();
        }

        @Override
        public void watch(int interest) {
            watched = interest;
            transport.watch(interest);
        }

        @Override
        public void close() {
            closes++;
            transport.close();
        }

        @Override
        public SocketAddress localAddress() {
            return transport.localAddress();
        }

        @Override
        public SocketAddress remoteAddress() {
            return transport.remoteAddress();
        }

        @Override
        public String toString() {
            return "attempt at " + address;
        }
    }
}
