package dev.iostream.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** What is asked of engines, and options that make no sense. */
class TlsOptionsTest {
    private final TlsOptions client = TlsOptions.client(TestCertificates.client());
    private final TlsOptions server = TlsOptions.server(TestCertificates.server());
    private final TlsOptions trusting =
            TlsOptions.server(SslContexts.server(TestCertificates.localhost().key(), TestCertificates.CA.trust()));

    private static SSLEngine engine(TlsOptions options, String host) {
        return Engines.create(options, TlsPeer.of(options, host, 443), null, null);
    }

    @Test
    void aClientVerifiesTheHostUnlessToldOtherwise() {
        assertThat(engine(client, "a.example").getSSLParameters().getEndpointIdentificationAlgorithm())
                .isEqualTo("HTTPS");
        assertThat(engine(client.verify(false), "a.example").getSSLParameters().getEndpointIdentificationAlgorithm())
                .isNull();
        assertThat(engine(client.verifyHostname(false), "a.example")
                        .getSSLParameters()
                        .getEndpointIdentificationAlgorithm())
                .isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine(client, null))
                .withMessageContaining("TlsOptions.serverName");
    }

    @Test
    void namesAreToldToTheServerAndAddressesAreNot() {
        assertThat(engine(client, "a.example.").getSSLParameters().getServerNames())
                .extracting(Object::toString)
                .containsExactly("type=host_name (0), value=a.example");
        assertThat(engine(client, "localhost").getSSLParameters().getServerNames())
                .hasSize(1);
        for (String address : new String[] {"127.0.0.1", "::1", "fe80::1%eth0", "an_underscore.example"}) {
            assertThat(engine(client, address).getSSLParameters().getServerNames())
                    .isNullOrEmpty();
        }
    }

    @Test
    void onlyStrongSuitesOfTwoVersionsAreSpoken() {
        SSLEngine engine = engine(server, null);
        assertThat(engine.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
        assertThat(engine.getEnabledCipherSuites())
                .contains("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
                .allMatch(suite -> !suite.contains("CBC") && !suite.startsWith("TLS_RSA_"));
        assertThat(engine(server.ciphers("TLS_AES_256_GCM_SHA384"), null).getEnabledCipherSuites())
                .containsExactly("TLS_AES_256_GCM_SHA384");
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> client.protocols("TLSv1.1"));
        assertThatIllegalArgumentException().isThrownBy(() -> client.protocols(new String[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> client.handshakeTimeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> client.clientAuth(ClientAuth.NEED));
        assertThatIllegalArgumentException().isThrownBy(() -> server.verify(false));
        assertThatIllegalArgumentException().isThrownBy(() -> server.verifyHostname(false));
        assertThatIllegalArgumentException().isThrownBy(() -> server.applicationProtocols(""));
    }

    @Test
    void contextsAreFoundByExactNamesFirstAndThenByWildcards() {
        SSLContext exact = TestCertificates.server();
        SSLContext wild = TestCertificates.server();
        TlsOptions options = server.sniContexts(Map.of("A.b.example", exact, "*.b.example", wild));
        assertThat(options.contextFor("a.B.example")).isSameAs(exact);
        assertThat(options.contextFor("c.b.example")).isSameAs(wild);
        for (String other : new String[] {"b.example", "a.c.b.example", "", ".", "*.b.example.x", null}) {
            assertThat(options.contextFor(other)).isSameAs(server.context());
        }
    }

    @Test
    void identitiesNeedVerifiedCertificates() {
        Identities allowed = Identities.allowing("CN=a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trusting.identities(allowed))
                .withMessageContaining("ask clients for theirs with clientAuth");
        assertThat(trusting.clientAuth(ClientAuth.WANT).identities(allowed).identities())
                .isEqualTo(allowed);
        TlsOptions client = TlsOptions.client(TestCertificates.client()).identities(allowed);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.verify(false))
                .withMessageContaining("need verify");
    }

    @Test
    void aServersOptionsCanBeTriedOut() {
        assertThatCode(server::tryOut).doesNotThrowAnyException();
        assertThatCode(server.protocols("TLSv1.2")::tryOut).doesNotThrowAnyException();
        assertThatCode(server.applicationProtocols("mqtt")::tryOut).doesNotThrowAnyException();
        assertThatCode(trusting.clientAuth(ClientAuth.NEED).identities(Identities.allowing("CN=a"))::tryOut)
                .doesNotThrowAnyException();
        assertThatIllegalStateException().isThrownBy(client::tryOut);
    }

    @Test
    void aTrialFindsWhatDoesNotGoTogether() {
        TlsOptions suitesOfAnotherKey = server.protocols("TLSv1.2").ciphers("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThatExceptionOfType(SSLException.class).isThrownBy(suitesOfAnotherKey::tryOut);
        assertThatExceptionOfType(SSLException.class).isThrownBy(server.ciphers("none")::tryOut);
        TlsOptions withoutKeyForOneName = server.sniContexts(Map.of("a.example", TestCertificates.client()));
        assertThatExceptionOfType(SSLException.class).isThrownBy(withoutKeyForOneName::tryOut);
    }

    @Test
    void aServerThatAsksForCertificatesHasToKnowWhoseItAccepts() {
        KeyMaterial key = TestCertificates.localhost().key();
        for (ClientAuth asked : new ClientAuth[] {ClientAuth.WANT, ClientAuth.NEED}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> server.clientAuth(asked))
                    .withMessageContaining("SslContexts.server(key, trust)");
            assertThat(trusting.clientAuth(asked).clientAuth()).isEqualTo(asked);
        }
        TlsOptions asking = trusting.clientAuth(ClientAuth.NEED);
        assertThatIllegalArgumentException()
                .as("reloaded without trust")
                .isThrownBy(() -> asking.context(SslContexts.server(key)));
        assertThatIllegalArgumentException()
                .as("for one of its names")
                .isThrownBy(() -> asking.sniContexts(Map.of("a.example", SslContexts.server(key))));
        assertThat(server.clientAuth(ClientAuth.NONE)).isEqualTo(server);
    }
}
