package dev.iostream.event;

/**
 * An exception that knows what a stream closes with because of it: a dial that failed, a handshake, a connection that was
 * cut short. Whoever catches an exception of a transport asks this first and guesses by its type only then.
 */
public interface CloseCause {
    /** The number of the failure, one of {@link Errno}; never 0. */
    int errno();

    /** What a stream closes with because of this. */
    CloseReason reason();
}
