package dev.iostream.tls;

import java.security.cert.CertificateException;

/** A certificate was refused; the message says which one, what for, and what it holds. */
final class CertificateRefusal extends CertificateException {
    private static final long serialVersionUID = 1L;

    CertificateRefusal(String message, CertificateException cause) {
        super(message, cause);
    }
}
