package dev.iostream.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are accepted: those that were signed, directly or not, by one of these. Immutable. */
public final class Trust {
    private final String source;
    private final @Nullable KeyStore store;

    private Trust(String source, @Nullable KeyStore store) {
        this.source = source;
        this.store = store;
    }

    /** Those that the JDK trusts. */
    public static Trust system() {
        return new Trust("the JDK's trust store", null);
    }

    /** The trusted certificates of a key store. */
    public static Trust of(KeyStore store) {
        return checked("the key store", Objects.requireNonNull(store, "store"));
    }

    /**
     * The trusted certificates of a key-store file, JKS or PKCS#12.
     *
     * @throws IllegalArgumentException when it cannot be read, or has none; the message names the file
     */
    public static Trust of(Path file, char @Nullable [] password) {
        return checked(file.toString(), KeyStores.load(file, password));
    }

    /**
     * The certificates of PEM files.
     *
     * @throws IllegalArgumentException when one cannot be read, or has none; the message names the file
     */
    public static Trust pem(Path... files) {
        List<X509Certificate> all = new ArrayList<>();
        for (Path file : files) {
            all.addAll(Pem.certificates(file));
        }
        return of(all.toArray(X509Certificate[]::new));
    }

    /** These certificates. */
    public static Trust of(X509Certificate... certificates) {
        KeyStore store = KeyStores.empty();
        try {
            for (int i = 0; i < certificates.length; i++) {
                store.setCertificateEntry("trusted-" + i, certificates[i]);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("Could not take in the trusted certificates: " + e.getMessage(), e);
        }
        return checked("the list of certificates", store);
    }

    private static Trust checked(String source, KeyStore store) {
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(alias)) {
                    return new Trust(source, store);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("Could not read " + source + ": " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("There is no trusted certificate in " + source
                + "; import one (keytool -importcert), a key entry alone is not trusted");
    }

    TrustManager[] managers() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        TrustManager[] managers = factory.getTrustManagers();
        for (int i = 0; i < managers.length; i++) {
            // one that is not extended gets its host name verified by the engine, which must see that it is not
            if (managers[i] instanceof X509ExtendedTrustManager extended) {
                managers[i] = new PeerTrust(extended);
            }
        }
        return managers;
    }

    @Override
    public String toString() {
        return "Trust[" + source + "]";
    }
}
