package dev.iostream.loop;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory all streams of a loop group may hold in buffers together. Safe from any thread.
 *
 * <p>Loops lease it in slices of 1 MiB, so that streams pay no more than an addition. When it is spent, streams that hold
 * 4 KiB or more are not read any more; after a second, or as soon as half as much again is held, each loop closes its heaviest
 * streams with {@link dev.iostream.event.CloseReason#MEMORY_BUDGET}, until less than 90 % is in use.
 */
public final class MemoryBudget {
    static final long SLICE = 1024 * 1024;

    private static final int RELIEVED_PERCENT = 90;

    private final long limit;
    private final AtomicLong leased = new AtomicLong();

    private MemoryBudget(long limit) {
        if (limit < SLICE) {
            throw new IllegalArgumentException("A memory budget must be at least 1 MiB, was " + limit + " bytes");
        }
        this.limit = limit;
    }

    /** So many bytes, at least 1 MiB. */
    public static MemoryBudget of(long bytes) {
        return new MemoryBudget(bytes);
    }

    /** A quarter of the heap that this JVM may have. */
    public static MemoryBudget quarterOfHeap() {
        return new MemoryBudget(Math.max(SLICE, Runtime.getRuntime().maxMemory() / 4));
    }

    /** Bytes that may be held. */
    public long limit() {
        return limit;
    }

    /** Bytes that loops have leased, in whole slices; it can exceed the limit by what writes and the last reads took. */
    public long used() {
        return leased.get();
    }

    /** Takes slices whether or not there are any left, since what is accounted for is held already. */
    void lease(long bytes) {
        leased.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        leased.addAndGet(-bytes);
    }

    boolean isSpent() {
        return leased.get() > limit;
    }

    /** Whether so much more is held that there is no time to wait for those who hold it. */
    boolean isExceeded() {
        return leased.get() - limit > limit / 2;
    }

    boolean isRelieved() {
        return leased.get() < limit / 100 * RELIEVED_PERCENT;
    }
}
