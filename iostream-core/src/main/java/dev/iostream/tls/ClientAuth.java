package dev.iostream.tls;

/** Whether a server asks its clients for certificates. */
public enum ClientAuth {
    /** It does not ask. */
    NONE,
    /** It asks, and serves clients without one too. A certificate that is not trusted is refused. */
    WANT,
    /** It asks, and refuses clients without one. */
    NEED
}
