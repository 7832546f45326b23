package dev.iostream.boot.autoconfigure;

import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.Identities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.validation.Errors;

/**
 * What the {@code ssl} properties of a server or client must be, and which do not go together. Never names a value that could
 * be secret: a complaint is of the group, since one of a field shows what the field holds.
 */
final class SslRules {
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");
    private static final int LONGEST_APPLICATION_PROTOCOL = 255;
    private static final String NOT_OF_BUNDLE =
            "is not for a bundle; set that of the bundle itself, under spring.ssl.bundle";

    private final Errors errors;
    private final SslStoreProperties ssl;

    SslRules(Errors errors, SslStoreProperties ssl) {
        this.errors = errors;
        this.ssl = ssl;
    }

    void check() {
        exclusive();
        complete();
        values();
        if (ssl instanceof ServerSslProperties server) {
            check(server);
        } else if (ssl instanceof ClientSslProperties client) {
            check(client);
        }
    }

    /** The keys that are set of those that say what keys there are and who is trusted. */
    private List<String> inline() {
        List<String> set = new ArrayList<>();
        if (ssl.getKeyStore() != null) {
            set.add("key-store");
        }
        if (ssl.getTrustStore() != null) {
            set.add("trust-store");
        }
        if (ssl.getCertificate() != null) {
            set.add("certificate");
        }
        if (ssl.getTrustCertificate() != null) {
            set.add("trust-certificate");
        }
        return set;
    }

    private void exclusive() {
        List<String> inline = inline();
        if (ssl.getBundle() != null && !inline.isEmpty()) {
            reject("bundle", "must not be set beside '" + inline.get(0) + "'; the bundle has its own");
        }
        if (ssl.getBundle() != null && ssl.isReloadOnUpdate()) {
            reject("reload-on-update", NOT_OF_BUNDLE);
        }
        boolean pem = ssl.getCertificate() != null || ssl.getTrustCertificate() != null;
        boolean stores = ssl.getKeyStore() != null || ssl.getTrustStore() != null;
        if (pem && stores) {
            reject(
                    ssl.getKeyStore() != null ? "key-store" : "trust-store",
                    "must not be set beside '" + (ssl.getCertificate() != null ? "certificate" : "trust-certificate")
                            + "'; use stores for both, or PEM for both");
        }
    }

    private void complete() {
        if (ssl.getCertificate() != null && ssl.getCertificatePrivateKey() == null) {
            reject("certificate-private-key", "must be set beside 'certificate'");
        }
        if (ssl.getCertificate() == null && ssl.getCertificatePrivateKey() != null) {
            reject("certificate", "must be set beside 'certificate-private-key'");
        }
        detail("key-store-password", ssl.getKeyStorePassword(), "key-store", ssl.getKeyStore());
        detail("trust-store-password", ssl.getTrustStorePassword(), "trust-store", ssl.getTrustStore());
        if (!ssl.isOn()) {
            return;
        }
        detail("key-password", ssl.getKeyPassword(), "key-store", ssl.getKeyStore());
        detail("key-store-type", ssl.getKeyStoreType(), "key-store", ssl.getKeyStore());
        detail("key-store-provider", ssl.getKeyStoreProvider(), "key-store", ssl.getKeyStore());
        detail("trust-store-type", ssl.getTrustStoreType(), "trust-store", ssl.getTrustStore());
        detail("trust-store-provider", ssl.getTrustStoreProvider(), "trust-store", ssl.getTrustStore());
        String certificate = ssl.getCertificate();
        detail("certificate-private-key-password", ssl.getCertificatePrivateKeyPassword(), "certificate", certificate);
        detail("key-alias", ssl.getKeyAlias(), "key-store", certificate != null ? certificate : ssl.getKeyStore());
    }

    /** Something that is said of a store or certificate, and would be ignored without it. */
    private void detail(String key, @Nullable String value, String of, @Nullable String whole) {
        if (value == null || whole != null) {
            return;
        }
        if (ssl.getBundle() != null) {
            reject(key, NOT_OF_BUNDLE);
        } else {
            reject(of, "must be set beside '" + key + "'");
        }
    }

    private void values() {
        Duration timeout = ssl.getHandshakeTimeout();
        if (timeout.isZero() || timeout.isNegative()) {
            reject("handshake-timeout", "must be more than 0");
        }
        if (!PROTOCOLS.containsAll(ssl.getEnabledProtocols())) {
            reject("enabled-protocols", "must be TLSv1.3, TLSv1.2 or both, was " + ssl.getEnabledProtocols());
        }
        for (String protocol : ssl.getApplicationProtocols()) {
            if (protocol.isEmpty() || protocol.length() > LONGEST_APPLICATION_PROTOCOL) {
                reject("application-protocols", "must have 1 to 255 characters each, was '" + protocol + "'");
            }
        }
        if (!ssl.getIdentities().isEmpty()) {
            try {
                Identities.allowing(ssl.getIdentities());
            } catch (IllegalArgumentException e) {
                reject("identities", "cannot be " + ssl.getIdentities() + ": " + e.getMessage());
            }
        }
    }

    private void check(ServerSslProperties server) {
        if (server.isOn() && server.getBundle() == null && !server.hasKey()) {
            reject(
                    "bundle",
                    "must be set, or 'key-store', or 'certificate' and 'certificate-private-key': a server cannot use"
                            + " TLS without a certificate");
        }
        if (server.getClientAuth() == ClientAuth.NONE && !server.getIdentities().isEmpty()) {
            reject("identities", "are those of clients' certificates; set 'client-auth' to need");
        }
        if (server.isOn() && server.getClientAuth() == ClientAuth.NONE && server.hasTrust()) {
            reject(
                    server.getTrustStore() != null ? "trust-store" : "trust-certificate",
                    "says whose certificates clients may show, and nobody is asked for one; set 'client-auth' to need");
        }
        for (ServerSslProperties.ServerNameBundle each : server.getServerNameBundles()) {
            if (each.getServerName() == null || each.getBundle() == null) {
                reject("server-name-bundles", "must have a 'server-name' and a 'bundle' each");
            }
        }
    }

    private void check(ClientSslProperties client) {
        if (!client.isVerify() && !client.getIdentities().isEmpty()) {
            reject("identities", "are those of verified certificates, and 'verify' is false");
        }
    }

    private void reject(String key, String reason) {
        errors.reject("invalid", "'" + errors.getObjectName() + "." + key + "' " + reason);
    }
}
