package dev.iostream.proxy;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A PROXY header did not come, or is none.
 *
 * <p>The message says what is wrong and what to change; it never has bytes of the peer's in it.
 */
public final class ProxyProtocolException extends IOException implements CloseCause {
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;
    private final int errno;

    /** A header that is none, or is wrong. */
    public ProxyProtocolException(String message) {
        this(message, CloseReason.PROXY_PROTOCOL, Errno.EIO, null);
    }

    ProxyProtocolException(String message, CloseReason reason, int errno, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.errno = errno;
    }

    @Override
    public int errno() {
        return errno;
    }

    /** {@link CloseReason#PROXY_PROTOCOL}, or how the connection ended before there was a header. */
    @Override
    public CloseReason reason() {
        return reason;
    }
}
