package dev.iostream.stream;

import dev.iostream.loop.IOLoop;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a read, which is the read's callback too.
 *
 * <p>Others may complete it as well: who cancels it, its timeout, anybody with a value. Its read is ended then, and takes
 * nothing. A read whose bytes have been taken can no longer be ended, since a later read may have taken those that
 * follow: they would come back out of order. So nobody else can complete its future then.
 */
final class ReadFuture<T> extends LoopFuture<T> implements Consumer<T> {
    private enum Phase {
        OPEN,
        CLAIMED,
        ENDED
    }

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
    private final Consumer<? super ReadFuture<T>> onEnd;
    /** The read while it is pending; confined to the loop. */
    private @Nullable ReadRequest request;

    /**
     * A future without a read.
     *
     * @param onEnd ends the read, called by whoever else completes the future
     */
    ReadFuture(IOLoop loop, Consumer<? super ReadFuture<T>> onEnd) {
        super(loop);
        this.onEnd = onEnd;
    }

    /** The pending read, or null. */
    @Nullable
    ReadRequest request() {
        return request;
    }

    void request(@Nullable ReadRequest pending) {
        request = pending;
    }

    /** Whether the bytes may be taken for it; if so it will be given them. */
    boolean claim() {
        return phase.compareAndSet(Phase.OPEN, Phase.CLAIMED);
    }

    @Override
    public void accept(T data) {
        request = null;
        super.complete(data);
    }

    @Override
    public boolean complete(T value) {
        return end() && super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return end() && super.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return end() ? super.cancel(mayInterruptIfRunning) : isCancelled();
    }

    /** Otherwise it would go by the methods above. */
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> {
            if (isDone()) {
                return;
            }
            try {
                complete(supplier.get());
            } catch (Throwable failure) {
                completeExceptionally(failure);
            }
        });
        return this;
    }

    /** Is refused: what the read takes would be nobody's. */
    @Override
    public void obtrudeValue(T value) {
        throw new UnsupportedOperationException("What a read gives cannot be replaced; use complete");
    }

    /** Is refused: what the read takes would be nobody's. */
    @Override
    public void obtrudeException(Throwable failure) {
        throw new UnsupportedOperationException("What a read gives cannot be replaced; use completeExceptionally");
    }

    private boolean end() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.ENDED)) {
            return false;
        }
        // before anybody hears of the completion, who may then read next
        onEnd.accept(this);
        return true;
    }
}
