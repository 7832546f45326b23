package dev.iostream.stream;

import dev.iostream.loop.IOLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A future that a loop completes, and that therefore cannot be waited for on that loop's thread. */
public sealed class LoopFuture<T> extends CompletableFuture<T> permits ReadFuture {
    private final IOLoop loop;

    /** A future that {@code loop} is to complete. */
    public LoopFuture(IOLoop loop) {
        this.loop = loop;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new LoopFuture<>(loop);
    }

    @Override
    public T join() {
        refuseToWaitInLoop();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        refuseToWaitInLoop();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        refuseToWaitInLoop();
        return super.get(timeout, unit);
    }

    private void refuseToWaitInLoop() {
        if (!isDone() && loop.running() && loop.inLoop()) {
            throw new IllegalStateException("Waiting here would stop loop '" + loop.name()
                    + "', which is to complete the future; use thenAccept(...), or wait on another thread");
        }
    }
}
