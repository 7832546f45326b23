package dev.iostream.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.iostream.event.CloseReason;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.tls.HandMade;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in by a server on several loops, over sockets of the system, in plain and with TLS. */
class NioAdmissionTest extends RunningGroup {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int LIMIT_MILLIS = (int) LONG.toMillis();

    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 51234);
    private static final InetSocketAddress FRONT = new InetSocketAddress("198.51.100.2", 443);
    private static final byte[] HEADER = ProxyHeader.of(CLIENT, FRONT).encodeV2();

    private static final Admission BEHIND_PROXIES =
            Admission.defaults().proxyProtocol(ProxyProtocol.from(LOOPBACK.getHostAddress()));

    private TCPServer listening(ServerOptions.Builder options, SocketAddress address) {
        TCPServer server = server(options);
        server.listen(address);
        return server;
    }

    // ---- Unix-domain sockets

    @Test
    void aProxyMayConnectOverAUnixDomainSocket(@TempDir Path folder) throws IOException {
        SocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        ProxyProtocol proxies = ProxyProtocol.fromUnixDomain();
        TCPServer server = listening(
                options().admission(Admission.defaults().proxyProtocol(proxies).allow("192.0.2.0/24")), address);
        SocketChannel client = connect(address);
        client.write(ByteBuffer.wrap(HEADER));
        talk(client);
        assertThat(served.element().remoteAddress()).isEqualTo(CLIENT);
        server.listen(ANY_PORT);
        assertThat(hasEnded(connect(server.localAddresses().get(1)))).isTrue();
        assertThat(server.stats().rejected(CloseReason.PROXY_PROTOCOL)).isEqualTo(1);
    }

    @Test
    void whoConnectsOverAUnixDomainSocketIsNoProxyUnlessThatIsSaid(@TempDir Path folder) throws IOException {
        SocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        TCPServer server = listening(options().admission(BEHIND_PROXIES), address);
        assertThat(hasEnded(connect(address))).isTrue();
        assertThat(server.stats().rejected(CloseReason.PROXY_PROTOCOL)).isEqualTo(1);
    }

    @Test
    void peersOverUnixDomainSocketsHaveNoAddressToBeDenied(@TempDir Path folder) throws IOException {
        SocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        listening(options().admission(Admission.defaults().allow("192.0.2.0/24").deny("127.0.0.0/8")), address);
        connectAndTalk(address);
    }

    // ---- TLS

    private static TlsOptions tls() {
        return TlsOptions.server(TestCertificates.server());
    }

    /** A client of the JDK's over a connection that a proxy has introduced, with the header in pieces of that size. */
    private static SSLSocket secured(SocketAddress server, byte[] header, int piece) throws IOException {
        var plain = new Socket();
        plain.setTcpNoDelay(true);
        plain.connect(server);
        for (int at = 0; at < header.length; at += piece) {
            plain.getOutputStream().write(header, at, Math.min(piece, header.length - at));
        }
        SSLSocket socket = (SSLSocket)
                TestCertificates.client().getSocketFactory().createSocket(plain, "127.0.0.1", port(server), true);
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }

    private static String ask(Socket socket, String line) throws IOException {
        socket.getOutputStream().write(line.getBytes(US_ASCII));
        return new String(socket.getInputStream().readNBytes(line.length()), US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void theHeaderComesBeforeTheHandshake(int piece) throws IOException {
        TCPServer server = listening(options().admission(BEHIND_PROXIES).tls(tls()), ANY_PORT);
        try (SSLSocket socket = secured(server.localAddresses().get(0), HEADER, piece)) {
            assertThat(ask(socket, "hello\n")).isEqualTo("hello\n");
        }
        IOStream stream = served.element();
        assertThat(stream).isInstanceOf(SSLIOStream.class);
        assertThat(stream.remoteAddress()).isEqualTo(CLIENT);
        assertThat(stream.attribute(ProxyHeader.class)).isEqualTo(ProxyHeader.of(CLIENT, FRONT));
    }

    /** The first bytes of TLS may be in the segment of the header. */
    @Test
    void whatComesWithTheHeaderIsTheBeginningOfTheHandshake() throws Exception {
        TCPServer server = listening(options().admission(BEHIND_PROXIES).tls(tls()), ANY_PORT);
        byte[] first = Arrays.copyOf(HEADER, HEADER.length + 5);
        // the beginning of a record that is no handshake
        System.arraycopy("hello".getBytes(US_ASCII), 0, first, HEADER.length, 5);
        SocketChannel client = connect(server.localAddresses().get(0));
        client.write(ByteBuffer.wrap(first));
        assertThat(client.socket().getInputStream().readAllBytes()).isEqualTo(HandMade.alert(2, 10));
        until(() -> server.stats().streams().failed(CloseReason.PLAINTEXT_ON_TLS) == 1);
        assertThat(server.stats().rejected()).isEmpty();
    }

    @Test
    void aHandshakeWithoutAHeaderIsRefused() throws IOException {
        TCPServer server = listening(options().admission(BEHIND_PROXIES).tls(tls()), ANY_PORT);
        try (SSLSocket socket = secured(server.localAddresses().get(0), new byte[0], 1)) {
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
        assertThat(server.stats().rejected(CloseReason.PROXY_PROTOCOL)).isEqualTo(1);
        assertThat(served).isEmpty();
    }

    @Test
    void afterStartTlsThePeerIsStillTheOneThatTheProxyHasTold() throws IOException {
        var server = new TCPServer(
                group, this::startTls, options().admission(BEHIND_PROXIES).build());
        server.listen(ANY_PORT);
        SocketAddress address = server.localAddresses().get(0);
        try (var plain = new Socket(LOOPBACK, port(address))) {
            plain.setSoTimeout(LIMIT_MILLIS);
            plain.getOutputStream().write(HEADER);
            assertThat(ask(plain, "STARTTLS\n")).isEqualTo("GO AHEAD\n");
            Socket secured =
                    TestCertificates.client().getSocketFactory().createSocket(plain, "127.0.0.1", port(address), true);
            assertThat(ask(secured, "hello\n")).isEqualTo("hello\n");
        }
        IOStream stream = served.element();
        assertThat(stream.remoteAddress()).isEqualTo(CLIENT);
        assertThat(stream.localAddress()).isEqualTo(FRONT);
        assertThat(stream.attribute(ProxyHeader.class)).isNotNull();
        server.close();
    }

    private void startTls(IOStream plain) {
        plain.readUntil("\n", command -> {
            plain.write("GO AHEAD\n");
            SSLIOStream.startTls(
                    plain,
                    tls(),
                    secured -> {
                        served.add(secured);
                        secured.readUntil("\n", line -> secured.write(line));
                    },
                    (errno, message) -> reported.add(new IOException(message)));
        });
    }

    // ---- nothing is left

    /** Whatever becomes of connections, their places and descriptors come back. */
    @Test
    void whateverBecomesOfConnectionsNothingOfThemIsLeft() throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "this system does not list the descriptors of a process");
        TCPServer server = listening(
                options()
                        .maxConnections(1000)
                        .maxConnectionsPerPeer(1)
                        .admission(Admission.defaults()
                                .proxyProtocol(ProxyProtocol.from(LOOPBACK.getHostAddress())
                                        .headerTimeout(Duration.ofMillis(20)))
                                .deny("203.0.113.0/24")
                                .rejectWith("421\r\n")),
                ANY_PORT);
        oneOfEachKind(server);
        until(() -> server.stats().connections() == 0);
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            oneOfEachKind(server);
            until(() -> server.stats().connections() == 0);
        }
        until(() -> descriptors() <= before);
        assertThat(server.stats().introducing()).isZero();
        assertThat(server.stats().full()).isFalse();
        assertThat(server.stats().accepted()).isEqualTo(2 * 21);
        assertThat(server.stats().rejected())
                .containsEntry(CloseReason.ACCESS_DENIED, 21L)
                .containsEntry(CloseReason.CONNECTION_LIMIT, 21L)
                .containsEntry(CloseReason.PROXY_PROTOCOL, 4 * 21L);
        assertThat(reported).isEmpty();
    }

    private void oneOfEachKind(TCPServer server) throws IOException {
        SocketAddress address = server.localAddresses().get(0);
        List<SocketChannel> clients = new ArrayList<>();
        SocketChannel first = sent(address, HEADER);
        talk(first);
        // one more of that peer, somebody who is denied, no proxy, no header
        clients.add(sent(address, HEADER));
        clients.add(sent(address, "PROXY TCP4 203.0.113.9 198.51.100.2 1 2\r\n".getBytes(UTF_8)));
        clients.add(SocketChannel.open().bind(new InetSocketAddress("127.0.0.2", 0)));
        clients.get(2).connect(address);
        clients.add(sent(address, "GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8)));
        // a header that never comes, or never ends
        clients.add(sent(address, new byte[0]));
        clients.add(sent(address, Arrays.copyOf(HEADER, 10)));
        for (SocketChannel client : clients) {
            while (!hasEnded(client)) {
                // what it is told
                continue;
            }
            client.close();
        }
        // gone before the header, within it, and behind it
        sent(address, new byte[0]).close();
        reset(sent(address, Arrays.copyOf(HEADER, 10)));
        first.close();
        until(() -> server.stats().connections() == 0);
        SocketChannel again = sent(address, HEADER);
        talk(again);
        reset(again);
    }

    private static SocketChannel sent(SocketAddress address, byte[] bytes) throws IOException {
        SocketChannel client = SocketChannel.open(address);
        client.write(ByteBuffer.wrap(bytes));
        return client;
    }

    private static long descriptors() {
        try (var all = Files.list(DESCRIPTORS)) {
            return all.count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
