package dev.iostream.tls;

import java.net.Socket;
import java.security.PublicKey;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides as the JDK does, refuses keys and signatures that can be broken, and says which certificate was refused and what
 * it holds. Always passes the engine on, without which no host name would be verified.
 */
final class PeerTrust extends X509ExtendedTrustManager {
    private static final int LEAST_RSA = 2048;
    private static final int MOST_RSA = 8192;
    private static final int LEAST_EC = 256;
    private static final int NAMES_SHOWN = 8;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

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
            requireStrong(chain);
        } catch (CertificateException e) {
            throw new CertificateRefusal(explanation(chain, host, e), e);
        }
    }

    private static void requireStrong(X509Certificate[] chain) throws CertificateException {
        for (X509Certificate certificate : chain) {
            String weakness = weakness(certificate);
            if (weakness != null) {
                throw new CertificateException(weakness);
            }
        }
    }

    private static @Nullable String weakness(X509Certificate certificate) {
        PublicKey key = certificate.getPublicKey();
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < LEAST_RSA || bits > MOST_RSA) {
                return "its RSA key has " + bits + " bits, and " + LEAST_RSA + " to " + MOST_RSA + " are accepted";
            }
        }
        if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() < LEAST_EC) {
            return "its elliptic-curve key has fewer than " + LEAST_EC + " bits";
        }
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        boolean root = certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        boolean broken = signature.startsWith("SHA1") || signature.startsWith("MD");
        return broken && !root ? "it is signed with " + signature + ", which can be forged" : null;
    }

    // ---- words

    private static String explanation(X509Certificate[] chain, @Nullable String host, CertificateException failure) {
        if (chain.length == 0) {
            return "no certificate was sent";
        }
        X509Certificate leaf = chain[0];
        String why = why(leaf, failure);
        return (why == null ? "the certificate is " + mismatch(leaf, host, failure) : why) + " [" + describe(leaf)
                + "]";
    }

    private static @Nullable String why(X509Certificate leaf, CertificateException failure) {
        String message = String.valueOf(failure.getMessage());
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof CertPathValidatorException invalid
                    && invalid.getReason() instanceof CertPathValidatorException.BasicReason reason) {
                switch (reason) {
                    case EXPIRED:
                        return "a certificate of its chain has expired";
                    case NOT_YET_VALID:
                        return "a certificate of its chain is not valid yet";
                    default:
                        break;
                }
            }
        }
        if (message.contains("unable to find valid certification path") || message.contains("No trusted certificate")) {
            boolean own = leaf.getSubjectX500Principal().equals(leaf.getIssuerX500Principal());
            return own
                    ? "the certificate is signed by itself, and this end does not trust it"
                    : "the certificate is not signed by anybody whom this end trusts";
        }
        boolean mismatch = message.startsWith("No subject alternative") || message.startsWith("No name matching");
        return mismatch ? null : "the certificate was refused: " + Words.printable(message);
    }

    private static String mismatch(X509Certificate leaf, @Nullable String host, CertificateException failure) {
        return host == null ? "for somebody else" : "not for " + Words.printable(host);
    }

    private static String describe(X509Certificate certificate) {
        return "subject "
                + Words.printable(certificate.getSubjectX500Principal().getName())
                + ", for " + names(certificate)
                + ", issued by "
                + Words.printable(certificate.getIssuerX500Principal().getName())
                + ", valid from " + certificate.getNotBefore().toInstant()
                + " to " + certificate.getNotAfter().toInstant();
    }

    private static String names(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return "names that cannot be read";
        }
        String shown = names == null
                ? ""
                : names.stream()
                        .filter(name ->
                                name.get(0).equals(DNS_NAME) || name.get(0).equals(IP_ADDRESS))
                        .limit(NAMES_SHOWN)
                        .map(name -> Words.printable(String.valueOf(name.get(1))))
                        .collect(Collectors.joining(", "));
        return shown.isEmpty() ? "no names" : shown;
    }

    private static @Nullable String host(SSLEngine engine) {
        return engine.getPeerHost();
    }

    /** In TLS 1.3 no suite says how keys are exchanged. The JDK's engine calls that UNKNOWN, and Conscrypt's GENERIC. */
    private static String known(String type) {
        return type.equals("GENERIC") ? "UNKNOWN" : type;
    }

    // ---- what engines and others ask

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        explained(chain, host(engine), () -> decides.checkServerTrusted(chain, known(type), engine));
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
