package dev.iostream.guide;

import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.Eventually;
import dev.iostream.event.EndpointStats;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
        EndpointStats stats = server.stats().streams();
        log.add(stats.opened() + " opened, " + stats.received() + " bytes received, closed: " + stats.closed());
        assertThat(log).containsExactly("1 opened, 6 bytes received, closed: {PEER_END=1}");
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
}
