package dev.iostream.guide;

import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOSimple;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.Identities;
import dev.iostream.tls.KeyMaterial;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page about TLS shows. */
class TlsPageTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final IOLoopGroup group = IOLoopGroup.of(2, "io-");
    private final IOLoop loop = group.next();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private TCPServer server;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        group.start();
    }

    @AfterEach
    void close() {
        server.close();
        group.close();
    }

    private KeyMaterial key(String name) throws IOException {
        TestCertificates certificate =
                TestCertificates.CA.issue(name).dns("localhost").create();
        return KeyMaterial.pem(certificate.certificatePem(folder), certificate.keyPem(folder));
    }

    private Path authority() throws IOException {
        return TestCertificates.CA.certificatePem(folder);
    }

    static TlsOptions serverTls(Path certificates, Path key) {
        return TlsOptions.server(SslContexts.server(KeyMaterial.pem(certificates, key)));
    }

    private void serve(TlsOptions tls, StreamHandler handler) {
        server = new TCPServer(group, handler, ServerOptions.named("secure").tls(tls));
        server.listen(ADDRESS);
    }

    private int port() {
        return ((InetSocketAddress) server.localAddresses().get(0)).getPort();
    }

    void connect(TlsOptions tls, int port) {
        var stream = SSLIOStream.open(loop, tls, StreamOptions.defaults());
        stream.connect(
                "localhost",
                port,
                null,
                true,
                () -> log.add("connected, " + stream.session().getProtocol()),
                (errno, message) -> log.add(message));
        stream.write("hello\n");
        stream.readUntil("\n", 4096, line -> log.add(new String(line)));
    }

    private void ask(TlsOptions tls) {
        loop.addCallback(() -> connect(tls, port()));
    }

    @Test
    void clientAndServer() throws IOException {
        TestCertificates certificate =
                TestCertificates.CA.issue("server").dns("localhost").create();
        serve(serverTls(certificate.certificatePem(folder), certificate.keyPem(folder)), EchoServer::serve);
        Path authority = authority();

        var tls = TlsOptions.client(SslContexts.client(Trust.pem(authority)));

        ask(tls);
        eventually("answered", () -> log.size() == 2);
        assertThat(log).containsExactly("connected, TLSv1.3", "hello\n");
        log.clear();

        try (IOSimple echo = IOSimple.dial("tls://localhost:" + port(), tls, StreamOptions.defaults())) {
            echo.write("hello\n");
            log.add(new String(echo.readUntil("\n")));
        }

        assertThat(log).containsExactly("hello\n");
        log.clear();
        ask(TlsOptions.client(SslContexts.client()));
        eventually("refused", () -> log.size() == 1);
        assertThat(log).last().asString().contains("not signed by anybody whom this end trusts");
    }

    @Test
    void namesAndProtocols() throws IOException {
        KeyMaterial key = key("other");
        KeyMaterial shopKey = key("shop");

        TlsOptions tls = TlsOptions.server(SslContexts.server(key))
                .sniContexts(Map.of("shop.example", SslContexts.server(shopKey)))
                .applicationProtocols("chat/2", "chat/1");

        serve(tls, stream -> {
            var secure = (SSLIOStream) stream;
            secure.onSecured(() -> stream.write(secure.applicationProtocol() + "\n"));
        });
        ask(TlsOptions.client(SslContexts.client(Trust.pem(authority()))).applicationProtocols("chat/1"));
        eventually("answered", () -> log.size() == 2);
        assertThat(log).contains("chat/1\n");
    }

    static void greet(IOStream stream) {
        var secure = (SSLIOStream) stream;
        secure.onSecured(() -> {
            var who = secure.peerCertificates().get(0).getSubjectX500Principal();
            secure.write("hello " + who.getName() + "\n");
        });
    }

    @Test
    void certificatesOfClients() throws IOException {
        KeyMaterial key = key("server");
        KeyMaterial ownKey = key("me");
        Path authority = authority();
        Path clientAuthority = authority;

        var tls = TlsOptions.server(SslContexts.server(key, Trust.pem(clientAuthority)))
                .clientAuth(ClientAuth.NEED);

        TlsOptions tills = tls.identities(Identities.allowing("CN=till-*", "URI:spiffe://bank/till/*"));

        serve(tls, TlsPageTest::greet);

        var withKey = TlsOptions.client(SslContexts.client(Trust.pem(authority), ownKey));

        ask(withKey);
        eventually("greeted", () -> log.size() == 2);
        assertThat(log).last().isEqualTo("hello CN=me\n");
        server.reload(tills);
        ask(withKey);
        eventually("refused", () -> server.stats().failed(CloseReason.ACCESS_DENIED) == 1);
    }

    @Test
    void anotherEngine() throws IOException {
        KeyMaterial key = key("server");
        Path authority = authority();

        Provider conscrypt = Conscrypt.newProvider();
        var tls = TlsOptions.server(SslContexts.server(key, conscrypt));

        serve(tls, EchoServer::serve);
        ask(TlsOptions.client(SslContexts.client(Trust.pem(authority), conscrypt)));
        eventually("answered", () -> log.size() == 2);
        assertThat(log).containsExactly("connected, TLSv1.3", "hello\n");
    }

    @Test
    void reload() throws IOException {
        serve(TlsOptions.server(SslContexts.server(key("first"))), EchoServer::serve);
        TestCertificates next =
                TestCertificates.CA.issue("next").dns("localhost").create();
        Path certificates = next.certificatePem(folder);
        Path key = next.keyPem(folder);

        SSLContext renewed = SslContexts.server(KeyMaterial.pem(certificates, key));
        server.reload(renewed);

        loop.addCallback(() -> {
            var stream = SSLIOStream.open(loop, TlsOptions.client(TestCertificates.client()), StreamOptions.defaults());
            stream.connect(
                    "localhost",
                    port(),
                    null,
                    true,
                    () -> log.add(stream.peerCertificates()
                            .get(0)
                            .getSubjectX500Principal()
                            .getName()),
                    (errno, message) -> log.add(message));
        });
        eventually("connected", () -> log.size() == 1);
        assertThat(log).containsExactly("CN=next");
    }

    static void upgradeServer(IOStream stream, TlsOptions tls) {
        stream.readUntil("\r\n", 512, command -> {
            stream.write("220 go ahead\r\n");
            SSLIOStream.startTls(stream, tls, EchoServer::serve, (errno, message) -> System.err.println(message));
        });
    }

    void upgradeClient(IOStream stream, TlsOptions tls) {
        stream.write("STARTTLS\r\n");
        stream.readUntil("\r\n", 512, answer -> {
            SSLIOStream.startTls(stream, tls, this::talk, (errno, message) -> log.add(message));
        });
    }

    private void talk(SSLIOStream stream) {
        stream.write("hello\n");
        stream.readUntil("\n", 4096, line -> log.add(new String(line)));
    }

    @Test
    void startTls() {
        server = new TCPServer(
                group,
                stream -> upgradeServer(stream, TlsOptions.server(TestCertificates.server())),
                ServerOptions.named("plain"));
        server.listen(ADDRESS);
        loop.addCallback(() -> {
            IOStream stream = IOStream.open(loop, StreamOptions.defaults());
            stream.connect(
                    "localhost",
                    port(),
                    null,
                    () -> upgradeClient(stream, TlsOptions.client(TestCertificates.client())),
                    (errno, message) -> log.add(message));
        });
        eventually("answered", () -> log.size() == 1);
        assertThat(log).containsExactly("hello\n");
    }
}
