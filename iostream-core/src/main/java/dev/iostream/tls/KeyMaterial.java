package dev.iostream.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/** A private key and the certificates that go with it, checked to be of one another. Immutable. */
public final class KeyMaterial {
    private final String source;
    private final KeyStore store;
    private final char[] password;

    private KeyMaterial(String source, KeyStore store, char[] password) {
        this.source = source;
        this.store = store;
        this.password = password;
    }

    /**
     * The keys of a key store.
     *
     * @throws IllegalArgumentException when it has none, the password is wrong, or a key and its certificate do not match
     */
    public static KeyMaterial of(KeyStore store, char @Nullable [] password) {
        return checked("the key store", Objects.requireNonNull(store, "store"), password);
    }

    /** The same from a key-store file, JKS or PKCS#12; messages name the file. */
    public static KeyMaterial of(Path file, char @Nullable [] password) {
        return checked(file.toString(), KeyStores.load(file, password), password);
    }

    /**
     * The same from PEM files: the certificate first and then those that signed it, and the key in PKCS#8, not encrypted.
     */
    public static KeyMaterial pem(Path certificates, Path key) {
        List<X509Certificate> chain = Pem.certificates(certificates);
        PrivateKey privateKey = Pem.privateKey(key, chain.get(0).getPublicKey().getAlgorithm());
        return of(certificates + " and " + key, privateKey, chain.toArray(X509Certificate[]::new));
    }

    /** A key and its certificates, its own first. */
    public static KeyMaterial of(PrivateKey key, X509Certificate... chain) {
        return of("the given key and certificates", key, chain);
    }

    private static KeyMaterial of(String source, PrivateKey key, X509Certificate... chain) {
        KeyStore store = KeyStores.empty();
        char[] none = new char[0];
        try {
            store.setKeyEntry("key", key, none, chain);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("Could not use " + source + ": " + e.getMessage(), e);
        }
        return checked(source, store, none);
    }

    private static KeyMaterial checked(String source, KeyStore store, char @Nullable [] password) {
        char[] used = password == null ? new char[0] : password.clone();
        int keys = 0;
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getKey(alias, used) instanceof PrivateKey key) {
                    requireMatch(source, alias, key, store.getCertificate(alias));
                    keys++;
                }
            }
        } catch (GeneralSecurityException e) {
            // not with its message, in which a provider could have put anything
            throw new IllegalArgumentException(
                    "Could not read a key of " + source + ": the key's password is wrong or the key is damaged", e);
        }
        if (keys == 0) {
            throw new IllegalArgumentException("There is no private key in " + source
                    + "; a store of trusted certificates alone cannot identify this end");
        }
        return new KeyMaterial(source, store, used);
    }

    private static void requireMatch(String source, String alias, PrivateKey key, @Nullable Certificate certificate)
            throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> null;
        };
        if (certificate == null || algorithm == null) {
            return;
        }
        PublicKey publicKey = certificate.getPublicKey();
        if (!publicKey.getAlgorithm().equals(key.getAlgorithm()) || !signs(algorithm, key, publicKey)) {
            throw new IllegalArgumentException(
                    "The key and the certificate of '" + alias + "' in " + source + " do not belong to each other");
        }
    }

    private static boolean signs(String algorithm, PrivateKey key, PublicKey publicKey)
            throws GeneralSecurityException {
        byte[] sample = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(sample);
        return signature.verify(signed);
    }

    KeyManager[] managers() throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    @Override
    public String toString() {
        return "KeyMaterial[" + source + "]";
    }
}
