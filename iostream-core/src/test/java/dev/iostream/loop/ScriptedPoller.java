package dev.iostream.loop;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes by being waited for, and a record of what the loop asked for. A poll without limit stops the loop,
 * which has nothing left to do then; a loop that takes too many turns fails.
 */
final class ScriptedPoller implements Poller {
    private static final int MOST_POLLS = 1_000_000;

    private final IOLoop loop;
    /** The timeouts of all polls so far. */
    final List<Long> polls = new ArrayList<>();
    /** Runs in each poll: what the world does meanwhile. */
    Runnable duringPoll = () -> {};
    /** Runs in each dispatch. */
    Runnable dispatched = () -> {};

    @Nullable
    IOException failure;

    private long now;
    boolean closed;
    volatile int wakeups;

    private ScriptedPoller(String name, long now) {
        this.now = now;
        this.loop = new IOLoop(LoopOptions.named(name).poller(() -> this));
    }

    static ScriptedPoller at(long nanoTime) {
        return new ScriptedPoller("scripted", nanoTime);
    }

    IOLoop loop() {
        return loop;
    }

    void pass(long nanos) {
        now += nanos;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void poll(long timeoutNanos) throws IOException {
        polls.add(timeoutNanos);
        if (failure != null) {
            throw failure;
        }
        if (polls.size() > MOST_POLLS) {
            throw new IllegalStateException("The loop took more than " + MOST_POLLS + " turns");
        }
        duringPoll.run();
        if (timeoutNanos == Long.MAX_VALUE) {
            loop.stop();
        } else {
            now += timeoutNanos;
        }
    }

    @Override
    public void dispatch(LoopExceptionHandler failures) {
        dispatched.run();
    }

    @Override
    public synchronized void wakeup() {
        wakeups++;
    }

    @Override
    public Registration register(SelectableChannel channel, ReadyHandler handler) {
        throw new UnsupportedOperationException("A scripted loop watches no channels: " + channel);
    }

    @Override
    public void close() {
        closed = true;
    }
}
