package dev.iostream.stream;

/**
 * Is told that a connection could not be made, and given an argument first.
 *
 * @param <A> what the argument is
 */
@FunctionalInterface
public interface ConnectFailureWith<A> {
    /** As {@link ConnectFailure#failed}, with the argument that was given to {@code connect}. */
    void failed(A arg, int errno, String message);
}
