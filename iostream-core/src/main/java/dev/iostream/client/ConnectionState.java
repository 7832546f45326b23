package dev.iostream.client;

/**
 * Where a supervised connection stands.
 *
 * <pre>
 *            start()              connected               logged in
 *   IDLE ───────────► CONNECTING ───────────► LOGGING_IN ───────────► UP
 *                      ▲      │                   │                   │
 *                delay │      └───── failure ─────┴────── closed ─────┘
 *                      │                          ▼
 *                      └─────────────────────  WAITING, or GAVE_UP after the last attempt
 *
 *   stop() leads from everywhere to IDLE; start() from GAVE_UP to CONNECTING; close() from everywhere to CLOSED
 * </pre>
 */
public enum ConnectionState {
    /** Not started, or stopped. */
    IDLE,
    /** The targets are tried in turn. */
    CONNECTING,
    /** There is a connection, on which {@link ConnectionHandler#logIn} is at work. */
    LOGGING_IN,
    /** There is a connection that can be used. */
    UP,
    /** There is none; the next attempt has its time. */
    WAITING,
    /** All attempts have failed, and no more are made. */
    GAVE_UP,
    /** Closed for good. */
    CLOSED;

    /** How near to one that can be used. */
    int rank() {
        return switch (this) {
            case CLOSED -> 0;
            case IDLE -> 1;
            case GAVE_UP -> 2;
            case WAITING -> 3;
            case CONNECTING -> 4;
            case LOGGING_IN -> 5;
            case UP -> 6;
        };
    }

    boolean mayBecome(ConnectionState next) {
        return switch (this) {
            case IDLE, GAVE_UP -> next == CONNECTING || next == IDLE || next == CLOSED;
            case WAITING -> next == CONNECTING || next == IDLE || next == CLOSED;
            case CONNECTING -> next != UP && next != CONNECTING;
            case LOGGING_IN -> next != CONNECTING && next != LOGGING_IN;
            case UP -> next != CONNECTING && next != LOGGING_IN && next != UP;
            case CLOSED -> false;
        };
    }
}
