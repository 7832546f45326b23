package dev.iostream.boot.metrics;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import org.jspecify.annotations.Nullable;

/** How an attempt to connect has ended. */
enum ConnectOutcome {
    SUCCESS,
    REFUSED,
    TIMEOUT,
    DNS,
    ERROR;

    /** Of a connection that was made, or why it was not. */
    static ConnectOutcome of(@Nullable Throwable failure) {
        if (failure == null) {
            return SUCCESS;
        }
        if (failure instanceof CloseCause known && known.reason() == CloseReason.CONNECT_DEADLINE) {
            return TIMEOUT;
        }
        return switch (Errno.of(failure)) {
            case Errno.ECONNREFUSED -> REFUSED;
            case Errno.ETIMEDOUT -> TIMEOUT;
            default -> ERROR;
        };
    }
}
