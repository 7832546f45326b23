package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.Identities;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates are accepted, of servers and of clients, and what is said of those that are not. */
class CertificateTest extends TlsFixture {
    private static final TestCertificates CA = TestCertificates.CA;
    private static final TestCertificates OTHER_CA = TestCertificates.authority("Other CA");
    private static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    private static TlsOptions server(TestCertificates certificate, String protocol) {
        return TlsOptions.server(SslContexts.server(certificate.key())).protocols(protocol);
    }

    private static Stream<Arguments> onBoth(Stream<Arguments> cases) {
        return cases.flatMap(each -> PROTOCOLS.stream().map(protocol -> {
            Object[] values = each.get();
            Object[] more = java.util.Arrays.copyOf(values, values.length + 1);
            more[values.length] = protocol;
            return Arguments.of(more);
        }));
    }

    static Stream<Arguments> good() {
        return onBoth(Stream.of(
                Arguments.of("localhost", CA.issue("x").dns("localhost").create()),
                Arguments.of("LOCALHOST", CA.issue("x").dns("localhost").create()),
                Arguments.of("a.b.example", CA.issue("x").dns("*.b.example").create()),
                Arguments.of("127.0.0.1", CA.issue("x").ip("127.0.0.1").create()),
                Arguments.of(
                        "localhost",
                        CA.issue("x")
                                .dns("localhost")
                                .keys(TestCertificates.keys("RSA", 2048))
                                .create()),
                Arguments.of(
                        "localhost",
                        CA.issue("between")
                                .authority()
                                .create()
                                .issue("x")
                                .dns("localhost")
                                .create())));
    }

    @ParameterizedTest
    @MethodSource("good")
    void isAccepted(String host, TestCertificates certificate, String protocol) {
        serve(server(certificate, protocol), TlsFixture::echo);
        simulation.name("LOCALHOST", loopback());
        SSLIOStream client = connect(clientOptions(), host);
        client.write("hello\n");
        client.readUntil("\n", this::record);
        simulation.run();
        assertThat(events).containsExactly("connected", "hello");
        assertThat(client.peerCertificates()).first().isEqualTo(certificate.certificate());
        assertThat(client.session().getProtocol()).isEqualTo(protocol);
    }

    static Stream<Arguments> bad() {
        Duration day = Duration.ofDays(1);
        return onBoth(Stream.of(
                Arguments.of(
                        "self-signed",
                        "localhost",
                        TestCertificates.selfSigned("self").dns("localhost").create(),
                        "signed by itself"),
                Arguments.of(
                        "untrusted root",
                        "localhost",
                        OTHER_CA.issue("x").dns("localhost").create(),
                        "not signed by anybody whom this end trusts"),
                Arguments.of(
                        "wrong host",
                        "wrong.example",
                        CA.issue("x").dns("localhost").dns("b.example").create(),
                        "not for wrong.example"),
                Arguments.of(
                        "wrong host shows names",
                        "wrong.example",
                        CA.issue("x").dns("right.example").create(),
                        "right.example"),
                Arguments.of(
                        "common name only",
                        "localhost",
                        CA.issue("other").ip("127.0.0.1").create(),
                        "not for localhost"),
                Arguments.of(
                        "wildcard of two levels",
                        "a.b.example",
                        CA.issue("x").dns("*.example").create(),
                        "not for a.b.example"),
                Arguments.of(
                        "wildcard of the name itself",
                        "localhost",
                        CA.issue("x").dns("*.localhost").create(),
                        "not for localhost"),
                Arguments.of(
                        "wildcard alone", "localhost", CA.issue("x").dns("*").create(), "not for localhost"),
                Arguments.of(
                        "an address as a name",
                        "127.0.0.1",
                        CA.issue("x").dns("127.0.0.1").create(),
                        "not for 127.0.0.1"),
                Arguments.of(
                        "another address",
                        "127.0.0.1",
                        CA.issue("x").ip("127.0.0.2").create(),
                        "not for 127.0.0.1"),
                Arguments.of(
                        "expired",
                        "localhost",
                        CA.issue("x")
                                .dns("localhost")
                                .valid(day.multipliedBy(-2), day.negated())
                                .create(),
                        "expired"),
                Arguments.of(
                        "not yet valid",
                        "localhost",
                        CA.issue("x")
                                .dns("localhost")
                                .valid(day, day.multipliedBy(2))
                                .create(),
                        "not valid yet"),
                Arguments.of(
                        "issuer is no authority",
                        "localhost",
                        CA.issue("between").create().issue("x").dns("localhost").create(),
                        "refused"),
                Arguments.of(
                        "for clients only",
                        "localhost",
                        CA.issue("x")
                                .dns("localhost")
                                .purpose(KeyPurposeId.id_kp_clientAuth)
                                .create(),
                        "refused"),
                Arguments.of(
                        "weak key",
                        "localhost",
                        CA.issue("x")
                                .dns("localhost")
                                .keys(TestCertificates.keys("RSA", 1024))
                                .create(),
                        "1024 bits"),
                Arguments.of(
                        "weak signature",
                        "localhost",
                        CA.issue("x")
                                .dns("localhost")
                                .signature("SHA1withECDSA")
                                .create(),
                        "SHA1")));
    }

    @ParameterizedTest(name = "{0}, {4}")
    @MethodSource("bad")
    void isRefused(String what, String host, TestCertificates certificate, String words, String protocol) {
        serve(server(certificate, protocol), stream -> {
            stream.setCloseCallback(() -> events.add("server closed"));
            stream.readBytes(1, data -> events.add("server read"));
        });
        SSLIOStream client = connect(clientOptions(), host);
        client.write("secret\n");
        simulation.run();
        assertThat(events).hasSize(3).endsWith("server closed").element(1).isEqualTo("closed");
        assertThat(events.get(0))
                .startsWith("failed -1 TLS with " + host + ":7000 failed: ")
                .contains(words);
        assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(client.error()).isInstanceOf(javax.net.ssl.SSLException.class);
        assertThat(served.get(0).closeReason()).isIn(CloseReason.TLS_FAILED, CloseReason.CONNECT_FAILED);
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
        SSLIOStream other =
                connect(TlsOptions.client(SslContexts.client(OTHER_CA.trust())).verifyHostname(false), "localhost");
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

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientWithAWrongOneIsRefused(String protocol) {
        for (ClientAuth clientAuth : List.of(ClientAuth.WANT, ClientAuth.NEED)) {
            TestCertificates expired = CA.issue("me")
                    .valid(Duration.ofDays(-2), Duration.ofDays(-1))
                    .create();
            serve2(asking(clientAuth, protocol));
            SSLIOStream client = connect(with(expired), "localhost");
            client.write("hello\n");
            simulation.run();
            assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
            assertThat(served).last().extracting(IOStream::error).asString().contains("expired");
        }
    }

    private boolean listening;
    private TlsOptions next;

    /** Servers with other options one after the other, at the same address. */
    private void serve2(TlsOptions tls) {
        next = tls;
        if (!listening) {
            listening = true;
            listen(accepted -> served.add(SSLIOStream.over(
                    accepted.transport(), next, simulation.loop(), StreamOptions.defaults(), TlsFixture::echo)));
        }
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
