package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** The contract over TLS and sockets of the system. */
class NioTlsStreamTest {
    abstract static class OverSockets extends NioStreamTest {
        private static final int SOCKET_BUFFER = 64 * 1024;

        private final TlsPairs pairs;
        private final String protocol;

        OverSockets(String protocol) {
            this(TlsPairs.ofTheJdk(), protocol);
        }

        OverSockets(TlsPairs pairs, String protocol) {
            this.pairs = pairs;
            this.protocol = protocol;
        }

        @Override
        int much() {
            // more than both ends' socket buffers take, which are made small
            return 1024 * 1024;
        }

        @Override
        Set<CloseReason> brokenOff() {
            return TlsPairs.BROKEN_OFF;
        }

        @Override
        boolean halfCloses() {
            return pairs.halfCloses(protocol);
        }

        @Override
        Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) throws IOException {
            try (var listener = ServerSocketChannel.open()) {
                listener.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel near = SocketChannel.open();
                near.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
                near.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
                near.connect(listener.getLocalAddress());
                SocketChannel far = listener.accept();
                far.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
                var pair = new Pair(
                        new SSLIOStream(near, pairs.clientOptions(protocol), loop(), clientOptions),
                        new SSLIOStream(far, pairs.serverOptions(protocol), loop(), serverOptions));
                runUntil(() -> TlsPairs.secured(pair));
                return pair;
            }
        }
    }

    @Nested
    class Tls12 extends OverSockets {
        Tls12() {
            super("TLSv1.2");
        }
    }

    @Nested
    class Tls13 extends OverSockets {
        Tls13() {
            super("TLSv1.3");
        }
    }
}
