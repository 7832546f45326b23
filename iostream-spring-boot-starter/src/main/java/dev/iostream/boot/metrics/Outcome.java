package dev.iostream.boot.metrics;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import org.jspecify.annotations.Nullable;

/** How a look-up or a handshake has ended. */
enum Outcome {
    SUCCESS,
    FAILURE,
    TIMEOUT;

    /** Of what has not failed, or why it has. */
    static Outcome of(@Nullable Throwable failure) {
        if (failure == null) {
            return SUCCESS;
        }
        CloseReason reason = failure instanceof CloseCause known ? known.reason() : null;
        boolean late = reason == CloseReason.DNS_DEADLINE || reason == CloseReason.HANDSHAKE_DEADLINE;
        return late ? TIMEOUT : FAILURE;
    }
}
