package dev.iostream.tls;

import dev.iostream.transport.Transport;
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
}
