package dev.iostream.loop;

import dev.iostream.event.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Readiness from a selector, time from the system's clock.
 *
 * <p>All that is odd about selectors is handled here: wake-ups are sent once and not once for each task, an interrupt
 * is cleared because it would make every later select return at once, and a selector that keeps returning for no reason
 * is replaced, and so is one that fails. If the former does not help for long, the channels that make it return are
 * searched for and closed.
 */
final class NioPoller implements Poller {
    private static final Logger LOG = System.getLogger(NioPoller.class.getName());

    /** So many selects in a row that return early and find nothing mean a broken selector. */
    static final int PREMATURE_LIMIT = 512;
    /** What a selector is replaced for comes back in no time if that was of no use, and replacing takes time as well. */
    static final long REPLACEMENT_PAUSE = TimeUnit.SECONDS.toNanos(1);
    /** So many replacements within {@link #OFTEN_WITHIN} mean that it is not the selector that is broken. */
    static final int OFTEN = 5;

    static final long OFTEN_WITHIN = TimeUnit.SECONDS.toNanos(60);

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int INITIAL = 256;

    private final SelectorProvider provider;
    /** The time, for what happens seldom. */
    private final LongSupplier clock;

    private final LongSupplier searchClock;

    private final AtomicBoolean woken = new AtomicBoolean();
    private final Consumer<SelectionKey> remember = this::remember;
    // volatile, since other threads wake it up
    private volatile Selector selector;
    /** The selector is closed and opened again when it is needed. A wake-up of a closed one does nothing. */
    private boolean resting;

    private @Nullable NioRegistration[] ready = new NioRegistration[INITIAL];
    private int readyCount;
    private int premature;
    private long lastAsked;
    private final Tally replacements = new Tally();
    private final long[] replacedAt = new long[OFTEN];

    NioPoller(SelectorProvider provider) throws IOException {
        this(provider, System::nanoTime, System::nanoTime);
    }

    /**
     * A poller with its own time.
     *
     * @param clock how long ago a selector was replaced
     * @param searchClock how long a wait of a search for what spins took
     */
    NioPoller(SelectorProvider provider, LongSupplier clock, LongSupplier searchClock) throws IOException {
        this.provider = provider;
        this.clock = clock;
        this.searchClock = searchClock;
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
        endRest();
        try {
            if (timeoutNanos <= 0) {
                selector.selectNow(remember);
            } else if (timeoutNanos == Long.MAX_VALUE) {
                select(0, timeoutNanos);
            } else {
                // rounded up: a rounded-down 0 would wait for ever, and a short one would come back too early and spin
                select(timeoutNanos / NANOS_PER_MILLI + 1, timeoutNanos);
            }
        } catch (IOException e) {
            replaceBroken();
            throw e;
        } finally {
            // also of a select that failed, which may have taken the wake-up: the next would not be sent
            if (woken.get()) {
                woken.set(false);
            }
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
        } else if (premature < PREMATURE_LIMIT - 1) {
            premature++;
        } else {
            replaceIfDue();
        }
    }

    private void remember(SelectionKey key) {
        var registration = (NioRegistration) key.attachment();
        try {
            registration.ready = key.readyOps();
        } catch (CancelledKeyException e) {
            // another thread has closed the channel under the loop, which must not end for that
            return;
        }
        addReady(registration);
    }

    private void addReady(NioRegistration registration) {
        if (readyCount == ready.length) {
            ready = Arrays.copyOf(ready, readyCount * 2);
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
            if (registration.isToBeTold()) {
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
        endRest();
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

    // ---- rest

    @Override
    public void rest() throws IOException {
        if (resting) {
            return;
        }
        forgetCancelled();
        if (selector.keys().isEmpty()) {
            selector.close();
            resting = true;
        }
    }

    @Override
    public void endRest() throws IOException {
        if (resting) {
            selector = provider.openSelector();
            if (woken.get()) {
                // it was the closed one that was woken up
                selector.wakeup();
            }
            resting = false;
        }
    }

    // ---- selectors that return for no reason

    /** Is for selectors that fail themselves: what makes all of them fail ends the loop soon. */
    private void replaceBroken() {
        long now = clock.getAsLong();
        if (!mayReplace(now)) {
            return;
        }
        replacedAt[(int) (replacements.get() % OFTEN)] = now;
        replacements.add(1);
        try {
            replace();
            LOG.log(Level.WARNING, "A selector failed and was replaced");
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A selector failed and could not be replaced: " + e.getMessage());
        }
    }

    private boolean mayReplace(long now) {
        long count = replacements.get();
        return count == 0 || now - replacedAt[(int) ((count - 1) % OFTEN)] >= REPLACEMENT_PAUSE;
    }

    private void replaceIfDue() {
        long now = clock.getAsLong();
        long count = replacements.get();
        if (!mayReplace(now)) {
            return;
        }
        premature = 0;
        replacedAt[(int) (count % OFTEN)] = now;
        replacements.add(1);
        boolean often = count + 1 >= OFTEN && now - replacedAt[(int) ((count + 1) % OFTEN)] <= OFTEN_WITHIN;
        try {
            replace();
            LOG.log(Level.WARNING, "A selector returned {0} times for no reason and was replaced", PREMATURE_LIMIT);
            if (often) {
                closeWhatSpins();
            }
        } catch (IOException e) {
            // for want of descriptors: the old one still works, if not well
            LOG.log(Level.WARNING, "A selector returned for no reason and could not be replaced: " + e.getMessage());
        }
    }

    private void replace() throws IOException {
        Selector broken = selector;
        Selector fresh = provider.openSelector();
        for (SelectionKey key : broken.keys()) {
            move(key, fresh);
        }
        selector = fresh;
        try {
            broken.close();
        } catch (IOException e) {
            // all is with the new one already
            LOG.log(Level.DEBUG, "Could not close a selector", e);
        }
    }

    private static void move(SelectionKey key, Selector to) {
        var registration = (NioRegistration) key.attachment();
        try {
            int interest = key.interestOps();
            key.cancel();
            registration.key = key.channel().register(to, interest, registration);
        } catch (CancelledKeyException | ClosedChannelException e) {
            // closed, perhaps at this moment by another thread
            return;
        }
    }

    private void closeWhatSpins() throws IOException {
        for (SelectionKey key : new SpinSearch(provider, searchClock).among(List.copyOf(selector.keys()))) {
            LOG.log(
                    Level.WARNING,
                    "A channel made selectors return for no reason again and again, and was closed: " + key.channel());
            var registration = (NioRegistration) key.attachment();
            key.channel().close();
            // whoever uses it finds out when it is told
            registration.key = null;
            registration.ready = key.channel().validOps();
            addReady(registration);
        }
    }

    @Override
    public long replacements() {
        return replacements.get();
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
        /** Null once its channel was closed by the poller. */
        @Nullable
        SelectionKey key;

        NioRegistration(ReadyHandler handler) {
            this.handler = handler;
        }

        boolean isToBeTold() {
            return key == null || key.isValid();
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
