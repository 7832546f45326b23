package dev.iostream.loop;

/** A callback that is to run at a time. A handle for {@link IOLoop#removeTimeout}; never used again for another. */
public final class Timeout {
    static final int NOT_QUEUED = -1;

    final long deadline;
    final long sequence;
    final Runnable callback;
    /** Its place in the heap of {@link TimerQueue}. */
    int index = NOT_QUEUED;

    Timeout(long deadline, long sequence, Runnable callback) {
        this.deadline = deadline;
        this.sequence = sequence;
        this.callback = callback;
    }

    boolean isBefore(Timeout other) {
        // by subtraction, since the clock's origin is arbitrary and it may overflow
        long difference = deadline - other.deadline;
        return difference < 0 || (difference == 0 && sequence < other.sequence);
    }
}
