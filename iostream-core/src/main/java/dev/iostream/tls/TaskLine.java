package dev.iostream.tls;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Timeout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes of one loop that wait because the executor is full, in the order in which they came; one timer stands for
 * all of them, however many there are. Confined to its loop.
 */
final class TaskLine {
    private static final Duration AGAIN = Duration.ofMillis(5);

    private final IOLoop loop;
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
    private @Nullable Timeout timer;

    private TaskLine(IOLoop loop) {
        this.loop = loop;
    }

    /** Work and who is to do it; the same only as itself. */
    static final class Entry {
        private final Executor executor;
        private final Runnable work;

        private Entry(Executor executor, Runnable work) {
            this.executor = executor;
            this.work = work;
        }

        private boolean submitted() {
            try {
                executor.execute(work);
                return true;
            } catch (RejectedExecutionException e) {
                return false;
            }
        }
    }

    static TaskLine of(IOLoop loop) {
        return loop.local(TaskLine.class, () -> new TaskLine(loop));
    }

    /** Has the work done, at once or in its turn; until then what is returned can be {@linkplain #remove removed}. */
    Entry submit(Executor executor, Runnable work) {
        var entry = new Entry(executor, work);
        if (!waiting.isEmpty() || !entry.submitted()) {
            waiting.addLast(entry);
            arm();
        }
        return entry;
    }

    /** Does without it, if it has not been given to the executor; false when it has. */
    boolean remove(Entry entry) {
        boolean removed = waiting.remove(entry);
        if (waiting.isEmpty() && timer != null) {
            loop.removeTimeout(timer);
            timer = null;
        }
        return removed;
    }

    private void arm() {
        if (timer == null) {
            timer = loop.addTimeout(AGAIN, this::again);
        }
    }

    private void again() {
        timer = null;
        while (!waiting.isEmpty() && waiting.getFirst().submitted()) {
            waiting.removeFirst();
        }
        if (!waiting.isEmpty()) {
            arm();
        }
    }
}
