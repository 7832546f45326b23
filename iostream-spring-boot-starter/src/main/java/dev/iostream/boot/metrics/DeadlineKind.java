package dev.iostream.boot.metrics;

import dev.iostream.event.CloseReason;

/** The deadlines of a connection, each with the reason that it closes for. */
enum DeadlineKind {
    DNS(CloseReason.DNS_DEADLINE),
    CONNECT(CloseReason.CONNECT_DEADLINE),
    HANDSHAKE(CloseReason.HANDSHAKE_DEADLINE),
    FIRST_BYTE(CloseReason.FIRST_BYTE_DEADLINE),
    READ(CloseReason.READ_DEADLINE),
    IDLE(CloseReason.IDLE_DEADLINE),
    WRITE_STALL(CloseReason.WRITE_STALL),
    CLOSE(CloseReason.CLOSE_DEADLINE),
    DRAIN(CloseReason.DRAIN_DEADLINE);

    private final CloseReason reason;

    DeadlineKind(CloseReason reason) {
        this.reason = reason;
    }

    CloseReason reason() {
        return reason;
    }
}
