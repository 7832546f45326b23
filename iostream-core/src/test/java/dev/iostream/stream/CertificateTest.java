package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.Identities;
import dev.iostream.tls.RawTls;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.tls.Trust;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about certificates beside whether they are good: whom they are for, who needs one, and who gets which. */
class CertificateTest extends TlsFixture {
    private static final TestCertificates CA = TestCertificates.CA;

    private static TlsOptions server(TestCertificates certificate, String protocol) {
        return TlsOptions.server(SslContexts.server(certificate.key())).protocols(protocol);
    }

    @Test
    void nothingIsVerifiedWhenThatIsAskedFor() {
        serve(server(TestCertificates.selfSigned("self").create(), "TLSv1.3"), TlsFixture::echo);
        SSLIOStream client = open(clientOptions());
        ConnectStart start =
                client.connect("wrong.example", PORT, null, false, () -> events.add("connected"), this::failed);
        simulation.run();
        assertThat(start).isEqualTo(new ConnectStart(0, null));
        assertThat(events).containsExactly("connected");
    }

    @Test
    void notVerifyingIsLoud() {
        var logger = Logger.getLogger(TlsOptions.class.getName());
        List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        Filter former = logger.getFilter();
        logger.setFilter(entry -> {
            warnings.add(entry.getLevel() + " " + entry.getMessage());
            return false;
        });
        try {
            serve(serverOptions(), TlsFixture::echo);
            connect(clientOptions(), "localhost");
            open(clientOptions()).connect("localhost", PORT, null, false, () -> events.add("connected"), this::failed);
            simulation.run();
        } finally {
            logger.setFilter(former);
        }
        assertThat(events).containsExactly("connected", "connected");
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("WARNING TLS with localhost:7000")
                .contains("does not verify");
    }

    @Test
    void theServerNameOfTheOptionsIsWhatIsVerified() {
        serve(server(CA.issue("x").dns("inner.example").create(), "TLSv1.3"), TlsFixture::echo);
        connect(clientOptions().serverName("inner.example"), "localhost");
        simulation.run();
        assertThat(events).containsExactly("connected");
        SSLIOStream other = connect(clientOptions().serverName("other.example"), "localhost");
        simulation.run();
        assertThat(other.error()).hasMessageContaining("localhost:7000 as other.example");
    }

    @Test
    void theHostNeedNotBeVerifiedButWhoSignedIsAllTheSame() {
        serve(server(CA.issue("x").dns("inner.example").create(), "TLSv1.3"), TlsFixture::echo);
        connect(clientOptions().verifyHostname(false), "localhost");
        simulation.run();
        assertThat(events).containsExactly("connected");
        Trust others = TestCertificates.authority("Other CA").trust();
        SSLIOStream other =
                connect(TlsOptions.client(SslContexts.client(others)).verifyHostname(false), "localhost");
        simulation.run();
        assertThat(other.error()).hasMessageContaining("not signed by anybody whom this end trusts");
    }

    // ---- certificates of clients

    private TlsOptions asking(ClientAuth clientAuth, String protocol) {
        return TlsOptions.server(SslContexts.server(
                        CA.issue("s").dns("localhost").create().key(), CA.trust()))
                .clientAuth(clientAuth)
                .protocols(protocol);
    }

    private static TlsOptions with(TestCertificates certificate) {
        return TlsOptions.client(SslContexts.client(CA.trust(), certificate.key()));
    }

    private SSLIOStream askWith(TlsOptions client, TlsOptions server) {
        serve(server, TlsFixture::echo);
        SSLIOStream stream = connect(client, "localhost");
        stream.write("hello\n");
        stream.readUntil("\n", this::record);
        simulation.run();
        return stream;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientsCertificateIsKnownToTheServer(String protocol) {
        TestCertificates own = CA.issue("me").create();
        askWith(with(own), asking(ClientAuth.NEED, protocol));
        assertThat(events).containsExactly("connected", "hello");
        assertThat(((SSLIOStream) served.get(0)).peerCertificates()).first().isEqualTo(own.certificate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientWithoutOneIsServedWhereItIsOnlyWanted(String protocol) {
        askWith(clientOptions(), asking(ClientAuth.WANT, protocol));
        assertThat(events).containsExactly("connected", "hello");
        assertThat(((SSLIOStream) served.get(0)).peerCertificates()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientWithoutOneIsRefusedWhereItIsNeeded(String protocol) {
        SSLIOStream client = askWith(clientOptions(), asking(ClientAuth.NEED, protocol));
        assertThat(events).doesNotContain("hello");
        assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(served.get(0).closeReason()).isEqualTo(CloseReason.TLS_FAILED);
    }

    // ---- names that clients ask for

    @Test
    void aServerHasACertificateForEachName() {
        TestCertificates main =
                CA.issue("main").dns("localhost").ip("127.0.0.1").create();
        TestCertificates wild = CA.issue("wild").dns("*.b.example").create();
        TestCertificates exact = CA.issue("exact").dns("wrong.example").create();
        serve(
                TlsOptions.server(SslContexts.server(main.key()))
                        .sniContexts(Map.of(
                                "*.b.example", SslContexts.server(wild.key()),
                                "Wrong.Example", SslContexts.server(exact.key()))),
                TlsFixture::echo);
        Map.of("localhost", main, "127.0.0.1", main, "a.b.example", wild, "wrong.example", exact)
                .forEach((host, expected) -> {
                    SSLIOStream client = connect(clientOptions(), host);
                    simulation.run();
                    assertThat(client.error()).isNull();
                    assertThat(client.peerCertificates()).first().isEqualTo(expected.certificate());
                });
    }

    private static Arguments asked(String name, String answer) {
        return Arguments.of(name, answer);
    }

    static Stream<Arguments> names() {
        String long63 = "a".repeat(63);
        return Stream.of(
                asked("exact.example", "exact"),
                asked("EXACT.example", "exact"),
                asked("a.b.example", "wild"),
                asked("A.B.EXAMPLE", "wild"),
                asked("b.example", "main"),
                asked("a.a.b.example", "main"),
                asked("unknown.example", "main"),
                asked("127.0.0.1", "main"),
                asked("::1", "no such name"),
                asked("*.b.example", "no such name"),
                asked(".b.example", "no such name"),
                asked(String.join(".", long63, long63, long63, "b", "example"), "main"),
                asked("x".repeat(243) + ".b.example\0\r", "no such name"),
                asked("x".repeat(255), "no such name"),
                asked("x".repeat(3000), "no such name"),
                asked("exact.example\0", "no such name"),
                asked("\r\n", "no such name"),
                asked("", "no such name"),
                asked(null, "main"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whateverNameIsAskedForThereIsACertificateUnlessThereIsNoSuchName(String name, String answer) throws Exception {
        Map<String, TestCertificates> certificates = Map.of(
                "main", CA.issue("main").create(),
                "wild", CA.issue("wild").create(),
                "exact", CA.issue("exact").create());
        serve(
                TlsOptions.server(SslContexts.server(certificates.get("main").key()))
                        .sniContexts(Map.of(
                                "*.b.example",
                                SslContexts.server(certificates.get("wild").key()),
                                "Exact.Example",
                                SslContexts.server(certificates.get("exact").key()))),
                TlsFixture::echo);
        SSLEngine engine = TestCertificates.client().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(name == null ? List.of() : List.of(new RawName(name)));
        engine.setSSLParameters(parameters);
        var client = new RawTls(wire(), engine);
        simulation.run();
        IOStream server = served.get(0);
        if (answer.equals("no such name")) {
            assertThat(server.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
            assertThat(server.error().getMessage())
                    .doesNotContainPattern("[\\x00-\\x1f]")
                    .hasSizeLessThan(1000);
        } else {
            assertThat(client.peerCertificate())
                    .isEqualTo(certificates.get(answer).certificate());
        }
        client.close();
    }

    /** A name as it is, right or wrong. */
    private static final class RawName extends SNIServerName {
        RawName(String name) {
            super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void aFirstMessageThatNeverEndsIsNotLookedAtForEver() throws java.io.IOException {
        TestCertificates main = CA.issue("main").dns("localhost").create();
        serve(
                TlsOptions.server(SslContexts.server(main.key()))
                        .sniContexts(Map.of("other.example", SslContexts.server(main.key()))),
                TlsFixture::echo);
        IOStream client = plainClient();
        // a long message begins, one byte in each record
        client.write(new byte[] {22, 3, 1, 0, 4, 1, 0, 0x7F, (byte) 0xFF});
        for (int i = 0; i < 20_000; i++) {
            client.write(new byte[] {22, 3, 1, 0, 1, 0});
        }
        simulation.run();
        assertThat(served.get(0).closeReason()).isIn(CloseReason.TLS_FAILED, CloseReason.HANDSHAKE_DEADLINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void onlyAllowedIdentitiesAreLetIn(String protocol) {
        TlsOptions tls = TlsOptions.server(SslContexts.server(
                        CA.issue("x").dns("localhost").create().key(), CA.trust()))
                .protocols(protocol)
                .clientAuth(ClientAuth.WANT)
                .identities(Identities.allowing("CN=term-*"));
        List<String> identities = new ArrayList<>();
        serve(tls, stream -> {
            ((SSLIOStream) stream)
                    .onSecured(() ->
                            identities.add(((SSLIOStream) stream).identity().commonName()));
            echo(stream);
        });
        ask(CA.issue("term-7").create());
        assertThat(events).contains("hello");
        assertThat(identities).containsExactly("term-7");
        assertThat(served.get(0).info().identity()).isEqualTo("CN=term-7");
        events.clear();
        ask(CA.issue("till-7").create());
        ask(null);
        assertThat(events).doesNotContain("hello");
        assertThat(served.subList(1, 3)).allSatisfy(stream -> {
            assertThat(stream.closeReason()).isEqualTo(CloseReason.ACCESS_DENIED);
            assertThat(stream.bufferedBytes()).as("what it sent").isZero();
        });
        assertThat(served.get(1).error()).hasMessageContaining("CN=till-7 is not among the identities");
        assertThat(served.get(2).error()).hasMessageContaining("it has shown no certificate");
    }

    private void ask(TestCertificates own) {
        SSLIOStream client = connect(
                own == null ? clientOptions() : TlsOptions.client(SslContexts.client(CA.trust(), own.key())),
                "localhost");
        client.write("hello\n");
        client.readUntil("\n", this::record);
        simulation.run();
    }

    @Test
    void aClientCanAskForCertainIdentitiesBesideTheHost() {
        serve(
                server(
                        CA.issue("right")
                                .dns("localhost")
                                .uri("spiffe://bank/orders")
                                .create(),
                        "TLSv1.3"),
                TlsFixture::echo);
        connect(clientOptions().identities(Identities.allowing("URI:spiffe://bank/orders")), "localhost");
        simulation.run();
        assertThat(events).containsExactly("connected");
        events.clear();
        connect(clientOptions().identities(Identities.allowing("URI:spiffe://bank/other")), "localhost");
        simulation.run();
        assertThat(events).hasSize(2).first().asString().startsWith("failed -1 TLS with localhost:7000 failed");
    }
}
