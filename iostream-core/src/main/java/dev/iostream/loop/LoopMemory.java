package dev.iostream.loop;

import dev.iostream.event.CloseReason;
import java.time.Duration;

/** What the streams of one loop hold, and what happens when the group's budget is spent. */
final class LoopMemory {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofMillis(10);
    /** Spare bytes that are kept, so that a stream that comes and goes does not lease and give back each time. */
    private static final long KEPT = 2 * MemoryBudget.SLICE;

    private final IOLoop loop;
    private final LoopMembers members;
    private final MemoryBudget budget;
    private long held;
    private long leased;
    private boolean pressed;

    LoopMemory(IOLoop loop, LoopMembers members, MemoryBudget budget) {
        this.loop = loop;
        this.members = members;
        this.budget = budget;
    }

    /** Bytes that the streams hold now. */
    long held() {
        return held;
    }

    /** Streams hold so many more bytes, or fewer when negative. */
    void change(long bytes) {
        held += bytes;
        if (held > leased) {
            long slices = roundUp(held - leased);
            budget.lease(slices);
            leased += slices;
        } else if (leased - held > KEPT || held == 0) {
            giveBackSpare();
        }
    }

    private void giveBackSpare() {
        long spare = leased - roundUp(held);
        budget.giveBack(spare);
        leased -= spare;
    }

    /** Whether streams are to stop reading; the first that asks in vain sees to it that this comes to an end. */
    boolean isSpent() {
        if (!budget.isSpent()) {
            return false;
        }
        if (!pressed) {
            relieveAgain(loop.nanoTime() + AGAIN.toNanos() + GRACE.toNanos());
        }
        return true;
    }

    private void relieveAgain(long closeFrom) {
        loop.addTimeout(AGAIN, () -> relieve(closeFrom));
        pressed = true;
    }

    private void relieve(long closeFrom) {
        pressed = false;
        giveBackSpare();
        if (!budget.isSpent()) {
            members.resume();
            return;
        }
        // before anything that may fail, so that it does not end here
        relieveAgain(closeFrom);
        if (loop.nanoTime() - closeFrom >= 0 || budget.isExceeded()) {
            while (!budget.isRelieved() && members.endHeaviest(CloseReason.MEMORY_BUDGET)) {
                giveBackSpare();
            }
        }
    }

    private static long roundUp(long bytes) {
        return (bytes + MemoryBudget.SLICE - 1) / MemoryBudget.SLICE * MemoryBudget.SLICE;
    }
}
