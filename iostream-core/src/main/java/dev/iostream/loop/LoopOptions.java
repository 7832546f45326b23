package dev.iostream.loop;

import java.util.function.Supplier;

/**
 * How a loop is made.
 *
 * @param name shown in messages, and the name of its thread when a group starts it
 * @param poller makes where time and readiness come from
 */
public record LoopOptions(String name, Supplier<Poller> poller) {
    /** A loop of that name over a selector and the system's clock. */
    public static LoopOptions named(String name) {
        return new LoopOptions(name, NioPoller::open);
    }

    /** The same with another poller. */
    public LoopOptions poller(Supplier<Poller> newPoller) {
        return new LoopOptions(name, newPoller);
    }
}
