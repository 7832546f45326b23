package dev.iostream.benchmarks;

/** Something the person who runs the benchmark has to change; the message says what. Ends the harness with status 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
