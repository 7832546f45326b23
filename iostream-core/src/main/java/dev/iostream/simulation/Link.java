package dev.iostream.simulation;

import java.time.Duration;

/**
 * What a simulated connection is like, in both directions.
 *
 * @param chunk bytes that arrive at once at most, at least 1
 * @param randomChunks whether each arrival is of a random size up to {@code chunk}
 * @param latency how long bytes travel
 * @param window bytes that may be under way or unread at most, at least 1: a peer that does not read stops its sender there
 */
public record Link(int chunk, boolean randomChunks, Duration latency, int window) {
    private static final int DEFAULT_CHUNK = 64 * 1024;
    private static final int DEFAULT_WINDOW = 256 * 1024;

    /** Checks the ranges. */
    public Link {
        if (chunk < 1 || window < 1 || latency.isNegative()) {
            throw new IllegalArgumentException("A link needs a chunk and a window of at least 1 byte and no negative "
                    + "latency, were " + chunk + ", " + window + " and " + latency);
        }
    }

    /** Chunks of 64 KiB, no latency, a window of 256 KiB. */
    public static Link perfect() {
        return new Link(DEFAULT_CHUNK, false, Duration.ZERO, DEFAULT_WINDOW);
    }

    /** The same with chunks of exactly so many bytes, but for the last of a write. */
    public Link chunk(int bytes) {
        return new Link(bytes, false, latency, window);
    }

    /** The same with chunks of random sizes from 1 to {@code most} bytes. */
    public Link randomChunks(int most) {
        return new Link(most, true, latency, window);
    }

    /** The same with another latency. */
    public Link latency(Duration newLatency) {
        return new Link(chunk, randomChunks, newLatency, window);
    }

    /** The same with another window. */
    public Link window(int bytes) {
        return new Link(chunk, randomChunks, latency, bytes);
    }
}
