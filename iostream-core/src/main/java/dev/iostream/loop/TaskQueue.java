package dev.iostream.loop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tasks for a loop, from any thread, in the order they came. Two arrays change places, so that nothing is allocated. */
final class TaskQueue {
    private static final int INITIAL = 64;
    private static final int KEPT = 4096;
    private static final @Nullable Runnable[] NONE = {};

    private final Object lock = new Object();
    private @Nullable Runnable[] waiting = new Runnable[INITIAL];
    /** The array that does not wait; null while its tasks run, so that a drain within a drain takes another. */
    private @Nullable Runnable @Nullable [] spare;

    private boolean closed;
    private volatile int count;

    /** Adds a task; false, and not added, when the queue is closed. */
    boolean add(Runnable task) {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            int size = count;
            if (size == waiting.length) {
                waiting = grow(waiting);
            }
            waiting[size] = task;
            count = size + 1;
            return true;
        }
    }

    /** How many tasks wait. Safe from any thread. */
    int size() {
        return count;
    }

    /** Hands over the tasks that wait now, but none that they add. */
    void drain(Consumer<Runnable> runner) {
        if (count == 0) {
            return;
        }
        @Nullable Runnable[] tasks;
        int size;
        synchronized (lock) {
            tasks = waiting;
            size = count;
            waiting = spare == null ? empty() : spare;
            spare = null;
            count = 0;
        }
        for (int i = 0; i < size; i++) {
            Runnable task = tasks[i];
            tasks[i] = null;
            assert task != null;
            runner.accept(task);
        }
        if (tasks.length <= KEPT) {
            spare = tasks;
        }
    }

    /** Without memory once nothing is added any more, so that want of that keeps no last task from running. */
    private @Nullable Runnable[] empty() {
        return closed ? NONE : new Runnable[INITIAL];
    }

    /** Takes no more tasks. What waits can still be drained. */
    void close() {
        synchronized (lock) {
            closed = true;
        }
    }

    private static @Nullable Runnable[] grow(@Nullable Runnable[] tasks) {
        return java.util.Arrays.copyOf(tasks, tasks.length * 2);
    }
}
