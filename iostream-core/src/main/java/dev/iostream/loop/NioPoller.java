package dev.iostream.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Readiness from a selector, time from the system's clock.
 *
 * <p>All that is odd about selectors is handled here: wake-ups are sent once and not once for each task, an interrupt
 * is cleared because it would make every later select return at once, and a selector that keeps returning for no reason
 * is replaced.
 */
final class NioPoller implements Poller {
    private static final Logger LOG = System.getLogger(NioPoller.class.getName());

    /** So many selects in a row that return early and find nothing mean a broken selector. */
    static final int PREMATURE_LIMIT = 512;

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int INITIAL = 256;

    private final SelectorProvider provider;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Consumer<SelectionKey> remember = this::remember;
    // volatile, since other threads wake it up
    private volatile Selector selector;
    private @Nullable NioRegistration[] ready = new NioRegistration[INITIAL];
    private int readyCount;
    private int premature;
    private long lastAsked;

    NioPoller(SelectorProvider provider) throws IOException {
        this.provider = provider;
        this.selector = provider.openSelector();
    }

    static NioPoller open() {
        try {
            return new NioPoller(SelectorProvider.provider());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not open a selector: " + e.getMessage(), e);
        }
    }

    @Override
    public long nanoTime() {
        lastAsked = System.nanoTime();
        return lastAsked;
    }

    @Override
    public void poll(long timeoutNanos) throws IOException {
        if (timeoutNanos <= 0) {
            selector.selectNow(remember);
        } else if (timeoutNanos == Long.MAX_VALUE) {
            select(0, timeoutNanos);
        } else {
            // rounded up: a rounded-down 0 would wait for ever, and a short one would come back too early and spin
            select(timeoutNanos / NANOS_PER_MILLI + 1, timeoutNanos);
        }
        if (woken.get()) {
            woken.set(false);
        }
    }

    private void select(long millis, long timeoutNanos) throws IOException {
        // the loop has just asked for the time, to know how long to wait
        long start = lastAsked;
        selector.select(remember, millis);
        if (readyCount > 0 || woken.get() || System.nanoTime() - start >= timeoutNanos) {
            premature = 0;
        } else if (Thread.interrupted()) {
            LOG.log(Level.WARNING, "An interrupt of a loop was ignored; IOLoop.stop() stops it");
        } else if (++premature >= PREMATURE_LIMIT) {
            premature = 0;
            rebuild();
        }
    }

    private void remember(SelectionKey key) {
        if (readyCount == ready.length) {
            ready = Arrays.copyOf(ready, readyCount * 2);
        }
        var registration = (NioRegistration) key.attachment();
        try {
            registration.ready = key.readyOps();
        } catch (CancelledKeyException e) {
            // another thread has closed the channel under the loop, which must not end for that
            return;
        }
        ready[readyCount++] = registration;
    }

    @Override
    public void dispatch(LoopExceptionHandler failures) {
        int count = readyCount;
        readyCount = 0;
        for (int i = 0; i < count; i++) {
            NioRegistration registration = ready[i];
            ready[i] = null;
            assert registration != null;
            // an earlier handler of this turn may have closed it
            if (registration.isValid()) {
                try {
                    registration.handler.ready(registration.ready);
                } catch (Throwable failure) {
                    failures.failed(failure);
                }
            }
        }
    }

    @Override
    public void wakeup() {
        if (woken.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    @Override
    public Registration register(SelectableChannel channel, ReadyHandler handler) throws IOException {
        SelectionKey former = channel.keyFor(selector);
        if (former != null) {
            if (former.isValid()) {
                throw new IllegalStateException(
                        "The loop watches the channel already, for a stream or a handler: " + channel);
            }
            forgetCancelled();
        }
        var registration = new NioRegistration(handler);
        registration.key = channel.register(selector, Interest.NONE, registration);
        return registration;
    }

    /** Lets the selector drop the keys cancelled since the last poll, whose channels it could not take again before. */
    private void forgetCancelled() throws IOException {
        // whatever is ready is still ready at the next poll
        selector.selectNow(key -> {});
        if (woken.get()) {
            // the wake-up was meant for that poll
            selector.wakeup();
        }
    }

    private void rebuild() throws IOException {
        LOG.log(Level.WARNING, "A selector returned {0} times for no reason and was replaced", PREMATURE_LIMIT);
        Selector broken = selector;
        Selector fresh = provider.openSelector();
        for (SelectionKey key : broken.keys()) {
            if (key.isValid()) {
                var registration = (NioRegistration) key.attachment();
                int interest = key.interestOps();
                key.cancel();
                registration.key = key.channel().register(fresh, interest, registration);
            }
        }
        selector = fresh;
        broken.close();
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }

    /** A key that survives the replacement of its selector. */
    private static final class NioRegistration implements Registration {
        final ReadyHandler handler;
        /** What the last poll found. */
        int ready;

        @Nullable
        SelectionKey key;

        NioRegistration(ReadyHandler handler) {
            this.handler = handler;
        }

        boolean isValid() {
            return key != null && key.isValid();
        }

        @Override
        public void watch(int interest) {
            if (key != null && key.isValid()) {
                key.interestOps(interest);
            }
        }

        @Override
        public void cancel() {
            if (key != null) {
                key.cancel();
            }
        }
    }
}
