package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.security.Provider;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Assumptions;

/**
 * Options for both ends of tests that all use the same certificates, and streams with them.
 *
 * @param client the context of the clients
 * @param server the context of the servers
 * @param halfCloses whether the engines can be ended in one direction alone, where the protocol allows it
 */
record TlsPairs(SSLContext client, SSLContext server, boolean halfCloses) {
    /** A wire that ends without close_notify breaks the connection off as a reset does. */
    static final Set<CloseReason> BROKEN_OFF = Set.of(CloseReason.PEER_RESET, CloseReason.TLS_TRUNCATED);

    private static final TlsPairs JDK = new TlsPairs(TestCertificates.client(), TestCertificates.server(), true);

    /** Those with the engines of the JDK. */
    static TlsPairs ofTheJdk() {
        return JDK;
    }

    /** Those with the engines of Conscrypt, which end both directions when the peer ends one. */
    static TlsPairs ofConscrypt() {
        if (!Conscrypt.isAvailable()) {
            String loud = "NOT TESTED WITH CONSCRYPT: it has no native code for this platform";
            System.err.println(loud);
            Assumptions.abort(loud);
        }
        return OfConscrypt.PAIRS;
    }

    private static final class OfConscrypt {
        private static final Provider PROVIDER = Conscrypt.newProvider();
        static final TlsPairs PAIRS = new TlsPairs(
                SslContexts.client(TestCertificates.CA.trust(), PROVIDER),
                SslContexts.server(TestCertificates.localhost().key(), PROVIDER),
                false);
    }

    TlsOptions clientOptions(String... protocols) {
        return TlsOptions.client(client).serverName("localhost").protocols(protocols);
    }

    TlsOptions serverOptions(String... protocols) {
        return TlsOptions.server(server).protocols(protocols);
    }

    boolean halfCloses(String protocol) {
        return halfCloses && protocol.equals("TLSv1.3");
    }

    /** TLS of that version over two ends of a connection. */
    StreamHarness.Pair over(
            Transport near, Transport far, String protocol, IOLoop loop, StreamOptions client, StreamOptions server)
            throws IOException {
        return new StreamHarness.Pair(
                SSLIOStream.over(near, clientOptions(protocol), loop, client),
                SSLIOStream.over(far, serverOptions(protocol), loop, server));
    }

    /** Whether both have ended the handshake, which is to be waited for. */
    static boolean secured(StreamHarness.Pair pair) {
        assertThat(pair.client().error()).isNull();
        assertThat(pair.server().error()).isNull();
        return pair.client().info().state().equals("OPEN")
                && pair.server().info().state().equals("OPEN");
    }
}
