package dev.iostream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.Eventually;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.HandMade;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers with TLS over sockets, with the JDK's own blocking sockets for clients. */
class TlsServerTest {
    private static final int LIMIT_MILLIS = 30_000;
    private static final byte[] UNEXPECTED_MESSAGE = HandMade.alert(2, 10);

    private final IOLoopGroup group = IOLoopGroup.of(2, "tls");
    private final SSLContext trusting = TestCertificates.client();
    private TCPServer server;

    private int serve(TlsOptions tls) {
        server = new TCPServer(
                group, TlsServerTest::echo, ServerOptions.named("tls").tls(tls));
        group.start();
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return ((InetSocketAddress) server.localAddresses().get(0)).getPort();
    }

    private static void echo(IOStream stream) {
        assertThat(stream).isInstanceOf(SSLIOStream.class);
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    @AfterEach
    void nothingIsLeft() {
        server.close();
        group.close();
        assertThat(server.stats().active()).isZero();
    }

    private SSLSocket connect(int port) throws IOException {
        return connect(port, trusting);
    }

    private static SSLSocket connect(int port, SSLContext context) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }

    /** Asks once, and returns the server's certificate. */
    private Certificate ask(int port) throws IOException {
        try (SSLSocket socket = connect(port)) {
            return ask(socket);
        }
    }

    private static Certificate ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("hello\n".getBytes(UTF_8));
        assertThat(socket.getInputStream().readNBytes(6)).isEqualTo("hello\n".getBytes(UTF_8));
        return socket.getSession().getPeerCertificates()[0];
    }

    @Test
    void clientsOfTheJdkAreServed() throws IOException {
        int port = serve(TlsOptions.server(TestCertificates.server()));
        for (int i = 0; i < 5; i++) {
            ask(port);
        }
        assertThat(server.stats().opened()).isEqualTo(5);
        Eventually.eventually("all closed", () -> server.stats().active() == 0);
        assertThat(server.stats().closed(CloseReason.PEER_END)).isEqualTo(5);
    }

    @Test
    void aReloadedContextIsThatOfNewConnections() throws IOException {
        TestCertificates first =
                TestCertificates.CA.issue("first").ip("127.0.0.1").create();
        TestCertificates second =
                TestCertificates.CA.issue("second").ip("127.0.0.1").create();
        int port = serve(TlsOptions.server(SslContexts.server(first.key())));
        assertThat(ask(port)).isEqualTo(first.certificate());
        server.reload(SslContexts.server(second.key()));
        assertThat(ask(port)).isEqualTo(second.certificate());
    }

    @Test
    void reloadedOptionsHaveTheirOwnContextsForNames() throws IOException {
        TestCertificates first =
                TestCertificates.CA.issue("first").ip("127.0.0.1").create();
        TestCertificates named =
                TestCertificates.CA.issue("named").dns("shop.example").create();
        int port = serve(TlsOptions.server(SslContexts.server(first.key())));
        server.reload(TlsOptions.server(SslContexts.server(first.key()))
                .sniContexts(Map.of("shop.example", SslContexts.server(named.key()))));
        assertThat(ask(port)).isEqualTo(first.certificate());
        // one without sessions: the JDK's client would resume one, and ask for the name that it asked for then
        try (SSLSocket socket = connect(port, TestCertificates.client())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("shop.example")));
            socket.setSSLParameters(parameters);
            assertThat(ask(socket)).isEqualTo(named.certificate());
        }
    }

    @Test
    void streamsFromBeforeAReloadAreOutdatedUntilTheyClose() throws IOException {
        int port = serve(TlsOptions.server(TestCertificates.server()));
        try (SSLSocket early = connect(port)) {
            early.startHandshake();
            assertThat(server.stats().outdatedTls()).isZero();
            SSLContext next = TestCertificates.server();
            server.reload(next);
            assertThat(server.tlsOptions().context()).isSameAs(next);
            assertThat(server.stats().outdatedTls()).isEqualTo(1);
            ask(port);
            assertThat(server.stats().outdatedTls()).isEqualTo(1);
        }
        Eventually.eventually("nobody is outdated", () -> server.stats().outdatedTls() == 0);
    }

    @Test
    void failedHandshakesAreCounted() throws IOException {
        int port = serve(TlsOptions.server(TestCertificates.server()));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(UNEXPECTED_MESSAGE);
        }
        Eventually.eventually("it is counted", () -> server.stats().failed(CloseReason.PLAINTEXT_ON_TLS) == 1);
        assertThat(server.stats().opened()).isZero();
    }

    @Test
    void clientsThatDoNotSpeakTlsAreClosedAndOthersServed() throws IOException {
        int port = serve(TlsOptions.server(TestCertificates.server()));
        for (int i = 0; i < 20; i++) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(LIMIT_MILLIS);
                socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
                assertThat(socket.getInputStream().readAllBytes()).isEqualTo(UNEXPECTED_MESSAGE);
            }
        }
        ask(port);
    }

    @Test
    void whoDoesNotSpeakTlsIsToldAlsoWhereTheCertificateDependsOnTheName() throws IOException {
        int port = serve(TlsOptions.server(TestCertificates.server())
                .sniContexts(Map.of("shop.example", TestCertificates.server())));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(UNEXPECTED_MESSAGE);
        }
        ask(port);
    }

    @Test
    void aServerWithoutTlsHasNothingToReload() {
        server = new TCPServer(group, TlsServerTest::echo, ServerOptions.named("plain"));
        assertThatIllegalStateException()
                .isThrownBy(() -> server.reload(trusting))
                .withMessageContaining("'plain' has no TLS");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerOptions.named("wrong").tls(TlsOptions.client(trusting)))
                .withMessageContaining("'wrong'");
    }

    @Test
    void aStreamOfTheLibraryIsServed() {
        int port = serve(TlsOptions.server(TestCertificates.server()));
        var loop = group.next();
        var answer = new java.util.concurrent.CompletableFuture<String>();
        loop.addCallback(() -> {
            SSLIOStream stream = SSLIOStream.open(loop, TlsOptions.client(trusting), StreamOptions.defaults());
            stream.connect(
                    "localhost",
                    port,
                    null,
                    true,
                    () -> stream.write("hello\n"),
                    (errno, message) -> answer.completeExceptionally(new IOException(message)));
            stream.readUntil("\n", line -> {
                answer.complete(new String(line, UTF_8));
                stream.close();
            });
        });
        assertThat(answer).succeedsWithin(Eventually.LIMIT).isEqualTo("hello\n");
    }
}
