package dev.iostream.tls;

import dev.iostream.loop.IOLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The slow parts of a handshake, done on another thread. While one runs, the engine is left alone: its methods would wait
 * for the task.
 */
final class DelegatedTasks {
    private final IOLoop loop;
    private final Executor executor;
    private final Consumer<@Nullable Throwable> ended;
    private TaskLine.@Nullable Entry entry;

    /**
     * Tasks of one connection.
     *
     * @param ended told on the loop that those which were started have ended, and what they threw
     */
    DelegatedTasks(IOLoop loop, Executor executor, Consumer<@Nullable Throwable> ended) {
        this.loop = loop;
        this.executor = executor;
        this.ended = ended;
    }

    /** Has everything done that the engine has to be done now. */
    void start(SSLEngine engine) {
        entry = TaskLine.of(loop).submit(executor, () -> {
            Throwable failed = run(engine);
            try {
                loop.addCallback(() -> haveEnded(failed));
            } catch (RejectedExecutionException e) {
                // the loop has closed, and the connection with it
                return;
            }
        });
    }

    private static @Nullable Throwable run(SSLEngine engine) {
        try {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
            return null;
        } catch (Throwable failed) {
            return failed;
        }
    }

    private void haveEnded(@Nullable Throwable failed) {
        entry = null;
        ended.accept(failed);
    }

    /** Whether some were started and have not ended. */
    boolean areRunning() {
        return entry != null;
    }

    /** Does without those that no thread has begun with. */
    void cancel() {
        if (entry != null && TaskLine.of(loop).remove(entry)) {
            entry = null;
        }
    }
}
