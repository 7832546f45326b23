package dev.iostream.simulation;

import dev.iostream.loop.LoopExceptionHandler;
import dev.iostream.loop.Poller;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.loop.Registration;
import java.nio.channels.SelectableChannel;

/** Time that passes by being waited for, and no readiness: simulated transports tell their handlers by tasks. */
final class VirtualPoller implements Poller {
    /** So many turns without any time passing mean that the program under test spins. */
    private static final int MOST_TURNS_AT_ONCE = 1_000_000;

    private final Runnable whenIdle;
    private long now;
    private long horizon = Long.MAX_VALUE;
    private int turnsAtOnce;

    VirtualPoller(Runnable whenIdle) {
        this.whenIdle = whenIdle;
    }

    /** Lets time pass up to {@code nanoTime}, and no further. */
    void horizon(long nanoTime) {
        horizon = nanoTime;
        turnsAtOnce = 0;
    }

    /** Lets time pass without a turn. */
    void skip(long nanos) {
        now += nanos;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void poll(long timeoutNanos) {
        if (timeoutNanos == 0) {
            if (++turnsAtOnce > MOST_TURNS_AT_ONCE) {
                throw new IllegalStateException("The simulation took " + MOST_TURNS_AT_ONCE
                        + " turns in which no time passed: something keeps posting tasks or is always ready");
            }
            return;
        }
        turnsAtOnce = 0;
        // a wait without limit is one for nothing, and would carry the clock to its end
        if (timeoutNanos != Long.MAX_VALUE && timeoutNanos <= horizon - now) {
            now += timeoutNanos;
            return;
        }
        if (horizon != Long.MAX_VALUE) {
            now = horizon;
        }
        whenIdle.run();
    }

    @Override
    public void dispatch(LoopExceptionHandler failures) {
        // nothing is found by polling
    }

    @Override
    public void wakeup() {
        // nothing waits: a poll returns at once, with or without work
    }

    @Override
    public boolean isVirtual() {
        return true;
    }

    @Override
    public Registration register(SelectableChannel channel, ReadyHandler handler) {
        throw new UnsupportedOperationException("A simulated loop watches no channels: " + channel);
    }

    @Override
    public void close() {
        // holds nothing
    }
}
