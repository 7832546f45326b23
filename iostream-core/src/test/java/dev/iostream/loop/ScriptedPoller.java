package dev.iostream.loop;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes by being waited for, readiness of scripted channels, and a record of what the loop asked for. A poll
 * without limit that finds nothing stops the loop, which has nothing left to do then; a loop that takes too many turns
 * fails.
 */
public final class ScriptedPoller implements Poller {
    private static final int MOST_POLLS = 1_000_000;

    private final IOLoop loop;
    private final List<Watch> watches = new ArrayList<>();
    private final List<Watch> ready = new ArrayList<>();

    /** The timeouts of all polls so far. */
    public final List<Long> polls = new ArrayList<>();
    /** How often the interest in a channel was set. */
    public int interests;
    /** Runs in each poll: what the world does meanwhile. */
    public Runnable duringPoll = () -> {};
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

    /** A poller, and its loop, whose clock starts there. */
    public static ScriptedPoller at(long nanoTime) {
        return new ScriptedPoller("scripted", nanoTime);
    }

    /** The loop that polls here. */
    public IOLoop loop() {
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
        watches.removeIf(watch -> !watch.channel.isOpen());
        for (Watch watch : watches) {
            watch.ready = ((ScriptedSelectorProvider.Scripted) watch.channel).readyOps() & watch.interest;
            if (watch.ready != Interest.NONE) {
                ready.add(watch);
            }
        }
        if (!ready.isEmpty()) {
            return;
        }
        if (timeoutNanos == Long.MAX_VALUE) {
            loop.stop();
        } else {
            now += timeoutNanos;
        }
    }

    @Override
    public void dispatch(LoopExceptionHandler failures) {
        dispatched.run();
        for (Watch watch : new ArrayList<>(ready)) {
            try {
                if (watch.channel.isOpen()) {
                    watch.handler.ready(watch.ready);
                }
            } catch (Throwable failure) {
                failures.failed(failure);
            }
        }
        ready.clear();
    }

    @Override
    public synchronized void wakeup() {
        wakeups++;
    }

    @Override
    public Registration register(SelectableChannel channel, ReadyHandler handler) {
        var watch = new Watch(channel, handler);
        watches.add(watch);
        return watch;
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Watch implements Registration {
        private final SelectableChannel channel;
        private final ReadyHandler handler;
        private int interest;
        private int ready;

        Watch(SelectableChannel channel, ReadyHandler handler) {
            this.channel = channel;
            this.handler = handler;
        }

        @Override
        public void watch(int newInterest) {
            interests++;
            interest = newInterest;
        }

        @Override
        public void cancel() {
            watches.remove(this);
            ready = Interest.NONE;
        }
    }
}
