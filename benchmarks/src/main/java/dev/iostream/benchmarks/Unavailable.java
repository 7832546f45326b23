package dev.iostream.benchmarks;

/** Something cannot be measured on this machine; the message says what is missing. It is left out and said so. */
final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unavailable(String message) {
        super(message);
    }
}
