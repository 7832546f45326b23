package dev.iostream.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What is looked at once more when the handshake has ended, before any data goes either way: trust managers that were
 * brought along may not care how strong a key is, and with engines of other providers than the JDK a plain one never
 * learns whose certificate it should be.
 */
final class SecondLook {
    private static final int LONGEST_CHAIN = 10;

    private SecondLook() {}

    /**
     * Looks at the peer's certificates, if there have to be any.
     *
     * @throws CertificateException when they are not good enough
     */
    static void at(SSLEngine engine, SSLSession session, TlsOptions options, TlsPeer peer) throws CertificateException {
        if (options.client() ? !options.verify() : options.clientAuth() == ClientAuth.NONE) {
            return;
        }
        List<X509Certificate> chain = chain(session);
        if (chain.isEmpty()) {
            if (options.client() || options.clientAuth() == ClientAuth.NEED) {
                throw new CertificateException("no certificate was sent");
            }
            return;
        }
        X509Certificate own = chain.get(0);
        if (chain.size() > LONGEST_CHAIN) {
            throw CertificateRefusal.of(
                    own, "its chain has " + chain.size() + " certificates, and " + LONGEST_CHAIN + " are accepted");
        }
        requireStrong(own);
        if (RecordBuffers.isOfTheJdk(engine)) {
            return;
        }
        if (!areAllWithTrust(options)) {
            requireStrongPath(chain);
        }
        String host = options.client() && options.verifyHostname() ? peer.host() : null;
        if (host != null && !HostName.matches(host, own)) {
            throw CertificateRefusal.of(own, "the certificate is " + CertificateRefusal.notFor(host));
        }
    }

    /** Whether the contexts hold peers to all of this themselves: the one of the options, and those of names. */
    private static boolean areAllWithTrust(TlsOptions options) {
        return SslContexts.isWithTrust(options.context())
                && options.sniContexts().values().stream().allMatch(SslContexts::isWithTrust);
    }

    private static List<X509Certificate> chain(SSLSession session) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : session.getPeerCertificates()) {
                if (certificate instanceof X509Certificate known) {
                    chain.add(known);
                }
            }
        } catch (SSLPeerUnverifiedException e) {
            // it sent none
            return List.of();
        }
        return chain;
    }

    /** From the peer's own certificate upwards, as far as it goes. Others may lie beside the path. */
    private static void requireStrongPath(List<X509Certificate> chain) throws CertificateException {
        X509Certificate each = chain.get(0);
        for (int i = 1; each != null && i < chain.size(); i++) {
            each = issuer(each, chain);
            if (each != null) {
                requireStrong(each);
            }
        }
    }

    private static @Nullable X509Certificate issuer(X509Certificate certificate, List<X509Certificate> chain) {
        for (X509Certificate each : chain) {
            if (each.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
                return each == certificate ? null : each;
            }
        }
        return null;
    }

    private static void requireStrong(X509Certificate certificate) throws CertificateException {
        String weakness = Strength.weakness(certificate);
        if (weakness != null) {
            throw CertificateRefusal.of(certificate, "the certificate is too weak: " + weakness);
        }
    }
}
