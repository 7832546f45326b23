package dev.iostream.stream;

import dev.iostream.loop.IOLoop;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The future of a read, which is the read's callback too.
 *
 * <p>A read whose bytes have been taken can no longer be cancelled, since a later read may have taken those that follow:
 * they would come back out of order. Until then it can be, and takes nothing.
 */
final class ReadFuture extends LoopFuture<byte[]> implements Consumer<byte[]> {
    private enum Phase {
        OPEN,
        CLAIMED,
        ENDED
    }

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);

    ReadFuture(IOLoop loop) {
        super(loop);
    }

    /** Whether the bytes may be taken for it; if so it will be given them. */
    boolean claim() {
        return phase.compareAndSet(Phase.OPEN, Phase.CLAIMED);
    }

    @Override
    public void accept(byte[] data) {
        super.complete(data);
    }

    @Override
    public boolean complete(byte[] data) {
        return end() && super.complete(data);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return end() && super.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return end() ? super.cancel(mayInterruptIfRunning) : isCancelled();
    }

    private boolean end() {
        return phase.compareAndSet(Phase.OPEN, Phase.ENDED);
    }
}
