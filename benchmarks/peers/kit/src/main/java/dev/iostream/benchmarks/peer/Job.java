package dev.iostream.benchmarks.peer;

import java.util.Arrays;
import java.util.Locale;

/** What a server can be asked to do with its connections. */
public enum Job {
    /** Answers each line with the same line. */
    ECHO,
    /** Answers each message of {@code size} bytes as its bytes come, without gathering them. */
    ECHO_VIEWS,
    /** Answers each message of {@code size} bytes from one buffer of the connection's. */
    ECHO_INTO,
    /** Takes what comes and counts it. */
    SINK,
    /** Sends {@link Payload} as fast as the peer takes it. */
    SOURCE,
    /** Sends {@code file} over and over, by whatever spares a copy. */
    FILE,
    /** Connects to {@code upstream}, a port, for each connection, and passes on what either side sends. */
    PROXY,
    /** Answers each line by sending it to every connection. */
    FANOUT;

    /** What the command line calls it. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Throws when no job is called that. */
    public static Job of(String id) {
        return Arrays.stream(values())
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No job is called '" + id + "'"));
    }
}
