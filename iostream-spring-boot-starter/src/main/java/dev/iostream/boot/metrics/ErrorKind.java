package dev.iostream.boot.metrics;

import dev.iostream.event.CloseReason;
import java.util.Set;

/** Kinds of ends that are nobody's intention, each with the reasons that belong to it. Deadlines are counted by themselves. */
enum ErrorKind {
    /** The network or the system failed. */
    IO(CloseReason.CONNECT_FAILED, CloseReason.PEER_RESET, CloseReason.WRITE_FAILED, CloseReason.LOOP_DIED),
    /** TLS failed. */
    TLS(CloseReason.TLS_FAILED, CloseReason.TLS_TRUNCATED, CloseReason.PLAINTEXT_ON_TLS),
    /** A callback of the application threw. */
    HANDLER(CloseReason.CALLBACK_FAILED),
    /** The peer did not keep to what was agreed: a message that is too long, a header that is missing. */
    PROTOCOL(CloseReason.READ_LIMIT, CloseReason.PATTERN_BUDGET, CloseReason.PROXY_PROTOCOL);

    private final Set<CloseReason> reasons;

    ErrorKind(CloseReason... reasons) {
        this.reasons = Set.of(reasons);
    }

    Set<CloseReason> reasons() {
        return reasons;
    }
}
