package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.ScriptedTls;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.tls.Trusting;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which certificates of servers are accepted, and what is said of those that are not: with TLS 1.2 and 1.3, whatever kind
 * of trust manager the context has, and whoever made the engine.
 */
class CertificateMatrixTest extends TlsFixture {
    private static final TestCertificates CA = TestCertificates.CA;
    private static final TestCertificates OTHER_CA = TestCertificates.authority("Other CA");
    private static final Duration DAY = Duration.ofDays(1);
    private static final KeyPair RSA = TestCertificates.keys("RSA", 2048);
    private static final KeyPair SHORT_RSA = TestCertificates.keys("RSA", 1024);
    private static final TestCertificates RSA_CA =
            CA.issue("RSA CA").authority().keys(RSA).create();

    private static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    private record Client(SSLContext context, Trusting trusting, String protocol, String name) {
        static List<Client> all() {
            List<Client> all = new ArrayList<>();
            for (String protocol : PROTOCOLS) {
                for (Trusting trusting : Trusting.values()) {
                    all.add(new Client(
                            trusting.client(CA, null), trusting, protocol, protocol + ", trusting " + trusting));
                    if (Conscrypt.isAvailable()) {
                        Provider provider = Conscrypt.newProvider();
                        all.add(new Client(
                                trusting.client(CA, provider),
                                trusting,
                                protocol,
                                protocol + ", Conscrypt, trusting " + trusting));
                    }
                }
            }
            return all;
        }
    }

    private static final List<Client> CLIENTS = Client.all();

    private static TestCertificates.Request localhost() {
        return CA.issue("x").dns("localhost");
    }

    private static Arguments row(String what, String host, TestCertificates.Request request, String... words) {
        return row(what, host, request.create(), words);
    }

    private static Arguments row(String what, String host, TestCertificates certificate, String... words) {
        return Arguments.of(what, host, certificate, List.of(words));
    }

    // ---- accepted

    static Stream<Arguments> good() {
        TestCertificates between = CA.issue("between").authority().create();
        TestCertificates below = between.issue("x").dns("localhost").create();
        X509Certificate leaf = below.chain.get(0);
        return Stream.of(
                row("a name", "localhost", localhost()),
                row("a name in other letters", "LOCALHOST", localhost()),
                row(
                        "one of several names",
                        "localhost",
                        CA.issue("x").dns("a.example").dns("localhost")),
                row("an address", "127.0.0.1", CA.issue("x").ip("127.0.0.1")),
                row("an address of IPv6", "::1", CA.issue("x").ip("::1")),
                row("a wildcard of one level", "a.b.example", CA.issue("x").dns("*.b.example")),
                row(
                        "a name of other letters",
                        "xn--bcher-kva.example",
                        CA.issue("x").dns("xn--bcher-kva.example")),
                row("a key of RSA", "localhost", localhost().keys(RSA)),
                row("for servers", "localhost", localhost().purpose(KeyPurposeId.id_kp_serverAuth)),
                row("an authority between", "localhost", below),
                row(
                        "a chain in the wrong order",
                        "localhost",
                        below.with(leaf, CA.certificate(), between.certificate())),
                row("a chain without its root", "localhost", below.with(leaf, between.certificate())),
                row(
                        "within the names of its authority",
                        "a.b.example",
                        CA.issue("of b")
                                .authority()
                                .within("b.example")
                                .create()
                                .issue("x")
                                .dns("a.b.example")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("good")
    void isAccepted(String what, String host, TestCertificates certificate, List<String> words) {
        serveWith(certificate, host);
        for (Client each : CLIENTS) {
            events.clear();
            SSLIOStream client = connectAs(each, host);
            assertThat(client.error()).as(each.name()).isNull();
            assertThat(events).as(each.name()).containsExactly("connected", "hello");
            assertThat(client.peerCertificates()).first().isEqualTo(certificate.certificate());
            assertThat(client.session().getProtocol()).isEqualTo(each.protocol());
            client.close();
            simulation.run();
        }
    }

    @Test
    void aWeakCertificateBesideThePathIsNobodysBusiness() {
        X509Certificate old = TestCertificates.authority("Old CA")
                .issue("Test CA")
                .authority()
                .keys(CA.keys)
                .signature("SHA1withECDSA")
                .create()
                .certificate();
        TestCertificates certificate = localhost().create();
        serveWith(certificate.with(certificate.certificate(), old), "localhost");
        for (Client each : CLIENTS) {
            if (each.trusting() == Trusting.BY_THE_LIBRARY) {
                events.clear();
                assertThat(connectAs(each, "localhost").error()).as(each.name()).isNull();
                assertThat(events).as(each.name()).containsExactly("connected", "hello");
            }
        }
    }

    private void serveWith(TestCertificates certificate, String host) {
        serve(TlsOptions.server(certificate.serverShowing(certificate.keys.getPrivate())), stream -> {
            stream.readUntil("\n", line -> {
                events.add("read");
                stream.write(line);
            });
        });
        simulation.name(host, loopback());
    }

    private SSLIOStream connectAs(Client who, String host) {
        TlsOptions tls = TlsOptions.client(who.context()).protocols(who.protocol());
        // where the stream goes, and whom it wants to reach
        SSLIOStream client =
                connect(host.equals("::1") ? tls.serverName("::1") : tls, host.equals("::1") ? "localhost" : host);
        client.write("hello\n");
        client.readUntil("\n", this::record);
        simulation.run();
        events.remove("read");
        return client;
    }

    // ---- refused

    private static final String UNTRUSTED = "not signed by anybody whom this end trusts";

    static Stream<Arguments> bad() throws GeneralSecurityException {
        TestCertificates between = CA.issue("between").authority().create();
        TestCertificates below = between.issue("x").dns("localhost").create();
        TestCertificates last = CA.issue("last").authority(0).create();
        TestCertificates deep = CA;
        for (int i = 0; i < 11; i++) {
            deep = deep.issue("level " + i).authority().create();
        }
        return Stream.of(
                // time
                row("expired", "localhost", localhost().valid(DAY.multipliedBy(-2), DAY.negated()), "expired"),
                row("not valid yet", "localhost", localhost().valid(DAY, DAY.multipliedBy(2)), "not valid yet"),
                row(
                        "its authority has expired",
                        "localhost",
                        CA.issue("old")
                                .authority()
                                .valid(DAY.multipliedBy(-2), DAY.negated())
                                .create()
                                .issue("x")
                                .dns("localhost"),
                        "expired"),
                // names
                row("another host", "wrong.example", localhost(), "not for wrong.example"),
                row(
                        "another name with the right common name",
                        "localhost",
                        CA.issue("localhost").dns("other.example"),
                        "not for localhost"),
                row("a wildcard of two levels", "a.b.example", CA.issue("x").dns("*.example"), "not for a.b.example"),
                row("a wildcard of itself", "localhost", CA.issue("x").dns("*.localhost"), "not for localhost"),
                row("a wildcard alone", "localhost", CA.issue("x").dns("*"), "not for localhost"),
                row("a wildcard and a dot", "localhost", CA.issue("x").dns("*."), "not for localhost"),
                row("an address as a name", "127.0.0.1", CA.issue("x").dns("127.0.0.1"), "not for 127.0.0.1"),
                row("a name as an address", "localhost", CA.issue("x").ip("127.0.0.1"), "not for localhost"),
                row("another address", "127.0.0.1", CA.issue("x").ip("127.0.0.2"), "not for 127.0.0.1"),
                row(
                        "a name with a zero in it",
                        "localhost",
                        CA.issue("x").dns("localhost\0.evil.example"),
                        "not for localhost"),
                row("a name with the right end", "b.example", CA.issue("x").dns("ab.example"), "not for b.example"),
                // authorities
                row(
                        "signed by itself",
                        "localhost",
                        TestCertificates.selfSigned("self").dns("localhost"),
                        "trust"),
                row("another authority", "localhost", OTHER_CA.issue("x").dns("localhost"), UNTRUSTED),
                row(
                        "another authority of the same name",
                        "localhost",
                        TestCertificates.authority("Test CA").issue("x").dns("localhost"),
                        "refused|" + UNTRUSTED + "|failed"),
                row("a link is missing", "localhost", below.with(below.chain.get(0)), UNTRUSTED),
                row("too many links", "localhost", deep.issue("x").dns("localhost"), "chain|certification path|long"),
                row(
                        "signed by somebody who is no authority",
                        "localhost",
                        CA.issue("between").create().issue("x").dns("localhost"),
                        "basic constraints|CA certificate|refused|" + UNTRUSTED),
                row(
                        "below the last authority",
                        "localhost",
                        last.issue("too deep").authority().create().issue("x").dns("localhost"),
                        "path ?len|basic constraints|refused|" + UNTRUSTED),
                row(
                        "not within the names of its authority",
                        "localhost",
                        CA.issue("of b")
                                .authority()
                                .within("b.example")
                                .create()
                                .issue("x")
                                .dns("localhost"),
                        "name constraints|refused|" + UNTRUSTED),
                // uses
                row(
                        "for clients",
                        "localhost",
                        localhost().purpose(KeyPurposeId.id_kp_clientAuth),
                        "key usage|refused"),
                row(
                        "a critical extension that nobody knows",
                        "localhost",
                        localhost().extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, DERNull.INSTANCE),
                        "critical extension|refused|" + UNTRUSTED),
                // strength
                row("a short key of RSA", "localhost", localhost().keys(SHORT_RSA), "weak.*1024 ?bits"),
                row("a huge key of RSA", "localhost", localhost().keys(hugeKeys()), "weak.*16384 ?bits|MOD_LEN"),
                row("signed with SHA-1", "localhost", localhost().signature("SHA1withECDSA"), "weak.*SHA1"),
                row(
                        "signed with SHA-1 and RSA",
                        "localhost",
                        RSA_CA.issue("x").dns("localhost").signature("SHA1withRSA"),
                        "weak.*SHA1"),
                row(
                        "signed with MD5",
                        "localhost",
                        RSA_CA.issue("x").dns("localhost").signature("MD5withRSA"),
                        "weak.*MD5"),
                row(
                        "its authority has a short key",
                        "localhost",
                        CA.issue("short")
                                .authority()
                                .keys(SHORT_RSA)
                                .create()
                                .issue("x")
                                .dns("localhost"),
                        "weak.*1024"),
                row(
                        "its authority is signed with SHA-1",
                        "localhost",
                        CA.issue("forged")
                                .authority()
                                .signature("SHA1withECDSA")
                                .create()
                                .issue("x")
                                .dns("localhost"),
                        "weak.*SHA1"));
    }

    /** A public key that takes long to make with the private one, which a server that is refused at once does not need. */
    private static KeyPair hugeKeys() throws GeneralSecurityException {
        BigInteger modulus = new BigInteger(16384, new Random(1)).setBit(16383).setBit(0);
        PublicKey huge =
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
        return new KeyPair(huge, RSA.getPrivate());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void isRefused(String what, String host, TestCertificates certificate, List<String> words) {
        serveWith(certificate, host);
        for (Client each : CLIENTS) {
            events.clear();
            SSLIOStream client = connectAs(each, host);
            assertThat(events).as(each.name()).hasSize(2).last().isEqualTo("closed");
            assertThat(events.get(0)).as(each.name()).startsWith("failed -1 TLS with " + host + ":7000 failed: ");
            assertThat(words)
                    .as(each.name())
                    .allSatisfy(word -> assertThat(events.get(0)).containsPattern("(?i)" + word));
            if (each.trusting() == Trusting.BY_THE_LIBRARY) {
                assertThat(events.get(0)).containsPattern("\\[subject CN=.*valid from|chain length");
            }
            assertThat(client.closeReason()).as(each.name()).isEqualTo(CloseReason.TLS_FAILED);
            assertThat(client.error()).isInstanceOf(javax.net.ssl.SSLException.class);
            assertThat(served.get(served.size() - 1).closed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aShortEllipticKeyIsRefused(String protocol) throws GeneralSecurityException {
        // a curve that the JDK has given up, so that no engine of its makes such a server
        var generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
        generator.initialize(new ECGenParameterSpec("secp192r1"));
        TestCertificates certificate =
                localhost().keys(generator.generateKeyPair()).create();
        listen(accepted -> ScriptedTls.server(accepted.transport(), protocol, certificate));
        for (Client each : CLIENTS) {
            if (each.protocol().equals(protocol)) {
                events.clear();
                SSLIOStream client = connectAs(each, "localhost");
                assertThat(events).as(each.name()).hasSize(2).last().isEqualTo("closed");
                assertThat(client.closeReason()).as(each.name()).isEqualTo(CloseReason.TLS_FAILED);
                assertThat(events.get(0)).as(each.name()).containsPattern("fewer than 256 bits|UNKNOWN_GROUP");
            }
        }
    }

    @Test
    void keysHaveToBeStrongAlsoWhereTheHostIsNotVerified() {
        serveWith(
                CA.issue("short")
                        .authority()
                        .keys(SHORT_RSA)
                        .create()
                        .issue("x")
                        .dns("localhost")
                        .create(),
                "localhost");
        for (Client each : CLIENTS) {
            SSLIOStream client = connect(
                    TlsOptions.client(each.context()).protocols(each.protocol()).verifyHostname(false), "localhost");
            simulation.run();
            assertThat(client.closeReason()).as(each.name()).isEqualTo(CloseReason.TLS_FAILED);
            assertThat(client.error().getMessage()).as(each.name()).containsPattern("weak.*1024");
        }
    }

    @Test
    void aCommonNameCountsWithTheJdksEngineWhereThereIsNoOtherName() {
        serveWith(CA.issue("localhost").create(), "localhost");
        for (Client each : CLIENTS) {
            events.clear();
            SSLIOStream client = connectAs(each, "localhost");
            if (each.name().contains("Conscrypt")) {
                assertThat(client.error()).as(each.name()).hasMessageContaining("not for localhost");
            } else {
                assertThat(events).as(each.name()).containsExactly("connected", "hello");
            }
            client.abort();
            simulation.run();
        }
    }

    @Test
    void aNameOfOtherLettersMayBeWrittenInThem() {
        serveWith(CA.issue("x").dns("xn--bcher-kva.example").create(), "b\u00fccher.example");
        for (Client each : CLIENTS) {
            events.clear();
            SSLIOStream client = connectAs(each, "b\u00fccher.example");
            assertThat(events).as(each.name()).containsExactly("connected", "hello");
            client.abort();
            simulation.run();
        }
    }
}
