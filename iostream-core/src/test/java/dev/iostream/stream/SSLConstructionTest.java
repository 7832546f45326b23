package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a stream with TLS is made of, and what it has when nothing is said. */
class SSLConstructionTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final TlsOptions tls = TlsPairs.ofTheJdk().clientOptions("TLSv1.3");
    private final IOLoop loop = new IOLoop();
    private final List<String> events = new ArrayList<>();
    private TCPServer server;

    private InetSocketAddress serve(IOLoop on) {
        server = new TCPServer(
                on,
                stream -> stream.write("pong pong pong\n"),
                ServerOptions.named("pong").tls(TlsPairs.ofTheJdk().serverOptions("TLSv1.3")));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return (InetSocketAddress) server.localAddresses().get(0);
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        loop.close();
    }

    private void exchange(IOStream stream) {
        stream.readUntil("\n", line -> {
            events.add(new String(line, UTF_8).trim());
            stream.loop().stop();
        });
        stream.loop().runSync(LIMIT, () -> {});
        assertThat(events).last().isEqualTo("pong pong pong");
    }

    @Test
    void aConnectedChannelIsSecuredAndMadeNonBlocking() throws IOException {
        InetSocketAddress address = serve(loop);
        SocketChannel channel = SocketChannel.open(address);
        var stream = new SSLIOStream(channel, tls, loop);
        assertThat(channel.isBlocking()).isFalse();
        assertThat(stream.loop()).isSameAs(loop);
        exchange(stream);
        assertThat(stream.session().getProtocol()).isEqualTo("TLSv1.3");
        assertThat(stream.remoteAddress()).isEqualTo(address);
        stream.abort();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anUnconnectedChannelCanBeConnected() throws IOException {
        InetSocketAddress address = serve(loop);
        var stream = new SSLIOStream(SocketChannel.open(), tls, loop, 4096);
        stream.connect(
                address.getHostString(),
                address.getPort(),
                null,
                true,
                () -> events.add("connected"),
                (errno, message) -> events.add(message));
        exchange(stream);
        assertThat(events).containsExactly("connected", "pong pong pong");
        stream.abort();
    }

    @Test
    void aBareContextIsAServers() throws IOException {
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            var client = new SSLIOStream(SocketChannel.open(listener.getLocalAddress()), tls, loop);
            var accepted = new SSLIOStream(listener.accept(), TestCertificates.server(), loop, 4096);
            accepted.write("pong pong pong\n");
            exchange(client);
            accepted.abort();
            client.abort();
        }
    }

    @Test
    void withoutALoopTheGlobalOneIsUsed() throws IOException {
        IOLoop global = IOLoop.instance();
        var stream = new SSLIOStream(SocketChannel.open(serve(global)), tls);
        assertThat(stream.loop()).isSameAs(global);
        exchange(stream);
        global.close();
        assertThat(stream.closed()).isTrue();
    }

    @Test
    void theLimitOfTheConstructorHoldsInBothDirections() throws IOException {
        var stream = new SSLIOStream(SocketChannel.open(serve(loop)), tls, loop, 10);
        assertThatThrownBy(() -> stream.write("12345678901"))
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("10 bytes");
        stream.readUntil("\n", line -> events.add("never"));
        stream.setCloseCallback(loop::stop);
        loop.runSync(LIMIT, () -> {});
        assertThat(stream.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
        assertThat(events).isEmpty();
    }
}
