package dev.iostream.boot.context;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Timeout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A timer of a loop's own that is to run twice a second: how late it runs is how long everything else on the loop waits, and
 * when it ran last tells whether the loop turns at all. Safe from any thread.
 */
public final class LoopHeartbeat {
    /** Between two beats. */
    public static final Duration PERIOD = Duration.ofMillis(500);

    private static final long NANOS = PERIOD.toNanos();

    private final IOLoop loop;
    private final List<HeartbeatListener> listeners;

    private volatile boolean started;
    private volatile long lastBeat;
    private volatile long lastLag;

    // confined to the loop
    private @Nullable Timeout timer;
    private long due;

    LoopHeartbeat(IOLoop loop, List<HeartbeatListener> listeners) {
        this.loop = loop;
        this.listeners = listeners;
    }

    /** Whose it is. */
    public IOLoop loop() {
        return loop;
    }

    /** Whether the loop is to beat: from the start of the application context to its stop. */
    public boolean isStarted() {
        return started;
    }

    /** How long ago the loop beat last; zero when it is not to. */
    public Duration age() {
        return started ? Duration.ofNanos(Math.max(0, loop.clock() - lastBeat)) : Duration.ZERO;
    }

    /** How late the loop was the last time, or is now if its beat is overdue; zero when it is not to beat. */
    public Duration lag() {
        Duration overdue = age().minus(PERIOD);
        Duration last = Duration.ofNanos(started ? lastLag : 0);
        return overdue.compareTo(last) > 0 ? overdue : last;
    }

    void start() {
        lastBeat = loop.clock();
        lastLag = 0;
        started = true;
        loop.addCallback(() -> {
            cancel();
            due = loop.clock() + NANOS;
            timer = loop.addTimeoutAt(due, this::beat);
        });
    }

    void stop() {
        started = false;
        try {
            // if the loop stops before, this comes first when it starts again
            loop.addCallback(this::cancel);
        } catch (RejectedExecutionException e) {
            // the loop is closed, and its timers with it
            return;
        }
    }

    private void cancel() {
        if (timer != null) {
            loop.removeTimeout(timer);
            timer = null;
        }
    }

    private void beat() {
        long now = loop.clock();
        long lag = Math.max(0, now - due);
        lastLag = lag;
        lastBeat = now;
        due += NANOS;
        if (due - now <= 0) {
            // beats that were missed are not made up for
            due = now + NANOS;
        }
        timer = loop.addTimeoutAt(due, this::beat);
        for (HeartbeatListener listener : listeners) {
            listener.beat(loop, lag);
        }
    }
}
