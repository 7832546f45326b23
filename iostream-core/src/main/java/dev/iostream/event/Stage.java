package dev.iostream.event;

/** How far a transport has come towards carrying bytes. */
public enum Stage {
    /** A name is being resolved. */
    RESOLVING,
    /** A connection is being made. */
    CONNECTING,
    /** A TLS handshake is under way. */
    SECURING,
    /** Bytes flow. */
    READY
}
