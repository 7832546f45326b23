package dev.iostream.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Whether a certificate is for a host (RFC 9525): by its alternative names alone, and a wildcard stands for one label. */
final class HostName {
    /** Kinds of alternative names (RFC 5280, section 4.2.1.6). */
    static final int DNS_NAME = 2;

    static final int IP_ADDRESS = 7;

    private HostName() {}

    /** Whether {@code certificate} is for {@code host}, a name or an address in digits. */
    static boolean matches(String host, X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return false;
        }
        boolean address = TlsPeer.isAddress(host);
        return names != null
                && names.stream()
                        .filter(name -> name.get(0).equals(address ? IP_ADDRESS : DNS_NAME))
                        .map(name -> String.valueOf(name.get(1)))
                        .anyMatch(name -> address ? isSameAddress(host, name) : isName(host, name));
    }

    private static boolean isName(String host, String pattern) {
        String wanted = host.toLowerCase(Locale.ROOT);
        String given = pattern.toLowerCase(Locale.ROOT);
        int dot = wanted.indexOf('.');
        return given.startsWith("*.")
                ? dot > 0 && wanted.substring(dot).equals(given.substring(1))
                : wanted.equals(given);
    }

    private static boolean isSameAddress(String one, String other) {
        if (one.indexOf(':') < 0 || other.indexOf(':') < 0) {
            return one.equals(other);
        }
        try {
            // nothing with a colon in it is looked up
            return InetAddress.getByName(one).equals(InetAddress.getByName(other));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
