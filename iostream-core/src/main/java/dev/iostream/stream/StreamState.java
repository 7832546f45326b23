package dev.iostream.stream;

/**
 * Where a stream stands.
 *
 * <pre>
 *   NEW ──connect──► OPENING ──bytes can flow──► OPEN ──close(), peer's end──► CLOSING ──all sent──► CLOSED
 *    │                  │                          │                              │                    ▲
 *    └──────────────────┴───────── failure, abort()┴──────────────────────────────┴────────────────────┘
 * </pre>
 */
enum StreamState {
    /** Not connected, and not trying to. */
    NEW,
    /** Resolving, connecting or securing. Writes queue. */
    OPENING,
    /** Bytes flow. */
    OPEN,
    /** Closed for the user; what was written is still being sent. */
    CLOSING,
    /** The transport is closed. What was read before can still be asked for. */
    CLOSED;

    boolean mayBecome(StreamState next) {
        return switch (this) {
            case NEW -> next == OPENING || next == CLOSED;
            case OPENING -> next == OPEN || next == CLOSED;
            case OPEN -> next == CLOSING || next == CLOSED;
            case CLOSING -> next == CLOSED;
            case CLOSED -> false;
        };
    }

    /** Whether the user has seen the end of the stream. */
    boolean isClosed() {
        return this == CLOSING || this == CLOSED;
    }
}
