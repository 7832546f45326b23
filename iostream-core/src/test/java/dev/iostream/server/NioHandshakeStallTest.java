package dev.iostream.server;

import static dev.iostream.tls.HandMade.clientHello;
import static dev.iostream.tls.HandMade.inRecord;
import static dev.iostream.tls.ScriptedTls.HANDSHAKE;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.iostream.Eventually;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handshakes over sockets that are never ended: that the descriptors are given back, at either end. */
class NioHandshakeStallTest {
    private static final int STALLERS = 120;
    private static final int[] OFFSETS = {0, 1, 5, 50, 200, 400};
    private static final Duration LIMIT = Duration.ofMillis(300);
    private static final TlsOptions SERVER =
            TlsOptions.server(TestCertificates.server()).handshakeTimeout(LIMIT);
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final IOLoopGroup group = IOLoopGroup.of(1, "stall");
    private final List<Socket> peers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
        group.close();
    }

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    @Test
    void aServerGivesBackTheDescriptorsOfClientsThatStall() throws IOException {
        givesBackDescriptors(
                NioHandshakeStallTest::echo, ServerOptions.named("stalled").tls(SERVER));
    }

    @Test
    void aServerGivesBackTheDescriptorsOfClientsThatStallAfterItHasStartedTls() throws IOException {
        givesBackDescriptors(
                stream -> SSLIOStream.startTls(stream, SERVER, NioHandshakeStallTest::echo, null),
                ServerOptions.named("stalled"));
    }

    private void givesBackDescriptors(StreamHandler handler, ServerOptions options) throws IOException {
        group.start();
        try (var server = new TCPServer(group, handler, options);
                var socket = ServerSocketChannel.open()) {
            socket.bind(ANY_PORT, STALLERS);
            byte[] hello = inRecord(HANDSHAKE, clientHello("localhost"));
            for (int i = 0; i < STALLERS; i++) {
                var peer = new Socket(
                        InetAddress.getLoopbackAddress(), socket.socket().getLocalPort());
                peers.add(peer);
                peer.getOutputStream().write(hello, 0, OFFSETS[i % OFFSETS.length]);
            }
            // the peers have their ends, and keep them; nothing is accepted yet
            long before = descriptors();
            server.addSocket(socket);
            Eventually.eventually(
                    () -> server.stats().accepted() == STALLERS
                            && server.stats().connections() == 0,
                    () -> server.stats().toString());
            Eventually.eventually(
                    () -> descriptors() <= before + 2, () -> descriptors() + " descriptors, before " + before);
        }
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    @Test
    void aClientGivesBackTheDescriptorsOfServersThatStall() throws IOException {
        group.start();
        TlsOptions tls = TlsOptions.client(TestCertificates.client()).handshakeTimeout(LIMIT);
        var closed = new AtomicInteger();
        try (var silent = new ServerSocket(0, STALLERS, InetAddress.getLoopbackAddress())) {
            long before = descriptors();
            for (int i = 0; i < STALLERS; i++) {
                group.next().addCallback(() -> {
                    var stream = SSLIOStream.open(group.next(), tls, StreamOptions.defaults());
                    stream.connect("127.0.0.1", silent.getLocalPort(), null, true, null, (errno, message) -> {});
                    stream.setCloseCallback(() -> {
                        assertThat(stream.closeReason()).isEqualTo(CloseReason.HANDSHAKE_DEADLINE);
                        closed.incrementAndGet();
                    });
                });
            }
            Eventually.eventually("all closed", () -> closed.get() == STALLERS);
            Eventually.eventually(
                    () -> descriptors() <= before + 2, () -> descriptors() + " descriptors, before " + before);
        }
    }
}
