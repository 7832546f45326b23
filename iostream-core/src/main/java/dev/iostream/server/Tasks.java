package dev.iostream.server;

import dev.iostream.loop.IOLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Tasks on loops, and their completion. A closed loop has nothing left to be done on: that is completion as well. */
final class Tasks {
    private Tasks() {}

    /** What {@code question} answers on {@code loop}; {@code otherwise} when the loop is closed. */
    static <T> CompletableFuture<T> ask(IOLoop loop, Supplier<T> question, T otherwise) {
        var answer = new CompletableFuture<T>();
        try {
            loop.addCallback(() -> {
                try {
                    answer.complete(question.get());
                } finally {
                    answer.complete(otherwise);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.complete(otherwise);
        }
        return answer;
    }

    /** Runs {@code task} on {@code loop}. */
    static CompletableFuture<Void> on(IOLoop loop, Runnable task) {
        var done = new CompletableFuture<Void>();
        try {
            loop.addCallback(() -> {
                try {
                    task.run();
                } finally {
                    done.complete(null);
                }
            });
        } catch (RejectedExecutionException e) {
            done.complete(null);
        }
        return done;
    }

    /** The same, so many turns later: after what streams do in them. */
    static CompletableFuture<Void> later(int turns, IOLoop loop, Runnable task) {
        return turns == 0 ? on(loop, task) : on(loop, () -> {}).thenCompose(turn -> later(turns - 1, loop, task));
    }

    /** Completes when all of them have. */
    static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new));
    }
}
