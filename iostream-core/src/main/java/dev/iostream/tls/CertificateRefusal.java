package dev.iostream.tls;

import java.security.cert.CertPath;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A certificate was refused; the message says which one, what for, and what it holds. */
final class CertificateRefusal extends CertificateException {
    private static final long serialVersionUID = 1L;

    private static final String UNTRUSTED = "the certificate is not signed by anybody whom this end trusts";
    private static final String SIGNED_BY_ITSELF =
            "the certificate is signed by itself, and this end does not trust it";
    private static final int NAMES_SHOWN = 8;
    private static final int MOST_CAUSES = 16;

    private CertificateRefusal(String message, @Nullable CertificateException cause) {
        super(message, cause);
    }

    /** A refusal of a chain, the peer's own certificate first, by somebody who has thrown {@code cause}. */
    static CertificateRefusal of(X509Certificate[] chain, @Nullable String host, CertificateException cause) {
        String why = why(cause, host);
        String words = why == null ? "the certificate was refused: " + Words.printable(cause.getMessage()) : why;
        if (chain.length == 0) {
            return new CertificateRefusal(words, cause);
        }
        boolean own = chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal());
        return new CertificateRefusal(
                (own && words.equals(UNTRUSTED) ? SIGNED_BY_ITSELF : words) + describe(chain[0]), cause);
    }

    /** A refusal of the peer's own certificate. */
    static CertificateRefusal of(X509Certificate certificate, String why) {
        return new CertificateRefusal(why + describe(certificate), null);
    }

    /** Why somebody has refused a certificate, as far as that can be told by what was thrown; null when it cannot. */
    static @Nullable String why(Throwable thrown, @Nullable String host) {
        String why = first(thrown, CertificateRefusal::byReason);
        return why == null ? first(thrown, each -> byMessage(each, host)) : why;
    }

    private static @Nullable String first(Throwable thrown, Function<Throwable, @Nullable String> teller) {
        Throwable each = thrown;
        for (int i = 0; i < MOST_CAUSES && each != null; i++) {
            String told = teller.apply(each);
            if (told != null) {
                return told;
            }
            each = each.getCause();
        }
        return null;
    }

    private static @Nullable String byReason(Throwable thrown) {
        if (thrown instanceof CertificateRefusal) {
            return thrown.getMessage();
        }
        if (!(thrown instanceof CertPathValidatorException invalid)
                || !(invalid.getReason() instanceof CertPathValidatorException.BasicReason reason)) {
            return null;
        }
        return switch (reason) {
            case EXPIRED -> "a certificate of its chain has expired";
            case NOT_YET_VALID -> "a certificate of its chain is not valid yet";
            case ALGORITHM_CONSTRAINED -> "a certificate of its chain is too weak: " + weakness(invalid);
            default -> null;
        };
    }

    private static String weakness(CertPathValidatorException invalid) {
        CertPath path = invalid.getCertPath();
        boolean known = path != null && invalid.getIndex() >= 0;
        String weakness = known && path.getCertificates().get(invalid.getIndex()) instanceof X509Certificate certificate
                ? Strength.weakness(certificate)
                : null;
        return weakness == null ? Words.printable(String.valueOf(invalid.getMessage())) : weakness;
    }

    private static @Nullable String byMessage(Throwable thrown, @Nullable String host) {
        String message = String.valueOf(thrown.getMessage());
        if (message.startsWith("No subject alternative") || message.startsWith("No name matching")) {
            return "the certificate is " + notFor(host);
        }
        boolean untrusted = message.contains("unable to find valid certification path")
                || message.contains("No trusted certificate");
        return untrusted ? UNTRUSTED : null;
    }

    static String notFor(@Nullable String host) {
        return host == null ? "for somebody else" : "not for " + Words.printable(host);
    }

    private static String describe(X509Certificate certificate) {
        return " [subject "
                + Words.printable(certificate.getSubjectX500Principal().getName()) + ", for "
                + names(certificate) + ", issued by "
                + Words.printable(certificate.getIssuerX500Principal().getName()) + ", valid from "
                + certificate.getNotBefore().toInstant() + " to "
                + certificate.getNotAfter().toInstant() + "]";
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
                        .filter(name -> name.get(0).equals(HostName.DNS_NAME)
                                || name.get(0).equals(HostName.IP_ADDRESS))
                        .limit(NAMES_SHOWN)
                        .map(name -> Words.printable(String.valueOf(name.get(1))))
                        .collect(Collectors.joining(", "));
        return shown.isEmpty() ? "no names" : shown;
    }
}
