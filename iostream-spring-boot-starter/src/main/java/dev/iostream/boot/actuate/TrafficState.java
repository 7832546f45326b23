package dev.iostream.boot.actuate;

/** What a server is to do about connections. */
public enum TrafficState {
    /** It accepts them. */
    ACCEPTING,
    /** It accepts none; those that are open go on. */
    PAUSED,
    /** It accepts none and lets those that are open end. */
    DRAINING
}
