package dev.iostream.stream;

/** Is told that a connection could not be made. */
@FunctionalInterface
public interface ConnectFailure {
    /**
     * The connection could not be made; the stream is closed, and its close callback comes next.
     *
     * @param errno what happened, as a number of {@link dev.iostream.event.Errno}; never 0
     * @param message what was attempted, on what, what happened and what to change
     */
    void failed(int errno, String message);
}
