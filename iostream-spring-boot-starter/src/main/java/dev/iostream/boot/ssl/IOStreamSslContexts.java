package dev.iostream.boot.ssl;

import dev.iostream.boot.ssl.SslBundleFailure.Kind;
import dev.iostream.tls.TlsOptions;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * SSL contexts by the names of SSL bundles. A context is made once for each version of a bundle, so that sessions can be
 * resumed, and checked before it is handed out; when a bundle is updated with something that cannot be used, the former
 * context stays. Safe from any thread.
 *
 * <pre>{@code
 * TlsOptions tls = TlsOptions.client(contexts.get("orders"));
 * }</pre>
 */
public final class IOStreamSslContexts {
    private final @Nullable SslBundles bundles;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /** Contexts of these bundles; null when the application has none. */
    public IOStreamSslContexts(@Nullable SslBundles bundles) {
        this.bundles = bundles;
    }

    /** Is told of the update of a bundle, on the thread that updates it. */
    public interface UpdateListener {
        /** There is another context now. */
        void updated(LoadedBundle bundle);

        /** The bundle cannot be used as it is now, and the former context stays. */
        void refused(SslBundleFailure failure);
    }

    /** The bundle as it was when it was last usable, and who wants to know of the next version. */
    private static final class Entry {
        private final CopyOnWriteArrayList<UpdateListener> listeners = new CopyOnWriteArrayList<>();
        private volatile LoadedBundle loaded;

        Entry(LoadedBundle loaded) {
            this.loaded = loaded;
        }

        /** Tells all of them, also when telling one fails, and then fails. */
        void tell(Consumer<UpdateListener> event) {
            RuntimeException failure = null;
            for (UpdateListener listener : listeners) {
                try {
                    event.accept(listener);
                } catch (RuntimeException e) {
                    if (failure == null) {
                        failure = e;
                    } else {
                        failure.addSuppressed(e);
                    }
                }
            }
            if (failure != null) {
                throw failure;
            }
        }
    }

    /**
     * The context of that bundle as it is now.
     *
     * @throws SslBundleFailure when there is no such bundle, or it cannot be used
     */
    public SSLContext get(String bundle) {
        return load(bundle).context();
    }

    /** The same with more that is known of the bundle. */
    public LoadedBundle load(String bundle) {
        return entry(bundle).loaded;
    }

    /** The names of all bundles that there are. */
    public List<String> bundleNames() {
        return bundles == null ? List.of() : bundles.getBundleNames();
    }

    /** Tells {@code listener} of each update of that bundle from now on; there is no end to that. */
    public void addUpdateListener(String bundle, UpdateListener listener) {
        entry(bundle).listeners.add(listener);
    }

    private Entry entry(String bundle) {
        Entry known = entries.get(bundle);
        return known != null ? known : entries.computeIfAbsent(bundle, this::open);
    }

    private Entry open(String name) {
        try {
            if (bundles == null) {
                throw new NoSuchSslBundleException(name, "there are no SSL bundles");
            }
            var entry = new Entry(new BundleLoader(name, bundles.getBundle(name)).load());
            bundles.addBundleUpdateHandler(name, updated -> update(name, entry, updated));
            return entry;
        } catch (NoSuchSslBundleException e) {
            throw new SslBundleFailure(name, Kind.UNKNOWN_BUNDLE, false, "there is no such bundle", e);
        }
    }

    private static void update(String name, Entry entry, SslBundle bundle) {
        LoadedBundle loaded;
        try {
            loaded = new BundleLoader(name, bundle).load();
            requireValid(loaded);
            if (loaded.certificate() != null) {
                tryOut(loaded, TlsOptions.server(loaded.context()));
            }
        } catch (SslBundleFailure e) {
            entry.tell(listener -> listener.refused(e));
            return;
        }
        entry.loaded = loaded;
        entry.tell(listener -> listener.updated(loaded));
    }

    private static void requireValid(LoadedBundle loaded) {
        X509Certificate certificate = loaded.certificate();
        try {
            if (certificate != null) {
                certificate.checkValidity();
            }
        } catch (CertificateException e) {
            throw new SslBundleFailure(
                    loaded.name(),
                    Kind.EXPIRED,
                    false,
                    "its certificate is valid from "
                            + certificate.getNotBefore().toInstant() + " to "
                            + certificate.getNotAfter().toInstant(),
                    e);
        }
    }

    /**
     * Lets a server with that bundle and these options be talked to in memory, and does nothing when that succeeds.
     *
     * @throws SslBundleFailure when no handshake comes about
     */
    public static void tryOut(LoadedBundle bundle, TlsOptions options) {
        try {
            options.context(bundle.context()).tryOut();
        } catch (SSLException e) {
            throw new SslBundleFailure(
                    bundle.name(),
                    Kind.NO_HANDSHAKE,
                    false,
                    "no handshake comes about with its key, " + options.protocols()
                            + (options.ciphers().isEmpty() ? "" : " and " + options.ciphers()) + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public String toString() {
        return "IOStreamSslContexts" + entries.keySet();
    }
}
