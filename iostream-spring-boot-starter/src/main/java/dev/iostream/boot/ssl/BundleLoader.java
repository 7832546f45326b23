package dev.iostream.boot.ssl;

import dev.iostream.boot.ssl.SslBundleFailure.Kind;
import dev.iostream.tls.KeyMaterial;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.Trust;
import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

/**
 * Makes a context of a bundle with core's checks and explanations of peers' certificates, which the managers of the bundle
 * do not have. A bundle without stores, as one that brings managers of its own, is taken as it is.
 */
final class BundleLoader {
    /** As long as core lets sessions be resumed where nobody is identified by them. */
    private static final int SESSION_SECONDS = 3600;

    private final String name;
    private final SslBundle bundle;

    BundleLoader(String name, SslBundle bundle) {
        this.name = name;
        this.bundle = bundle;
    }

    /**
     * Reads the stores and makes the context.
     *
     * @throws SslBundleFailure when that is not possible
     */
    LoadedBundle load() {
        SslStoreBundle stores = bundle.getStores();
        KeyStore keys = read("key", stores::getKeyStore);
        KeyStore trusted = read("trust", stores::getTrustStore);
        return new LoadedBundle(
                name,
                context(keys, trusted),
                certificate(keys),
                trusted != null,
                list(bundle.getOptions().getEnabledProtocols()),
                list(bundle.getOptions().getCiphers()));
    }

    private static List<String> list(String @Nullable [] names) {
        return names == null ? List.of() : List.of(names);
    }

    private SSLContext context(@Nullable KeyStore keys, @Nullable KeyStore trusted) {
        if (keys == null && trusted == null) {
            return bundle.createSslContext();
        }
        Trust trust = trusted == null ? Trust.system() : trust(trusted);
        if (keys == null) {
            return SslContexts.client(trust);
        }
        SSLContext context = SslContexts.server(key(keys), trust);
        if (trusted == null) {
            // nobody is asked for a certificate, so nobody's resumed session has to be doubted soon
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
        }
        return context;
    }

    private KeyMaterial key(KeyStore keys) {
        try {
            return KeyMaterial.of(wanted(keys), password());
        } catch (IllegalArgumentException e) {
            // core names no secret in these
            boolean password = e.getCause() instanceof UnrecoverableKeyException;
            throw password
                    ? failure(Kind.WRONG_PASSWORD, false, "the password of its key is wrong", e)
                    : failure(Kind.UNUSABLE_KEY, false, withoutStore(e), e);
        }
    }

    private Trust trust(KeyStore trusted) {
        try {
            return Trust.of(trusted);
        } catch (IllegalArgumentException e) {
            throw failure(Kind.UNREADABLE, true, withoutStore(e), e);
        }
    }

    private static String withoutStore(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    /** The store with the one key that the bundle names, or as it is. */
    private KeyStore wanted(KeyStore keys) {
        String alias = bundle.getKey().getAlias();
        if (alias == null) {
            return keys;
        }
        try {
            char[] password = password();
            Key key = keys.getKey(alias, password == null ? new char[0] : password);
            if (key == null) {
                throw failure(Kind.UNUSABLE_KEY, false, "its key store has no key '" + alias + "'");
            }
            KeyStore one = KeyStore.getInstance(KeyStore.getDefaultType());
            one.load(null, null);
            one.setKeyEntry(alias, key, password == null ? new char[0] : password, keys.getCertificateChain(alias));
            return one;
        } catch (UnrecoverableKeyException e) {
            throw failure(Kind.WRONG_PASSWORD, false, "the password of its key is wrong", e);
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw failure(Kind.UNREADABLE, false, "its key '" + alias + "' cannot be read", e);
        }
    }

    private char @Nullable [] password() {
        String own = bundle.getKey().getPassword();
        String password = own != null ? own : bundle.getStores().getKeyStorePassword();
        return password == null ? null : password.toCharArray();
    }

    private @Nullable X509Certificate certificate(@Nullable KeyStore keys) {
        if (keys == null) {
            return null;
        }
        try {
            String alias = bundle.getKey().getAlias();
            for (String each : alias == null ? Collections.list(keys.aliases()) : List.of(alias)) {
                if (keys.isKeyEntry(each) && keys.getCertificate(each) instanceof X509Certificate own) {
                    return own;
                }
            }
            return null;
        } catch (GeneralSecurityException e) {
            throw failure(Kind.UNREADABLE, false, "its key store cannot be read", e);
        }
    }

    private @Nullable KeyStore read(String what, Supplier<@Nullable KeyStore> store) {
        try {
            return store.get();
        } catch (RuntimeException e) {
            throw unreadable(what, e);
        }
    }

    /**
     * In words of its own, and without its cause: an exception of a store may hold where it came from, which can be the text
     * of a key.
     */
    private SslBundleFailure unreadable(String what, RuntimeException e) {
        boolean ofTrust = what.equals("trust");
        String store = "its " + what + " store";
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (each instanceof FileNotFoundException || each instanceof NoSuchFileException) {
                return failure(Kind.MISSING_FILE, ofTrust, store + " has a file that does not exist");
            }
            if (each instanceof UnrecoverableKeyException
                    || String.valueOf(each.getMessage()).contains("password was incorrect")) {
                return failure(Kind.WRONG_PASSWORD, ofTrust, "the password of " + store + " is wrong");
            }
        }
        boolean decryption = Arrays.stream(new String[] {"decrypting", "Password is required", "encrypted private key"})
                .anyMatch(words -> hasMessage(e, words));
        return decryption
                ? failure(Kind.WRONG_PASSWORD, ofTrust, "the password of its private key is wrong or missing")
                : failure(Kind.UNREADABLE, ofTrust, store + " cannot be read: a file is damaged or of another type");
    }

    private static boolean hasMessage(Throwable failure, String words) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (String.valueOf(each.getMessage()).contains(words)) {
                return true;
            }
        }
        return false;
    }

    private SslBundleFailure failure(Kind kind, boolean ofTrust, String problem) {
        return new SslBundleFailure(name, kind, ofTrust, problem, null);
    }

    private SslBundleFailure failure(Kind kind, boolean ofTrust, String problem, Throwable cause) {
        return new SslBundleFailure(name, kind, ofTrust, problem, cause);
    }
}
