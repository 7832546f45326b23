package dev.iostream.loop;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Selectors and channels that exist in memory only, count what is asked of them and misbehave when told to. What they
 * promise is what the JDK's promise: a wake-up ends the select under way or the next one, an interrupt ends every select
 * until it is cleared, and a closed channel keeps its descriptor until its selector has selected once more.
 */
public final class ScriptedSelectorProvider extends SelectorProvider {
    /** A select that waits longer than this has lost a wake-up. */
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(30);

    private final Object lock = new Object();
    private final AtomicInteger descriptors = new AtomicInteger();
    private int premature;
    private int selectorsLeft = Integer.MAX_VALUE;

    /** The time limits of all selects that may wait, in milliseconds. */
    public final List<Long> selects = Collections.synchronizedList(new ArrayList<>());
    /** How many selects did not wait. */
    public final AtomicInteger selectsNow = new AtomicInteger();
    /** How many wake-ups were sent. */
    public final AtomicInteger wakeups = new AtomicInteger();
    /** How often the interest of a key was set. */
    public final AtomicInteger interests = new AtomicInteger();
    /** All selectors so far. */
    public final List<Selector> selectors = new ArrayList<>();
    /** Runs when a select that may wait begins: after the loop has looked for work, and before it waits. */
    public Runnable beforeSelect = () -> {};
    /** Runs between the finding of a ready channel and the telling of it. */
    public Runnable beforeTelling = () -> {};

    /** A loop over a new selector of this provider. */
    public IOLoop loop() {
        return new IOLoop(LoopOptions.named("scripted").poller(this::poller));
    }

    NioPoller poller() {
        return poller(System::nanoTime);
    }

    /** A poller that asks {@code clock} how long ago something happened. */
    NioPoller poller(LongSupplier clock) {
        return poller(clock, System::nanoTime);
    }

    /** The same, which asks {@code searchClock} how long it has waited in a search for what spins. */
    NioPoller poller(LongSupplier clock, LongSupplier searchClock) {
        try {
            return new NioPoller(this, clock, searchClock);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets so many selects to come return at once and for no reason. */
    public void returnEarly(int times) {
        premature = times;
    }

    /** Lets so many selectors more be opened. */
    public void allowSelectors(int count) {
        selectorsLeft = count;
    }

    /** Descriptors that channels hold. */
    public int descriptors() {
        return descriptors.get();
    }

    void opened() {
        descriptors.incrementAndGet();
    }

    void released() {
        descriptors.decrementAndGet();
    }

    /** Changes the readiness of channels, and lets selects that wait see it. */
    void change(Runnable change) {
        synchronized (lock) {
            change.run();
            lock.notifyAll();
        }
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        if (selectorsLeft == 0) {
            throw new IOException("Too many open files");
        }
        selectorsLeft--;
        var selector = new ScriptedSelector();
        selectors.add(selector);
        return selector;
    }

    @Override
    public ScriptedServerChannel openServerSocketChannel() {
        return new ScriptedServerChannel(this);
    }

    @Override
    public ScriptedChannel openSocketChannel() {
        return new ScriptedChannel(this);
    }

    @Override
    public DatagramChannel openDatagramChannel() {
        throw new UnsupportedOperationException("datagrams");
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) {
        throw new UnsupportedOperationException("datagrams");
    }

    @Override
    public Pipe openPipe() {
        throw new UnsupportedOperationException("pipes");
    }

    /** A channel whose readiness is scripted. */
    interface Scripted {
        int readyOps();

        /** Whether a selector that watches it for something returns at once and for no reason. */
        default boolean spins() {
            return false;
        }

        /** The last selector has let go of it. */
        void deregistered();
    }

    private final class ScriptedSelector extends AbstractSelector {
        private final Set<SelectionKey> keys = new LinkedHashSet<>();
        private boolean woken;

        ScriptedSelector() {
            super(ScriptedSelectorProvider.this);
        }

        @Override
        protected SelectionKey register(AbstractSelectableChannel channel, int interest, Object attachment) {
            var key = new ScriptedKey(this, channel);
            key.attach(attachment);
            key.interest = interest;
            synchronized (lock) {
                keys.add(key);
            }
            return key;
        }

        @Override
        public Set<SelectionKey> keys() {
            return Collections.unmodifiableSet(keys);
        }

        @Override
        public int select(Consumer<SelectionKey> action, long timeout) {
            selects.add(timeout);
            beforeSelect.run();
            return select(action, timeout == 0 ? LIMIT : TimeUnit.MILLISECONDS.toNanos(timeout), timeout == 0);
        }

        @Override
        public int selectNow(Consumer<SelectionKey> action) {
            selectsNow.incrementAndGet();
            return select(action, 0, false);
        }

        private int select(Consumer<SelectionKey> action, long nanos, boolean forEver) {
            List<ScriptedKey> ready;
            synchronized (lock) {
                forgetCancelled();
                ready = ready();
                if (premature > 0 && nanos > 0) {
                    premature--;
                } else if (!spins()) {
                    ready = await(nanos, forEver);
                }
                woken = false;
                forgetCancelled();
            }
            for (ScriptedKey key : ready) {
                beforeTelling.run();
                action.accept(key);
            }
            return ready.size();
        }

        private boolean spins() {
            return keys.stream()
                    .map(ScriptedKey.class::cast)
                    .anyMatch(key -> key.isValid() && key.interest != 0 && ((Scripted) key.channel()).spins());
        }

        private List<ScriptedKey> await(long nanos, boolean forEver) {
            long end = System.nanoTime() + nanos;
            List<ScriptedKey> ready = ready();
            while (ready.isEmpty() && !woken && !Thread.currentThread().isInterrupted()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    if (forEver) {
                        throw new IllegalStateException("A select waited for 30 s: a wake-up was lost");
                    }
                    break;
                }
                try {
                    lock.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    // as a selector: the interrupt ends the select and stays set
                    Thread.currentThread().interrupt();
                }
                ready = ready();
            }
            return ready;
        }

        private List<ScriptedKey> ready() {
            List<ScriptedKey> ready = new ArrayList<>();
            for (SelectionKey each : keys) {
                var key = (ScriptedKey) each;
                key.ready = key.isValid() ? ((Scripted) key.channel()).readyOps() & key.interest : 0;
                if (key.ready != 0) {
                    ready.add(key);
                }
            }
            return ready;
        }

        private void forgetCancelled() {
            Set<SelectionKey> cancelled = cancelledKeys();
            synchronized (cancelled) {
                for (SelectionKey key : cancelled) {
                    forget((ScriptedKey) key);
                }
                cancelled.clear();
            }
        }

        private void forget(ScriptedKey key) {
            keys.remove(key);
            deregister(key);
            if (!key.channel().isOpen()) {
                ((Scripted) key.channel()).deregistered();
            }
        }

        @Override
        public Selector wakeup() {
            wakeups.incrementAndGet();
            synchronized (lock) {
                woken = true;
                lock.notifyAll();
            }
            return this;
        }

        @Override
        protected void implCloseSelector() {
            wakeup();
            synchronized (lock) {
                forgetCancelled();
                for (SelectionKey key : new ArrayList<>(keys)) {
                    key.cancel();
                    forget((ScriptedKey) key);
                }
            }
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            throw new UnsupportedOperationException("selected keys");
        }

        @Override
        public int selectNow() {
            throw new UnsupportedOperationException("a select without an action");
        }

        @Override
        public int select(long timeout) {
            throw new UnsupportedOperationException("a select without an action");
        }

        @Override
        public int select() {
            throw new UnsupportedOperationException("a select without an action");
        }
    }

    private final class ScriptedKey extends AbstractSelectionKey {
        private final Selector selector;
        private final SelectableChannel channel;
        private volatile int interest;
        private volatile int ready;

        ScriptedKey(Selector selector, SelectableChannel channel) {
            this.selector = selector;
            this.channel = channel;
        }

        @Override
        public SelectableChannel channel() {
            return channel;
        }

        @Override
        public Selector selector() {
            return selector;
        }

        @Override
        public int interestOps() {
            requireValid();
            return interest;
        }

        @Override
        public SelectionKey interestOps(int ops) {
            requireValid();
            interests.incrementAndGet();
            interest = ops;
            return this;
        }

        @Override
        public int readyOps() {
            requireValid();
            return ready;
        }

        private void requireValid() {
            if (!isValid()) {
                throw new CancelledKeyException();
            }
        }
    }
}
