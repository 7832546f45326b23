package dev.iostream.tls;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes contexts from keys and trusted certificates, which were checked when they were read.
 *
 * <p>A context remembers sessions, so that peers can resume them without proving who they are again. To stop trusting
 * somebody, or to change keys, make a new one.
 *
 * <pre>{@code
 * SSLContext context = SslContexts.server(KeyMaterial.of(Path.of("server.p12"), password));
 * }</pre>
 */
public final class SslContexts {
    private static final int SESSIONS = 1024;
    private static final int SESSION_SECONDS = 3600;
    /** Shorter where clients are identified, since a resumed session is not verified again. */
    private static final int IDENTIFIED_SESSION_SECONDS = 300;

    /** Those that were made here, and whether they say whose certificates are accepted. */
    private static final Map<SSLContext, Boolean> TRUST = Collections.synchronizedMap(new WeakHashMap<>());

    private SslContexts() {}

    /** For clients that trust what the JDK does. */
    public static SSLContext client() {
        return client(Trust.system());
    }

    /** For clients. */
    public static SSLContext client(Trust trust) {
        return create(null, trust, null);
    }

    /** The same with the engines of another provider than the JDK. */
    public static SSLContext client(Trust trust, Provider provider) {
        return create(null, trust, Objects.requireNonNull(provider, "provider"));
    }

    /** For clients that have a certificate of their own. */
    public static SSLContext client(Trust trust, KeyMaterial key) {
        return create(key, trust, null);
    }

    /** The same with the engines of another provider than the JDK. */
    public static SSLContext client(Trust trust, KeyMaterial key, Provider provider) {
        return create(key, trust, Objects.requireNonNull(provider, "provider"));
    }

    /** For servers that do not ask who their clients are. */
    public static SSLContext server(KeyMaterial key) {
        return create(key, null, null);
    }

    /** The same with the engines of another provider than the JDK. */
    public static SSLContext server(KeyMaterial key, Provider provider) {
        return create(key, null, Objects.requireNonNull(provider, "provider"));
    }

    /** For servers that may ask for certificates of their clients, signed by those that are trusted. */
    public static SSLContext server(KeyMaterial key, Trust clients) {
        return create(key, clients, null);
    }

    /** The same with the engines of another provider than the JDK. */
    public static SSLContext server(KeyMaterial key, Trust clients, Provider provider) {
        return create(key, clients, Objects.requireNonNull(provider, "provider"));
    }

    private static SSLContext create(@Nullable KeyMaterial key, @Nullable Trust trust, @Nullable Provider provider) {
        try {
            SSLContext context =
                    provider == null ? SSLContext.getInstance("TLS") : SSLContext.getInstance("TLS", provider);
            context.init(key == null ? null : key.managers(), trust == null ? null : trust.managers(), null);
            limit(context.getServerSessionContext(), trust == null ? SESSION_SECONDS : IDENTIFIED_SESSION_SECONDS);
            limit(context.getClientSessionContext(), SESSION_SECONDS);
            TRUST.put(context, trust != null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("Could not make an SSLContext of " + key + " and " + trust, e);
        }
    }

    /** Whether the context is of here, and says nothing of whose certificates are accepted: the JDK's trust would step in. */
    static boolean isWithoutTrust(SSLContext context) {
        return Boolean.FALSE.equals(TRUST.get(context));
    }

    /** Whether the context is of here, and verifies peers itself. */
    static boolean isWithTrust(SSLContext context) {
        return Boolean.TRUE.equals(TRUST.get(context));
    }

    private static void limit(SSLSessionContext sessions, int seconds) {
        sessions.setSessionCacheSize(SESSIONS);
        sessions.setSessionTimeout(seconds);
    }
}
