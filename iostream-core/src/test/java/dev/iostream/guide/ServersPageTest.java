package dev.iostream.guide;

import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.Eventually;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.proxy.ProxySsl;
import dev.iostream.server.Admission;
import dev.iostream.server.Drained;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.ServerStats;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page about servers shows. */
class ServersPageTest {
    private final IOLoopGroup group = IOLoopGroup.of(2, "io-");
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() {
        group.start();
    }

    @AfterEach
    void close() {
        group.close();
    }

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Greets, and then answers each line with its length. */
    static final class LengthHandler implements StreamHandler {
        @Override
        public void handle(IOStream stream) {
            stream.setCloseCallback(() -> System.out.println(stream.remoteAddress() + ": " + stream.closeReason()));
            stream.write("ready\n");
            answer(stream);
        }

        private void answer(IOStream stream) {
            stream.readUntil("\n", 4096, line -> {
                stream.write(line.length - 1 + "\n", () -> answer(stream));
            });
        }
    }

    @Test
    void aHandlerOnTwoLoops() throws IOException {
        StreamOptions streams = StreamOptions.builder()
                .maxBufferSize(64 * 1024)
                .readTimeout(Duration.ofSeconds(30))
                .writeStallTimeout(Duration.ofSeconds(30))
                .build();
        ServerOptions options = ServerOptions.named("length").backlog(512).stream(streams);
        var server = new TCPServer(group, new LengthHandler(), options);
        server.listen(new InetSocketAddress(LOOPBACK, 0));

        try (Socket client = connect(server.localAddresses().get(0))) {
            client.getOutputStream().write("hello\n".getBytes());
            assertThat(new String(client.getInputStream().readNBytes(8))).isEqualTo("ready\n5\n");
        }

        eventually("closed", () -> server.stats().active() == 0);
        ServerStats stats = server.stats();
        log.add(stats.opened() + " opened, " + stats.received() + " bytes in, closed: "
                + stats.streams().closed());
        assertThat(log).containsExactly("1 opened, 6 bytes in, closed: {PEER_END=1}");
        server.close();
    }

    private static Socket connect(SocketAddress address) throws IOException {
        var socket = new Socket();
        socket.setSoTimeout((int) Eventually.LIMIT.toMillis());
        socket.connect(address);
        return socket;
    }

    @Test
    void aHandlerThatThrowsLosesItsConnectionOnly() throws IOException {
        group.loops()
                .forEach(loop ->
                        loop.addCallback(() -> loop.setExceptionHandler(failure -> log.add(failure.getMessage()))));
        var server = new TCPServer(
                group,
                stream -> {
                    throw new IOException("not today");
                },
                ServerOptions.named("broken"));
        server.listen(new InetSocketAddress(LOOPBACK, 0));

        for (int i = 1; i <= 2; i++) {
            try (Socket client = connect(server.localAddresses().get(0))) {
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
            }
        }
        eventually("both reported", () -> log.size() == 2);
        assertThat(log).containsOnly("not today");
        server.close();
    }

    @Test
    void stopAndClose() throws IOException {
        var server = new TCPServer(group, EchoServer::serve, ServerOptions.named("echo"));
        server.listen(new InetSocketAddress(LOOPBACK, 0));
        SocketAddress address = server.localAddresses().get(0);
        try (Socket client = connect(address)) {
            client.getOutputStream().write("a\n".getBytes());
            assertThat(new String(client.getInputStream().readNBytes(2))).isEqualTo("a\n");

            server.stop();
            assertThatThrownBy(() -> connect(address)).isInstanceOf(IOException.class);
            client.getOutputStream().write("b\n".getBytes());
            assertThat(new String(client.getInputStream().readNBytes(2))).isEqualTo("b\n");

            server.close();
            eventually("closed", () -> server.stats().active() == 0);
        }
    }

    @Test
    void anAddressInUse() {
        var server = new TCPServer(group, EchoServer::serve, ServerOptions.named("echo"));
        server.listen(new InetSocketAddress(LOOPBACK, 0));
        var other = new TCPServer(group, EchoServer::serve, ServerOptions.named("other"));

        assertThatThrownBy(() -> other.listen(server.localAddresses().get(0)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Server 'other' could not listen at")
                .hasMessageContaining("in use");
        server.close();
    }

    /** A server by subclass, whose streams end with a word. */
    static final class PoliteServer extends TCPServer {
        PoliteServer(IOLoopGroup group, ServerOptions options) {
            super(group, options);
        }

        @Override
        protected void handle(IOStream stream) {
            EchoServer.serve(stream);
        }

        @Override
        protected void drain(IOStream stream) {
            stream.write("goodbye\n", stream::close);
        }
    }

    @Test
    void draining() throws IOException {
        var server = new PoliteServer(group, ServerOptions.named("polite"));
        server.bind(new InetSocketAddress(LOOPBACK, 0));
        server.start();
        try (Socket client = connect(server.localAddresses().get(0))) {
            client.getOutputStream().write("hello\n".getBytes());
            assertThat(new String(client.getInputStream().readNBytes(6))).isEqualTo("hello\n");

            CompletableFuture<Drained> drained = server.drain(Duration.ofSeconds(20));
            drained.thenAccept(result -> log.add(result.ended() + " ended, " + result.forced() + " forced"));

            assertThat(new String(client.getInputStream().readAllBytes())).isEqualTo("goodbye\n");
        }
        eventually("drained", () -> !log.isEmpty());
        assertThat(log).containsExactly("1 ended, 0 forced");
        server.close();
    }

    @Test
    void limitsOfConnections() throws IOException {
        ServerOptions options = ServerOptions.builder("few")
                .maxConnections(10_000)
                .maxConnectionsPerPeer(1)
                .build();
        var server = new TCPServer(group, EchoServer::serve, options);
        server.listen(new InetSocketAddress(LOOPBACK, 0));

        try (Socket first = connect(server.localAddresses().get(0));
                Socket second = connect(server.localAddresses().get(0))) {
            first.getOutputStream().write("a\n".getBytes());
            assertThat(new String(first.getInputStream().readNBytes(2))).isEqualTo("a\n");
            assertThat(second.getInputStream().readAllBytes()).isEmpty();
        }
        assertThat(server.stats().rejected(CloseReason.CONNECTION_LIMIT)).isEqualTo(1);
        server.close();
    }

    @Test
    void unixDomainSockets(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("echo.sock");
        ServerOptions options =
                ServerOptions.builder("local").fileMode("rw-rw----").build();
        var server = new TCPServer(group, EchoServer::serve, options);
        server.listen(UnixDomainSocketAddress.of(path));

        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            client.write(ByteBuffer.wrap("local\n".getBytes()));
            assertThat(new String(Channels.newInputStream(client).readNBytes(6)))
                    .isEqualTo("local\n");
        }
        server.close();
    }

    @Test
    void whoMayConnect() throws IOException {
        ServerOptions options = ServerOptions.named("till")
                .admission(Admission.defaults()
                        .allow("127.0.0.0/8", "2001:db8::/32")
                        .deny("127.0.0.66")
                        .acceptRate(200)
                        .rejectWith("421 not you\r\n"));
        var server = new TCPServer(group, EchoServer::serve, options);
        server.listen(new InetSocketAddress(LOOPBACK, 0));

        try (var denied = new Socket()) {
            denied.bind(new InetSocketAddress("127.0.0.66", 0));
            denied.connect(server.localAddresses().get(0));
            assertThat(new String(denied.getInputStream().readAllBytes())).isEqualTo("421 not you\r\n");
        }
        try (Socket client = connect(server.localAddresses().get(0))) {
            client.getOutputStream().write("hello\n".getBytes());
            assertThat(new String(client.getInputStream().readNBytes(6))).isEqualTo("hello\n");
        }
        assertThat(server.stats().rejected(CloseReason.ACCESS_DENIED)).isEqualTo(1);
        server.close();
    }

    private void greet(IOStream stream) {
        ProxyHeader header = stream.attribute(ProxyHeader.class);
        ProxySsl ssl = header == null ? null : header.ssl();
        stream.write(
                "hello " + stream.remoteAddress() + (ssl != null && ssl.verified() ? ", whom we know" : "") + "\n");
        EchoServer.serve(stream);
    }

    @Test
    void behindAProxy() throws IOException {
        ServerOptions options = ServerOptions.builder("till")
                .maxConnectionsPerPeer(100)
                .admission(Admission.defaults().proxyProtocol(ProxyProtocol.from("127.0.0.1", "10.0.0.0/24")))
                .build();
        var server = new TCPServer(group, this::greet, options);
        server.listen(new InetSocketAddress(LOOPBACK, 0));

        try (Socket proxy = connect(server.localAddresses().get(0))) {
            proxy.getOutputStream().write("PROXY TCP4 192.0.2.1 198.51.100.2 51234 443\r\n".getBytes());
            byte[] expected = "hello /192.0.2.1:51234\n".getBytes();
            assertThat(proxy.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
        }
        try (Socket stranger = connect(server.localAddresses().get(0))) {
            stranger.getOutputStream().write("hello\n".getBytes());
            assertThat(stranger.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(server.stats().rejected(CloseReason.PROXY_PROTOCOL)).isEqualTo(1);
        server.close();
    }
}
