package dev.iostream.tls;

import dev.iostream.transport.Transport;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A transport that encrypts what another one carries. Confined to its loop. */
public interface SecureTransport extends Transport {
    /** The session, or null while the handshake has not ended. */
    @Nullable
    SSLSession session();

    /** The protocol that was agreed on (ALPN), or null when none was, or the handshake has not ended. */
    @Nullable
    String applicationProtocol();

    /** The protocol's version, such as {@code TLSv1.3}, or null while the handshake has not ended. */
    default @Nullable String protocol() {
        SSLSession session = session();
        return session == null ? null : session.getProtocol();
    }

    /** The subject of the peer's certificate, or null when it has shown none, or the handshake has not ended. */
    default @Nullable String identity() {
        SSLSession session = session();
        try {
            return session == null ? null : session.getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
