package dev.iostream.loop;

import java.nio.channels.SelectableChannel;
import java.time.Duration;

/** A clock that passes only by being waited for or moved on, and no channels. When there is nothing to wait for it stops. */
final class ManualPoller implements Poller {
    private static final int MOST_POLLS = 100_000;

    private long now;
    private Runnable whenIdle = () -> {};
    private int polls;

    /** A loop over it that stops when nothing is left to do. */
    IOLoop loop() {
        var loop = new IOLoop(LoopOptions.named("manual").poller(() -> this));
        whenIdle = loop::stop;
        return loop;
    }

    /** Starts the clock there. */
    void startAt(long nanoTime) {
        now = nanoTime;
    }

    /** Lets time pass while something runs. */
    void pass(Duration time) {
        now += time.toNanos();
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void poll(long timeoutNanos) {
        if (++polls > MOST_POLLS) {
            throw new IllegalStateException("The loop has polled " + MOST_POLLS + " times");
        }
        if (timeoutNanos == Long.MAX_VALUE) {
            whenIdle.run();
        } else {
            now += timeoutNanos;
        }
    }

    @Override
    public void dispatch(LoopExceptionHandler failures) {
        // nothing is ever ready
    }

    @Override
    public void wakeup() {
        // nothing ever waits
    }

    @Override
    public Registration register(SelectableChannel channel, ReadyHandler handler) {
        throw new UnsupportedOperationException("No channels here");
    }

    @Override
    public void close() {
        // holds nothing
    }
}
