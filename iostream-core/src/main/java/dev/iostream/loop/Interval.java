package dev.iostream.loop;

import org.jspecify.annotations.Nullable;

/**
 * A callback that runs again and again, on a grid of one period from the moment it was set.
 *
 * <p>A handle for {@link IOLoop#clearInterval}. Confined to its loop.
 */
public final class Interval {
    private final IOLoop loop;
    private final long period;
    private final Runnable callback;
    private final Runnable run = this::run;
    private long due;
    private @Nullable Timeout next;
    private boolean cleared;

    Interval(IOLoop loop, long period, Runnable callback) {
        this.loop = loop;
        this.period = period;
        this.callback = callback;
    }

    /** Whether it has not been cleared. */
    public boolean isSet() {
        return !cleared;
    }

    void start(long now) {
        due = now + period;
        next = loop.timeoutAt(due, run);
    }

    /** Keeps it from running again; false when it was cleared before. */
    boolean clear() {
        if (cleared) {
            return false;
        }
        cleared = true;
        if (next != null) {
            loop.removeTimeout(next);
            next = null;
        }
        return true;
    }

    boolean isOf(IOLoop other) {
        return loop == other;
    }

    private void run() {
        next = null;
        try {
            callback.run();
        } finally {
            if (!cleared) {
                // the first point of the grid that is still to come: points that have passed are not made up for
                due += ((loop.clock() - due) / period + 1) * period;
                next = loop.timeoutAt(due, run);
            }
        }
    }
}
