package dev.iostream.server;

/** What a server does about new connections. */
public enum ServerState {
    /** It listens nowhere: it was not told to, was stopped, or its loops have closed or died. */
    STOPPED,
    /** It is bound and not started: connections wait. */
    BOUND,
    /** It accepts connections, as far as its limit allows. */
    ACCEPTING,
    /** It listens but accepts nothing: connections wait. */
    PAUSED,
    /** It accepts nothing any more and waits for its streams to end. */
    DRAINING
}
