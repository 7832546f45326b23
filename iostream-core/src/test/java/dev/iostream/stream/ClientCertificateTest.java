package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.tls.Trusting;
import java.security.KeyPair;
import java.security.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which certificates of clients a server accepts: with TLS 1.2 and 1.3, whatever kind of trust manager its context has, and
 * whoever made the engine.
 */
class ClientCertificateTest extends TlsFixture {
    private static final TestCertificates CA = TestCertificates.CA;
    private static final Duration DAY = Duration.ofDays(1);

    private static final KeyPair SHORT_RSA = TestCertificates.keys("RSA", 1024);

    private record Server(SSLContext context, String protocol, String name) {
        TlsOptions asking(ClientAuth clientAuth) {
            return TlsOptions.server(context).protocols(protocol).clientAuth(clientAuth);
        }

        static List<Server> all() {
            List<Server> all = new ArrayList<>();
            for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                for (Trusting trusting : Trusting.values()) {
                    String name = protocol + ", trusting " + trusting;
                    all.add(new Server(context(trusting, null), protocol, name));
                    if (Conscrypt.isAvailable()) {
                        all.add(new Server(context(trusting, Conscrypt.newProvider()), protocol, name + ", Conscrypt"));
                    }
                }
            }
            return all;
        }

        private static SSLContext context(Trusting trusting, Provider provider) {
            return trusting.server(TestCertificates.localhost().key(), CA, provider);
        }
    }

    private static final List<Server> SERVERS = Server.all();

    private TlsOptions tls;

    /** Servers with other options one after the other, at the same address. */
    @BeforeEach
    void serveAnybody() {
        listen(accepted -> served.add(SSLIOStream.over(
                accepted.transport(), tls, simulation.loop(), StreamOptions.defaults(), TlsFixture::echo)));
    }

    /** What becomes of a client with that context, and of the server's end. */
    private SSLIOStream talk(TlsOptions server, SSLContext client) {
        events.clear();
        tls = server;
        SSLIOStream stream = connect(TlsOptions.client(client), "localhost");
        stream.write("hello\n");
        stream.readUntil("\n", this::record);
        simulation.run();
        return stream;
    }

    private SSLIOStream served() {
        return (SSLIOStream) served.get(served.size() - 1);
    }

    private static Arguments row(String what, TestCertificates.Request request, String words) {
        return Arguments.of(what, request.create(), words);
    }

    static Stream<Arguments> good() {
        return Stream.of(
                row("any", CA.issue("me"), ""),
                row("for clients", CA.issue("me").purpose(KeyPurposeId.id_kp_clientAuth), ""),
                row("a key of RSA", CA.issue("me").keys(TestCertificates.keys("RSA", 2048)), ""),
                row(
                        "an authority between",
                        CA.issue("between").authority().create().issue("me"),
                        ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("good")
    void isAccepted(String what, TestCertificates certificate, String none) {
        SSLContext client = certificate.clientShowing();
        for (Server each : SERVERS) {
            for (ClientAuth asked : List.of(ClientAuth.WANT, ClientAuth.NEED)) {
                SSLIOStream stream = talk(each.asking(asked), client);
                assertThat(events).as(each.name()).containsExactly("connected", "hello");
                assertThat(served().peerCertificates()).as(each.name()).first().isEqualTo(certificate.certificate());
                stream.close();
                simulation.run();
            }
        }
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                row("expired", CA.issue("me").valid(DAY.multipliedBy(-2), DAY.negated()), "expired"),
                row("not valid yet", CA.issue("me").valid(DAY, DAY.multipliedBy(2)), "not valid yet"),
                row("signed by itself", TestCertificates.selfSigned("me"), "trust"),
                row(
                        "another authority",
                        TestCertificates.authority("Other CA").issue("me"),
                        "not signed by anybody whom this end trusts"),
                row("for servers", CA.issue("me").purpose(KeyPurposeId.id_kp_serverAuth), "key usage|refused"),
                row("a short key of RSA", CA.issue("me").keys(SHORT_RSA), "weak.*1024"),
                row("an authority with a short key of RSA", belowAWeakAuthority(), "weak.*1024"),
                row("signed with SHA-1", CA.issue("me").signature("SHA1withECDSA"), "weak.*SHA1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void isRefusedWhetherNeededOrOnlyWanted(String what, TestCertificates certificate, String words) {
        SSLContext client = certificate.clientShowing();
        for (Server each : SERVERS) {
            for (ClientAuth asked : List.of(ClientAuth.WANT, ClientAuth.NEED)) {
                SSLIOStream stream = talk(each.asking(asked), client);
                assertThat(events).as(each.name()).doesNotContain("hello").endsWith("closed");
                assertThat(served().closeReason()).as(each.name()).isEqualTo(CloseReason.TLS_FAILED);
                assertThat(served().error().getMessage()).as(each.name()).containsPattern("(?i)" + words);
                assertThat(stream.closeReason()).as(each.name()).isEqualTo(CloseReason.TLS_FAILED);
            }
        }
    }

    private static TestCertificates.Request belowAWeakAuthority() {
        return CA.issue("weak").authority().keys(SHORT_RSA).create().issue("me");
    }

    @Test
    void isHeldToTheSameByTheContextOfAName() {
        assumeTrue(Conscrypt.isAvailable(), "NOT TESTED WITH CONSCRYPT: it has nothing for this platform");
        SSLContext client = belowAWeakAuthority().create().clientShowing();
        TlsOptions server = TlsOptions.server(Server.context(Trusting.BY_THE_LIBRARY, Conscrypt.newProvider()))
                .sniContexts(Map.of("localhost", Server.context(Trusting.PLAIN, Conscrypt.newProvider())))
                .clientAuth(ClientAuth.NEED);
        talk(server, client);
        assertThat(events).doesNotContain("hello").endsWith("closed");
        assertThat(served().error()).hasMessageContaining("1024");
    }

    @Test
    void noneIsRefusedWhereOneIsNeeded() {
        for (Server each : SERVERS) {
            SSLIOStream stream = talk(each.asking(ClientAuth.NEED), TestCertificates.client());
            assertThat(events).as(each.name()).doesNotContain("hello").endsWith("closed");
            assertThat(served().closeReason()).as(each.name()).isEqualTo(CloseReason.TLS_FAILED);
            assertThat(stream.closeReason()).as(each.name()).isEqualTo(CloseReason.TLS_FAILED);
        }
    }

    @Test
    void noneIsServedWhereOneIsOnlyWanted() {
        for (Server each : SERVERS) {
            SSLIOStream stream = talk(each.asking(ClientAuth.WANT), TestCertificates.client());
            assertThat(events).as(each.name()).containsExactly("connected", "hello");
            assertThat(served().peerCertificates()).as(each.name()).isEmpty();
            stream.close();
            simulation.run();
        }
    }
}
