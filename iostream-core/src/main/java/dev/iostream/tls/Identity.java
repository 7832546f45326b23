package dev.iostream.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Whom a certificate names. Whoever signed it has vouched for that; how the text looks is still the owner's choice, so it
 * is to be escaped where it is shown.
 *
 * @param subject the distinguished name (RFC 2253), such as {@code CN=term-7,O=Bank}
 * @param commonName the most specific common name of the subject, or null when it has none
 * @param dnsNames the alternative names that are DNS names (RFC 5280, section 4.2.1.6)
 * @param uris those that are URIs, such as a SPIFFE id
 * @param emails those that are mail addresses
 */
public record Identity(
        String subject, @Nullable String commonName, List<String> dnsNames, List<String> uris, List<String> emails) {
    private static final int EMAIL = 1;
    private static final int DNS_NAME = 2;
    private static final int URI = 6;

    /** Keeps copies. */
    public Identity {
        dnsNames = List.copyOf(dnsNames);
        uris = List.copyOf(uris);
        emails = List.copyOf(emails);
    }

    /** Whom {@code certificate} names. */
    public static Identity of(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
        return new Identity(
                subject,
                commonName(subject),
                alternatives(certificate, DNS_NAME),
                alternatives(certificate, URI),
                alternatives(certificate, EMAIL));
    }

    private static List<String> alternatives(X509Certificate certificate, int kind) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> each : all) {
                    if (each.get(0).equals(kind)) {
                        names.add(String.valueOf(each.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // names that cannot be read name nobody
            return List.of();
        }
        return names;
    }

    /** The first one in the text, since the text begins with what is most specific. */
    private static @Nullable String commonName(String subject) {
        int start = 0;
        while (start < subject.length()) {
            int end = endOfAttribute(subject, start);
            if (subject.startsWith("CN=", start)) {
                return unescaped(subject.substring(start + "CN=".length(), end));
            }
            start = end + 1;
        }
        return null;
    }

    private static int endOfAttribute(String subject, int start) {
        for (int i = start; i < subject.length(); i++) {
            char c = subject.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == ',' || c == '+') {
                return i;
            }
        }
        return subject.length();
    }

    /** The JDK escapes each special character by a backslash before it, and never writes one in hex here. */
    private static String unescaped(String value) {
        var text = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            text.append(c == '\\' && i + 1 < value.length() ? value.charAt(++i) : c);
        }
        return text.toString();
    }
}
