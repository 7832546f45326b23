package dev.iostream.boot.metrics;

/** The two buffers of a stream. */
enum Direction {
    /** What was read, and no callback has seen. */
    READ,
    /** What was written, and the system has not taken. */
    WRITE
}
