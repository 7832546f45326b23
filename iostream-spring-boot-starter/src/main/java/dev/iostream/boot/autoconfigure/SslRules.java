package dev.iostream.boot.autoconfigure;

import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.Identities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.validation.Errors;

/**
 * What the {@code ssl} properties of a server or client must be, and which do not go together. Never names a value that could
 * be secret: a complaint is of the group, since one of a field shows what the field holds.
 */
final class SslRules {
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");
    private static final int LONGEST_APPLICATION_PROTOCOL = 255;

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
            reject("reload-on-update", "is not for a bundle; set that of the bundle itself, under spring.ssl.bundle");
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
        if (ssl.getKeyStore() == null && ssl.getKeyStorePassword() != null) {
            reject("key-store", "must be set beside 'key-store-password'");
        }
        if (ssl.getTrustStore() == null && ssl.getTrustStorePassword() != null) {
            reject("trust-store", "must be set beside 'trust-store-password'");
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
