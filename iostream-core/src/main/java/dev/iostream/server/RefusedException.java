package dev.iostream.server;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import java.io.IOException;

/** A server has refused a connection once it knew whose it is. */
final class RefusedException extends IOException implements CloseCause {
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;

    RefusedException(CloseReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    @Override
    public int errno() {
        return Errno.ECONNABORTED;
    }

    @Override
    public CloseReason reason() {
        return reason;
    }
}
