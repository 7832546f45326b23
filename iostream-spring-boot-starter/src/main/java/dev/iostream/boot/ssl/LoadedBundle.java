package dev.iostream.boot.ssl;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What was made of an SSL bundle.
 *
 * @param name the bundle's
 * @param context with its key, if it has one, and whom it trusts; the JDK's authorities where it does not say
 * @param certificate its own certificate, or null when it has none
 * @param trusting whether it says itself whom it trusts
 * @param protocols those of its options, or none
 * @param ciphers those of its options, or none
 */
public record LoadedBundle(
        String name,
        SSLContext context,
        @Nullable X509Certificate certificate,
        boolean trusting,
        List<String> protocols,
        List<String> ciphers) {
    @Override
    public String toString() {
        return "LoadedBundle[" + name + "]";
    }
}
