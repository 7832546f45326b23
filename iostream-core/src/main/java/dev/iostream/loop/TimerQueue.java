package dev.iostream.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Timeouts by deadline, those of one deadline in the order they were added: a binary heap that can remove any of them. */
final class TimerQueue {
    /** Longer delays are cut to this, about 146 years, so that deadlines can be compared by subtraction. */
    static final long LONGEST = Long.MAX_VALUE >> 1;

    private static final int INITIAL = 16;

    private @Nullable Timeout[] heap = new Timeout[INITIAL];
    private int size;
    private long sequence;

    Timeout add(long deadline, Runnable callback) {
        var timeout = new Timeout(deadline, sequence++, callback);
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        siftUp(size++, timeout);
        return timeout;
    }

    /** Removes it; false when it has run or was removed before. */
    boolean remove(Timeout timeout) {
        int index = timeout.index;
        if (index == Timeout.NOT_QUEUED || index >= size || heap[index] != timeout) {
            return false;
        }
        timeout.index = Timeout.NOT_QUEUED;
        Timeout last = heap[--size];
        heap[size] = null;
        if (last != null && last != timeout) {
            siftUp(index, last);
            siftDown(last.index, last);
        }
        shrink();
        return true;
    }

    /** The next one to run, or null. */
    @Nullable
    Timeout first() {
        return size == 0 ? null : heap[0];
    }

    /** Removes and returns the next one whose deadline is not after {@code now} and that was added before {@code end}. */
    @Nullable
    Timeout pollDue(long now, long end) {
        Timeout first = first();
        if (first == null || first.deadline - now > 0 || first.sequence - end >= 0) {
            return null;
        }
        remove(first);
        return first;
    }

    void clear() {
        heap = new Timeout[INITIAL];
        size = 0;
    }

    /** What the next timeout to be added will be numbered. */
    long sequence() {
        return sequence;
    }

    int size() {
        return size;
    }

    private void siftUp(int from, Timeout timeout) {
        int index = from;
        while (index > 0) {
            int above = (index - 1) >>> 1;
            Timeout parent = at(above);
            if (!timeout.isBefore(parent)) {
                break;
            }
            place(index, parent);
            index = above;
        }
        place(index, timeout);
    }

    private void siftDown(int from, Timeout timeout) {
        int index = from;
        while (true) {
            int below = 2 * index + 1;
            if (below >= size) {
                break;
            }
            if (below + 1 < size && at(below + 1).isBefore(at(below))) {
                below++;
            }
            Timeout child = at(below);
            if (!child.isBefore(timeout)) {
                break;
            }
            place(index, child);
            index = below;
        }
        place(index, timeout);
    }

    private void place(int index, Timeout timeout) {
        heap[index] = timeout;
        timeout.index = index;
    }

    private Timeout at(int index) {
        Timeout timeout = heap[index];
        assert timeout != null;
        return timeout;
    }

    private void shrink() {
        if (heap.length > 1024 && size < heap.length / 4) {
            try {
                heap = Arrays.copyOf(heap, heap.length / 2);
            } catch (OutOfMemoryError e) {
                // the larger one serves as well, and what was removed is to run
                return;
            }
        }
    }
}
