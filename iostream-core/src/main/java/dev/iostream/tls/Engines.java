package dev.iostream.tls;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes engines that are set as the options say. */
final class Engines {
    private static final Logger LOG = System.getLogger(TlsOptions.class.getName());

    private Engines() {}

    /**
     * An engine, with the handshake not begun.
     *
     * @param asked for a server, the name that the client asks for, if it is known
     * @throws IllegalArgumentException when the options cannot be met
     */
    static SSLEngine create(TlsOptions options, TlsPeer peer, @Nullable SocketAddress address, @Nullable String asked) {
        SSLContext context = options.verify() ? options.contextFor(asked) : trustingAll(peer.text(address));
        SSLEngine engine = peer.host() == null || !options.client()
                ? context.createSSLEngine()
                : context.createSSLEngine(peer.host(), peer.port());
        engine.setUseClientMode(options.client());
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(options.protocols().toArray(String[]::new));
        parameters.setCipherSuites(
                options.ciphers().isEmpty()
                        ? strong(engine.getEnabledCipherSuites())
                        : options.ciphers().toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(options.applicationProtocols().toArray(String[]::new));
        if (options.client()) {
            verify(parameters, options, peer);
        } else {
            ask(parameters, options.clientAuth());
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static void verify(SSLParameters parameters, TlsOptions options, TlsPeer peer) {
        parameters.setServerNames(peer.serverNames());
        if (!options.verify()) {
            return;
        }
        parameters.setAlgorithmConstraints(Strength.REQUIRED);
        if (options.verifyHostname()) {
            if (peer.host() == null) {
                throw new IllegalArgumentException(
                        "nobody said whom the certificate has to be for; set TlsOptions.serverName");
            }
            // the engine checks nobody's name unless it is told to
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
    }

    private static void ask(SSLParameters parameters, ClientAuth clientAuth) {
        if (clientAuth != ClientAuth.NONE) {
            parameters.setAlgorithmConstraints(Strength.REQUIRED);
        }
        switch (clientAuth) {
            case NONE -> parameters.setWantClientAuth(false);
            case WANT -> parameters.setWantClientAuth(true);
            case NEED -> parameters.setNeedClientAuth(true);
        }
    }

    /** Those with forward secrecy and authenticated encryption: all of TLS 1.3, and of 1.2 what it was made from. */
    private static String[] strong(String[] enabled) {
        return Arrays.stream(enabled).filter(Engines::isStrong).toArray(String[]::new);
    }

    private static boolean isStrong(String suite) {
        boolean forwardSecret = !suite.contains("_WITH_") || suite.startsWith("TLS_ECDHE_");
        return forwardSecret && (suite.contains("_GCM_") || suite.contains("_POLY1305_"));
    }

    /** A context that lets every server pass, for whoever has reason not to say so aloud. */
    static SSLContext trustingAll() {
        return TrustingAll.CONTEXT;
    }

    private static SSLContext trustingAll(String peer) {
        LOG.log(
                Level.WARNING,
                "TLS with " + peer
                        + " does not verify the server (verify=false): anybody on the way can read and change"
                        + " everything");
        return trustingAll();
    }

    /** Made once it is asked for, and shared: it holds nothing of anybody's. */
    private static final class TrustingAll extends X509ExtendedTrustManager {
        static final SSLContext CONTEXT = create();

        private static SSLContext create() {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, new TrustManager[] {new TrustingAll()}, null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("This JDK has no TLS", e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
