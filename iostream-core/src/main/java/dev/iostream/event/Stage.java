package dev.iostream.event;

/** How far a transport has come towards carrying bytes. */
public enum Stage {
    /** A name is being resolved. */
    RESOLVING,
    /** A connection is being made. */
    CONNECTING,
    /** A proxy is to say whom the connection is from, with a PROXY header. */
    INTRODUCING,
    /** A TLS handshake is under way. */
    SECURING,
    /** Bytes flow. */
    READY
}
