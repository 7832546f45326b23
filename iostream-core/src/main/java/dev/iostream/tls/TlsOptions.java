package dev.iostream.tls;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken. Immutable; shared by any number of connections.
 *
 * <p>Safe unless told otherwise: clients verify the certificate chain and that it is for the host they asked for, only
 * TLS 1.2 and 1.3 with forward secrecy and authenticated encryption are spoken, and a handshake has to end in time.
 *
 * <pre>{@code
 * var tls = TlsOptions.client(SslContexts.client(Trust.system())).applicationProtocols("mqtt");
 * }</pre>
 *
 * @param context where keys and trust come from
 * @param client whether this end is the client's
 * @param verify whether a client verifies the server; off, the context's trust is not used at all, and neither are its keys
 * @param verifyHostname whether the certificate of a verified server must be for the host that was asked for, too
 * @param serverName whom a client expects instead of the host that it connects to, or null
 * @param protocols {@code TLSv1.3}, {@code TLSv1.2} or both
 * @param ciphers the suites to use, or none for those of the context that have forward secrecy and are authenticated
 * @param applicationProtocols what to speak inside (ALPN), the preferred one first; none to leave it open
 * @param clientAuth whether a server asks for the client's certificate
 * @param identities which peers are let in, by the certificate that they have shown; null for all whose certificate is
 *     trusted. A server that has such a list lets nobody in who shows none
 * @param sniContexts for a server, the context by the name that a client asks for, such as {@code a.example} or
 *     {@code *.b.example}; other names get {@code context}
 * @param handshakeTimeout how long the handshake may take, positive
 */
public record TlsOptions(
        SSLContext context,
        boolean client,
        boolean verify,
        boolean verifyHostname,
        @Nullable String serverName,
        List<String> protocols,
        List<String> ciphers,
        List<String> applicationProtocols,
        ClientAuth clientAuth,
        @Nullable Identities identities,
        Map<String, SSLContext> sniContexts,
        Duration handshakeTimeout) {
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");
    private static final int LONGEST_PROTOCOL_NAME = 255;

    /** Checks the values. */
    public TlsOptions {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(clientAuth, "clientAuth");
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        applicationProtocols = List.copyOf(applicationProtocols);
        sniContexts = lowerCased(sniContexts);
        if (protocols.isEmpty() || !PROTOCOLS.containsAll(protocols)) {
            throw new IllegalArgumentException("protocols must be TLSv1.3, TLSv1.2 or both, were " + protocols);
        }
        for (String name : applicationProtocols) {
            if (name.isEmpty() || name.length() > LONGEST_PROTOCOL_NAME) {
                throw new IllegalArgumentException(
                        "An application protocol must have 1 to 255 characters: '" + name + "'");
            }
        }
        if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
            throw new IllegalArgumentException("handshakeTimeout must be positive, was " + handshakeTimeout);
        }
        if (client && (clientAuth != ClientAuth.NONE || !sniContexts.isEmpty())) {
            throw new IllegalArgumentException(
                    "clientAuth and sniContexts are a server's, and these are a client's options");
        }
        if (identities != null && (client ? !verify : clientAuth == ClientAuth.NONE)) {
            throw new IllegalArgumentException("identities are those of verified certificates; "
                    + (client ? "they need verify" : "ask clients for theirs with clientAuth"));
        }
        if (!client && (!verify || !verifyHostname || serverName != null)) {
            throw new IllegalArgumentException("verify, verifyHostname and serverName are a client's, and these are a"
                    + " server's options; a server asks for certificates with clientAuth");
        }
        if (clientAuth != ClientAuth.NONE) {
            requireTrust(context);
            sniContexts.values().forEach(TlsOptions::requireTrust);
        }
    }

    private static void requireTrust(SSLContext context) {
        if (SslContexts.isWithoutTrust(context)) {
            throw new IllegalArgumentException(
                    "A server that asks for certificates has to know whose it accepts, and its"
                            + " context does not say; make it with SslContexts.server(key, trust)");
        }
    }

    private static Map<String, SSLContext> lowerCased(Map<String, SSLContext> contexts) {
        var lower = new LinkedHashMap<String, SSLContext>();
        contexts.forEach((name, context) -> lower.put(name.toLowerCase(Locale.ROOT), context));
        return Map.copyOf(lower);
    }

    /** Those of a client, which verifies its peer. */
    public static TlsOptions client(SSLContext context) {
        return of(context, true);
    }

    /** Those of a server, which asks for no certificate. */
    public static TlsOptions server(SSLContext context) {
        return of(context, false);
    }

    private static TlsOptions of(SSLContext context, boolean client) {
        return new TlsOptions(
                context,
                client,
                true,
                true,
                null,
                List.of("TLSv1.3", "TLSv1.2"),
                List.of(),
                List.of(),
                ClientAuth.NONE,
                null,
                Map.of(),
                Duration.ofSeconds(10));
    }

    /** The options while one of them is replaced. */
    private static final class Draft {
        private SSLContext context;
        private boolean verify;
        private boolean verifyHostname;
        private @Nullable String serverName;
        private List<String> protocols;
        private List<String> ciphers;
        private List<String> applicationProtocols;
        private ClientAuth clientAuth;
        private @Nullable Identities identities;
        private Map<String, SSLContext> sniContexts;
        private Duration handshakeTimeout;

        private Draft(TlsOptions options) {
            context = options.context;
            verify = options.verify;
            verifyHostname = options.verifyHostname;
            serverName = options.serverName;
            protocols = options.protocols;
            ciphers = options.ciphers;
            applicationProtocols = options.applicationProtocols;
            clientAuth = options.clientAuth;
            identities = options.identities;
            sniContexts = options.sniContexts;
            handshakeTimeout = options.handshakeTimeout;
        }
    }

    private TlsOptions with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return new TlsOptions(
                draft.context,
                client,
                draft.verify,
                draft.verifyHostname,
                draft.serverName,
                draft.protocols,
                draft.ciphers,
                draft.applicationProtocols,
                draft.clientAuth,
                draft.identities,
                draft.sniContexts,
                draft.handshakeTimeout);
    }

    /** The same with another context. */
    public TlsOptions context(SSLContext newContext) {
        return with(draft -> draft.context = newContext);
    }

    /**
     * The same, verifying the server or not. Without it anybody on the way can read and change everything, so each
     * connection logs a warning; for a server whose certificate nobody signed, trust that certificate instead.
     */
    public TlsOptions verify(boolean on) {
        return with(draft -> draft.verify = on);
    }

    /**
     * The same, verifying that the certificate is for the host or not. Without it everybody who is trusted can pretend to
     * be any server; for a server that is reached under another name than its certificate has, {@link #serverName} is
     * better.
     */
    public TlsOptions verifyHostname(boolean on) {
        return with(draft -> draft.verifyHostname = on);
    }

    /** The same for a server of that name, wherever the connection goes; null for the host that it goes to. */
    public TlsOptions serverName(@Nullable String name) {
        return with(draft -> draft.serverName = name);
    }

    /** The same with {@code TLSv1.3}, {@code TLSv1.2} or both. */
    public TlsOptions protocols(String... names) {
        return with(draft -> draft.protocols = List.of(names));
    }

    /** The same with other cipher suites, the preferred one first. */
    public TlsOptions ciphers(String... names) {
        return with(draft -> draft.ciphers = List.of(names));
    }

    /** The same with protocols to be spoken inside, the preferred one first. */
    public TlsOptions applicationProtocols(String... names) {
        return with(draft -> draft.applicationProtocols = List.of(names));
    }

    /** The same, asking clients for certificates or not. */
    public TlsOptions clientAuth(ClientAuth newClientAuth) {
        return with(draft -> draft.clientAuth = newClientAuth);
    }

    /** The same, letting in only peers with one of these identities; null for all whose certificate is trusted. */
    public TlsOptions identities(@Nullable Identities allowed) {
        return with(draft -> draft.identities = allowed);
    }

    /** The same with contexts for names that clients ask for. */
    public TlsOptions sniContexts(Map<String, SSLContext> contexts) {
        return with(draft -> draft.sniContexts = contexts);
    }

    /** The same with another limit for the handshake. */
    public TlsOptions handshakeTimeout(Duration limit) {
        return with(draft -> draft.handshakeTimeout = limit);
    }

    /**
     * Lets a client be served in memory with these options of a server, once for each of its contexts: a key that does not
     * go with the protocols and cipher suites is found before anybody depends on it. Takes milliseconds, and blocks.
     *
     * @throws SSLException when no handshake comes about
     * @throws IllegalStateException when these are a client's options
     */
    public void tryOut() throws SSLException {
        if (client) {
            throw new IllegalStateException("Only a server's options can be tried out, and these are a client's");
        }
        TrialHandshake.with(context, this);
        for (SSLContext other : sniContexts.values()) {
            TrialHandshake.with(other, this);
        }
    }

    /** The context for a client that asks for {@code name}, or for none. */
    SSLContext contextFor(@Nullable String name) {
        if (name == null) {
            return context;
        }
        String asked = name.toLowerCase(Locale.ROOT);
        SSLContext exact = sniContexts.get(asked);
        int dot = asked.indexOf('.');
        SSLContext found = exact != null || dot < 0 ? exact : sniContexts.get("*" + asked.substring(dot));
        return found == null ? context : found;
    }

    @Override
    public String toString() {
        return "TlsOptions[" + (client ? "client" : "server") + (verify ? "" : ", not verifying")
                + (verifyHostname ? "" : ", not verifying the host") + ", " + protocols
                + "]";
    }
}
