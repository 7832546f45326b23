package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.CountingTrust;
import dev.iostream.tls.Identities;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions that are resumed: only where whoever agreed on them would be let in today. Whether a handshake was a full one is
 * seen by the client's trust manager, which is asked in those alone.
 */
class ResumptionTest extends TlsFixture {
    private static final TestCertificates CA = TestCertificates.CA;
    private static final TestCertificates OTHER_CA = TestCertificates.authority("Other CA");
    private static final TestCertificates SERVER =
            CA.issue("server").dns("localhost").dns("a.b.example").create();
    private static final TestCertificates ME = CA.issue("term-7").create();

    private final CountingTrust asked = new CountingTrust(CA, ME);
    private TlsOptions tls;

    /** With the options of the moment, which a test replaces as {@code reload} does. */
    @BeforeEach
    void serveAsOfNow() {
        listen(accepted -> served.add(SSLIOStream.over(
                accepted.transport(), tls, simulation.loop(), StreamOptions.defaults(), TlsFixture::echo)));
    }

    private static SSLContext trusting(TestCertificates authority) {
        return SslContexts.server(SERVER.key(), authority.trust());
    }

    private static TlsOptions server(SSLContext context, String protocol) {
        return TlsOptions.server(context).protocols(protocol).clientAuth(ClientAuth.NEED);
    }

    /** Asks once and closes in order; whether it was answered. */
    private boolean isAnswered(TlsOptions client, String host) {
        events.clear();
        SSLIOStream stream = connect(client, host);
        stream.write("hello\n");
        stream.readUntil("\n", line -> {
            record(line);
            stream.close();
        });
        simulation.run();
        return events.contains("hello");
    }

    private boolean isAnsweredInFull(TlsOptions client, String host) {
        int before = asked.times();
        boolean answered = isAnswered(client, host);
        assertThat(asked.times() - before).as("full handshakes").isEqualTo(1);
        return answered;
    }

    private boolean isAnsweredByResuming(TlsOptions client, String host) {
        int before = asked.times();
        boolean answered = isAnswered(client, host);
        assertThat(asked.times() - before).as("full handshakes").isZero();
        return answered;
    }

    private IOStream lastServed() {
        return served.get(served.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionIsResumedUntilTheServersContextIsReplaced(String protocol) {
        TlsOptions client = TlsOptions.client(asked.context());
        tls = server(trusting(CA), protocol);
        assertThat(isAnsweredInFull(client, "localhost")).isTrue();
        assertThat(isAnsweredByResuming(client, "localhost")).isTrue();
        assertThat(((SSLIOStream) lastServed()).peerCertificates()).first().isEqualTo(ME.certificate());
        tls = tls.context(trusting(CA));
        assertThat(isAnsweredInFull(client, "localhost")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whoIsNotTrustedAnyMoreIsRefusedThoughThereIsASession(String protocol) {
        TlsOptions client = TlsOptions.client(asked.context());
        tls = server(trusting(CA), protocol);
        assertThat(isAnsweredInFull(client, "localhost")).isTrue();
        tls = tls.context(trusting(OTHER_CA));
        assertThat(isAnsweredInFull(client, "localhost")).isFalse();
        assertThat(lastServed().closeReason()).isEqualTo(CloseReason.TLS_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionOfOneNameIsNoneOfAnotherThatTrustsOthers(String protocol) {
        // the client offers the session whatever name it asks for, since it connects to the same server
        TlsOptions client = TlsOptions.client(asked.context()).verifyHostname(false);
        tls = server(trusting(CA), protocol).sniContexts(Map.of("a.b.example", trusting(OTHER_CA)));
        assertThat(isAnsweredInFull(client, "localhost")).isTrue();
        assertThat(isAnsweredByResuming(client, "localhost")).isTrue();
        assertThat(isAnswered(client, "a.b.example")).isFalse();
        assertThat(lastServed().closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        tls = server(trusting(OTHER_CA), protocol).sniContexts(Map.of("a.b.example", trusting(CA)));
        assertThat(isAnsweredInFull(client, "localhost"))
                .as("its session is from when this name trusted it")
                .isFalse();
        assertThat(isAnswered(client, "a.b.example")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientResumesNothingWithAnotherContext(String protocol) {
        tls = server(trusting(CA), protocol);
        TlsOptions client = TlsOptions.client(asked.context());
        assertThat(isAnsweredInFull(client, "localhost")).isTrue();
        assertThat(isAnsweredByResuming(client, "localhost")).isTrue();
        assertThat(isAnsweredInFull(client.context(asked.context()), "localhost"))
                .isTrue();
        TlsOptions others = client.context(SslContexts.client(OTHER_CA.trust(), ME.key()));
        assertThat(isAnswered(others, "localhost")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionWhoseHostWasNotVerifiedIsNoneForWhoeverVerifiesIt(String protocol) {
        tls = server(trusting(CA), protocol);
        TlsOptions client = TlsOptions.client(asked.context());
        assertThat(isAnsweredInFull(client.verifyHostname(false), "wrong.example"))
                .isTrue();
        assertThat(isAnsweredInFull(client, "wrong.example")).isFalse();
        assertThat(events.get(0)).contains("not for wrong.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void identitiesAreLookedAtWhenASessionIsResumed(String protocol) {
        SSLContext context = trusting(CA);
        TlsOptions client = TlsOptions.client(asked.context());
        tls = server(context, protocol).identities(Identities.allowing("CN=term-*"));
        assertThat(isAnsweredInFull(client, "localhost")).isTrue();
        assertThat(isAnsweredByResuming(client, "localhost")).isTrue();
        tls = tls.identities(Identities.allowing("CN=till-*"));
        assertThat(isAnsweredByResuming(client, "localhost")).isFalse();
        assertThat(lastServed().closeReason()).isEqualTo(CloseReason.ACCESS_DENIED);
        TlsOptions choosy = client.identities(Identities.allowing("CN=another server"));
        tls = server(context, protocol);
        assertThat(isAnswered(choosy, "localhost")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whoHasShownNoCertificateHasToNowThatOneIsNeeded(String protocol) {
        SSLContext context = trusting(CA);
        TlsOptions client = TlsOptions.client(asked.context());
        tls = server(context, protocol).clientAuth(ClientAuth.NONE);
        assertThat(isAnsweredInFull(client, "localhost")).isTrue();
        tls = tls.clientAuth(ClientAuth.NEED);
        assertThat(isAnsweredInFull(client, "localhost")).isTrue();
        assertThat(((SSLIOStream) lastServed()).peerCertificates()).first().isEqualTo(ME.certificate());
    }
}
