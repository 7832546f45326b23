package dev.iostream.loop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a loop that somebody waits for. */
final class SyncRun {
    private final IOLoop loop;
    private final Duration limit;
    private @Nullable Throwable failure;

    SyncRun(IOLoop loop, Duration limit) {
        this.loop = loop;
        this.limit = limit;
    }

    /** Runs {@code first} and then the loop until it is stopped. */
    void run(Runnable first) {
        Timeout timeout = loop.addTimeout(
                limit,
                () -> fail(new IllegalStateException("Loop '" + loop.name() + "' was not stopped within " + limit
                        + "; call stop() when the work is done")));
        loop.addCallback(() -> {
            try {
                first.run();
            } catch (Throwable thrown) {
                fail(thrown);
            }
        });
        loop.run(() -> loop.removeTimeout(timeout));
        if (failure != null) {
            throw unchecked(failure);
        }
    }

    /** Runs {@code first} and then the loop until there is a result. */
    <T extends @Nullable Object> T result(Supplier<? extends CompletionStage<T>> first) {
        var result = new CompletableFuture<T>();
        try {
            run(() -> first.get().whenComplete((value, thrown) -> {
                if (thrown == null ? result.complete(value) : result.completeExceptionally(thrown)) {
                    loop.stop();
                }
            }));
            if (!result.isDone()) {
                throw new IllegalStateException("Loop '" + loop.name() + "' was stopped before there was a result");
            }
            return result.join();
        } catch (CompletionException e) {
            throw e.getCause() == null ? e : unchecked(e.getCause());
        } finally {
            // a result that comes too late is not to stop a later run
            result.cancel(false);
        }
    }

    private void fail(Throwable thrown) {
        failure = thrown;
        loop.stop();
    }

    /** Throws it if that needs no declaration, and otherwise returns something that can be thrown. */
    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException unchecked ? unchecked : new CompletionException(thrown);
    }
}
