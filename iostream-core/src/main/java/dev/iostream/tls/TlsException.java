package dev.iostream.tls;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS failed: the handshake, its deadline, a record, or the end of the connection.
 *
 * <p>The message says with whom, what happened and what to change; it never has bytes of the peer's in it. The cause is
 * what the engine threw, if it did.
 */
public final class TlsException extends SSLException implements CloseCause {
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;

    /** A failure with its reason. */
    public TlsException(String message, CloseReason reason, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** Always {@link Errno#TLS}. */
    @Override
    public int errno() {
        return Errno.TLS;
    }

    @Override
    public CloseReason reason() {
        return reason;
    }
}
