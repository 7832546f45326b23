package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.ssl.IOStreamSslContexts;
import dev.iostream.boot.ssl.LoadedBundle;
import dev.iostream.boot.ssl.SslBundleFailure;
import dev.iostream.tls.ClientAuth;
import java.util.Locale;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Why a server or client cannot encrypt, in words that say what to change, and never what is secret. */
final class TlsFailures {
    private final EndpointRole role;
    private final String name;
    private final SslStoreProperties ssl;
    private final IOStreamSslContexts contexts;

    TlsFailures(EndpointRole role, String name, SslStoreProperties ssl, IOStreamSslContexts contexts) {
        this.role = role;
        this.name = name;
        this.ssl = ssl;
        this.contexts = contexts;
    }

    FailureAnalyzedException analyzed(SslBundleFailure failure) {
        boolean inline = isInline(failure.getBundle());
        String problem =
                inline ? failure.getProblem() : "SSL bundle '" + failure.getBundle() + "': " + failure.getProblem();
        return new FailureAnalyzedException(
                endpoint() + " cannot use TLS: " + problem + ".",
                inline ? remedy(failure) : remedyOfBundle(failure),
                failure);
    }

    FailureAnalyzedException noKey() {
        return new FailureAnalyzedException(
                endpoint() + " cannot use TLS: it has no certificate.",
                "Set '" + property("key-store") + "', or '" + property("certificate") + "' and '"
                        + property("certificate-private-key") + "', or '" + property("bundle")
                        + "' to a bundle with a key store.");
    }

    /** That nothing in {@code bundle} says whose certificates clients may show. */
    FailureAnalyzedException noTrust(ClientAuth clientAuth, LoadedBundle bundle) {
        String asked = clientAuth.name().toLowerCase(Locale.ROOT);
        return new FailureAnalyzedException(
                endpoint() + " asks its clients for certificates ('" + property("client-auth") + "' is " + asked
                        + "), and nothing says whose are trusted. Without that, everybody with a certificate of a public"
                        + " authority would be let in.",
                isInline(bundle.name())
                        ? "Set '" + property("trust-store") + "' or '" + property("trust-certificate")
                                + "' to those who sign the certificates of clients, or '" + property("client-auth")
                                + "' to none."
                        : "Give SSL bundle '" + bundle.name()
                                + "' a trust store with those who sign the certificates of clients, or set '"
                                + property("client-auth") + "' to none.");
    }

    /** Whether that is the bundle of the stores that are set at the server or client itself. */
    private boolean isInline(String bundle) {
        return bundle.equals(InlineBundles.nameOf(role, name));
    }

    private String remedy(SslBundleFailure failure) {
        boolean pem = ssl.getCertificate() != null || ssl.getTrustCertificate() != null;
        String store = failure.isOfTrust()
                ? property(pem ? "trust-certificate" : "trust-store")
                : property(pem ? "certificate" : "key-store");
        String key = pem && !failure.isOfTrust() ? "' and '" + property("certificate-private-key") : "";
        return switch (failure.getKind()) {
            case MISSING_FILE -> "Make the file, or correct '" + store + key + "'" + location(failure, pem) + ".";
            case WRONG_PASSWORD ->
                pem
                        ? "Correct '" + property("certificate-private-key-password") + "'."
                        : "Correct '" + store + "-password'"
                                + (failure.isOfTrust()
                                        ? "."
                                        : ", or '" + property("key-password")
                                                + "' if the key has a password of its own.");
            case UNREADABLE -> "Check the file at '" + store + key + "'" + (pem ? "." : ", and '" + store + "-type'.");
            case NO_HANDSHAKE -> remedyOfHandshake();
            default -> "Check what is at '" + store + key + "'.";
        };
    }

    /** Where the file should be, unless that could be the text of a key. */
    private String location(SslBundleFailure failure, boolean pem) {
        String location = failure.isOfTrust() ? ssl.getTrustStore() : ssl.getKeyStore();
        return pem || location == null ? "" : ", which is " + location;
    }

    private String remedyOfBundle(SslBundleFailure failure) {
        String bundle = failure.getBundle();
        return switch (failure.getKind()) {
            case UNKNOWN_BUNDLE ->
                "Define it under 'spring.ssl.bundle.jks." + bundle + "' or 'spring.ssl.bundle.pem." + bundle
                        + "', or correct '"
                        + property(bundle.equals(ssl.getBundle()) ? "bundle" : "server-name-bundles") + "'. "
                        + (contexts.bundleNames().isEmpty()
                                ? "No bundle is defined."
                                : "Defined are: " + Quoted.names(contexts.bundleNames()) + ".");
            case NO_HANDSHAKE -> remedyOfHandshake();
            default ->
                "Correct what is under 'spring.ssl.bundle.jks." + bundle + "' or 'spring.ssl.bundle.pem." + bundle
                        + "'.";
        };
    }

    private String remedyOfHandshake() {
        return "Check '" + property("enabled-protocols") + "' and '" + property("ciphers")
                + "': they have to go with the key of the certificate.";
    }

    private String endpoint() {
        return (role == EndpointRole.SERVER ? "Server '" : "Client '") + name + "'";
    }

    private String property(String key) {
        return role == EndpointRole.SERVER
                ? IOStreamProperties.ofServer(name, "ssl." + key)
                : IOStreamProperties.ofClient(name, "ssl." + key);
    }
}
