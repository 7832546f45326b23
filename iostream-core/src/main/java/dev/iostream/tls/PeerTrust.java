package dev.iostream.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides as the JDK does, and says which certificate was refused and what it holds. Always passes the engine on, without
 * which neither would a host name be verified nor how strong keys are.
 */
final class PeerTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager decides;

    PeerTrust(X509ExtendedTrustManager decides) {
        this.decides = decides;
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private static void explained(X509Certificate[] chain, @Nullable String host, Check check)
            throws CertificateException {
        try {
            check.run();
        } catch (CertificateException e) {
            throw CertificateRefusal.of(chain, host, e);
        }
    }

    /** In TLS 1.3 no suite says how keys are exchanged. The JDK's engine calls that UNKNOWN, and Conscrypt's GENERIC. */
    private static String known(String type) {
        return type.equals("GENERIC") ? "UNKNOWN" : type;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        explained(chain, engine.getPeerHost(), () -> decides.checkServerTrusted(chain, known(type), engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        explained(chain, null, () -> decides.checkClientTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        explained(chain, null, () -> decides.checkServerTrusted(chain, known(type), socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        explained(chain, null, () -> decides.checkClientTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        explained(chain, null, () -> decides.checkServerTrusted(chain, known(type)));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        explained(chain, null, () -> decides.checkClientTrusted(chain, type));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return decides.getAcceptedIssuers();
    }
}
