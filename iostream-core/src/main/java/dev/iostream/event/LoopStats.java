package dev.iostream.event;

/**
 * A loop at one moment: immutable, and safe to keep.
 *
 * @param name the loop's name
 * @param running whether a thread is in {@code start()}
 * @param streams open streams
 * @param tasks tasks that wait to be run
 * @param timers timers that are set
 * @param turns turns since the loop was made
 * @param busyNanos nanoseconds spent working rather than waiting, since the loop was made
 * @param failures callbacks and tasks that threw, since the loop was made
 * @param blocked times that a callback kept the loop for longer than its threshold, since the loop was made
 * @param replacements times that a selector returned for no reason and was replaced, since the loop was made; anything but
 *     0 points to a fault of the system or the JDK
 */
public record LoopStats(
        String name,
        boolean running,
        long streams,
        long tasks,
        long timers,
        long turns,
        long busyNanos,
        long failures,
        long blocked,
        long replacements) {}
