package dev.iostream.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** How a context may have come to its trust: by the library, or brought along with a trust manager of one kind or another. */
public enum Trusting {
    /** By {@link SslContexts}. */
    BY_THE_LIBRARY,
    /** A trust manager that learns neither the engine nor the host. */
    PLAIN,
    /** One that is told of the engine, and asks the JDK's about it. */
    EXTENDED;

    /** A client's context that trusts what {@code authority} has signed, with the engines of the JDK or of another. */
    public SSLContext client(TestCertificates authority, @Nullable Provider provider) {
        if (this == BY_THE_LIBRARY) {
            return provider == null
                    ? SslContexts.client(authority.trust())
                    : SslContexts.client(authority.trust(), provider);
        }
        return brought(null, authority, provider);
    }

    /** A server's. */
    public SSLContext server(KeyMaterial key, TestCertificates authority, @Nullable Provider provider) {
        if (this == BY_THE_LIBRARY) {
            return provider == null
                    ? SslContexts.server(key, authority.trust())
                    : SslContexts.server(key, authority.trust(), provider);
        }
        return brought(key, authority, provider);
    }

    private SSLContext brought(@Nullable KeyMaterial key, TestCertificates authority, @Nullable Provider provider) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(authority.store());
            var jdk = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
            SSLContext context =
                    provider == null ? SSLContext.getInstance("TLS") : SSLContext.getInstance("TLS", provider);
            context.init(
                    key == null ? null : key.managers(),
                    new TrustManager[] {this == PLAIN ? new Plain(jdk) : new Extended(jdk)},
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The JDK does not know the word that Conscrypt has for TLS 1.3. */
    private static String known(String type) {
        return type.equals("GENERIC") ? "UNKNOWN" : type;
    }

    private record Plain(X509TrustManager jdk) implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            jdk.checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            jdk.checkServerTrusted(chain, known(type));
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return jdk.getAcceptedIssuers();
        }
    }

    private static final class Extended extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager jdk;

        Extended(X509ExtendedTrustManager jdk) {
            this.jdk = jdk;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            jdk.checkClientTrusted(chain, type, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            jdk.checkServerTrusted(chain, known(type), socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            jdk.checkClientTrusted(chain, type, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            jdk.checkServerTrusted(chain, known(type), engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            jdk.checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            jdk.checkServerTrusted(chain, known(type));
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return jdk.getAcceptedIssuers();
        }
    }
}
