package dev.iostream.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * How a loop is made.
 *
 * @param name shown in messages, and the name of its thread when a group starts it
 * @param poller makes where time and readiness come from
 * @param blockedThreshold how long a turn may work before the watchdog counts the loop as blocked and warns, naming the
 *     callback: 100 ms by default, at least 1 ms; zero turns the watchdog off for this loop
 * @param memory what the streams of this loop, and of others with the same budget, may hold together
 */
public record LoopOptions(String name, Supplier<Poller> poller, Duration blockedThreshold, MemoryBudget memory) {
    private static final Duration DEFAULT_BLOCKED_THRESHOLD = Duration.ofMillis(100);
    private static final Duration LEAST_BLOCKED_THRESHOLD = Duration.ofMillis(1);

    /** Checks the ranges. */
    public LoopOptions {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(poller, "poller");
        Objects.requireNonNull(memory, "memory");
        if (!blockedThreshold.isZero() && blockedThreshold.compareTo(LEAST_BLOCKED_THRESHOLD) < 0) {
            throw new IllegalArgumentException(
                    "blockedThreshold must be zero or at least 1 ms, was " + blockedThreshold);
        }
    }

    /** A loop of that name over a selector and the system's clock. */
    public static LoopOptions named(String name) {
        return new LoopOptions(name, NioPoller::open, DEFAULT_BLOCKED_THRESHOLD, MemoryBudget.quarterOfHeap());
    }

    /** The same with another poller. */
    public LoopOptions poller(Supplier<Poller> newPoller) {
        return new LoopOptions(name, newPoller, blockedThreshold, memory);
    }

    /** The same with another threshold for the watchdog; zero turns it off. */
    public LoopOptions blockedThreshold(Duration newThreshold) {
        return new LoopOptions(name, poller, newThreshold, memory);
    }

    /** The same with a budget that is shared with other loops. */
    public LoopOptions memory(MemoryBudget newMemory) {
        return new LoopOptions(name, poller, blockedThreshold, newMemory);
    }
}
