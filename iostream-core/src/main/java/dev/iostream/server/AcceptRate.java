package dev.iostream.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many connections are accepted in a second at most, and how many at once after a pause: a token bucket, kept as the
 * time at which it will be full. Safe from any thread, without locks.
 */
final class AcceptRate {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long interval;
    /** How far ahead of the time {@link #full} may be before a connection. */
    private final long tolerance;

    private final AtomicLong full;

    /**
     * A full bucket.
     *
     * @param now nanoseconds, on the clock of the calls to come
     */
    AcceptRate(int perSecond, int burst, long now) {
        this.interval = SECOND / perSecond;
        this.tolerance = (burst - 1) * interval;
        this.full = new AtomicLong(now);
    }

    /** Takes a connection, if one may be accepted now; nanoseconds until one may, or 0 when it was taken. */
    long take(long now) {
        while (true) {
            long before = full.get();
            long from = before - now > 0 ? before : now;
            long wait = from - now - tolerance;
            if (wait > 0) {
                return wait;
            }
            if (full.compareAndSet(before, from + interval)) {
                return 0;
            }
        }
    }

    /** Gives one back that was taken in vain. */
    void giveBack() {
        full.addAndGet(-interval);
    }
}
