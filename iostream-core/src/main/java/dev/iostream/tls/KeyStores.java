package dev.iostream.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import org.jspecify.annotations.Nullable;

/** Reads key stores. Messages name the file and never the password. */
final class KeyStores {
    private KeyStores() {}

    /** The key store in a file, whatever its format. */
    static KeyStore load(Path file, char @Nullable [] password) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("The key store " + file + " does not exist or cannot be read");
        }
        try {
            // finds out by itself whether it is JKS or PKCS#12
            return KeyStore.getInstance(file.toFile(), password == null ? new char[0] : password);
        } catch (IOException e) {
            throw new IllegalArgumentException("Could not read the key store " + file + ": " + why(e), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "Could not read the key store " + file + ": it is neither JKS nor PKCS#12, or damaged", e);
        }
    }

    private static String why(IOException failure) {
        if (failure.getCause() instanceof UnrecoverableKeyException) {
            return "the password is wrong";
        }
        return failure instanceof NoSuchFileException ? "it does not exist" : "it is damaged";
    }

    /** A key store in memory. */
    static KeyStore empty() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no PKCS#12 key store", e);
        }
    }
}
