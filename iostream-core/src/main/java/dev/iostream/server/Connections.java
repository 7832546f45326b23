package dev.iostream.server;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Network;
import dev.iostream.transport.Slot;
import dev.iostream.transport.Slots;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections of a server and keeps them within its limits.
 *
 * <p>Safe from any thread, without locks: acceptors take slots on their loops, and transports free them on theirs. Only
 * opening and closing come by here, never bytes.
 */
final class Connections {
    private final int most;
    private final int mostPerPeer;
    private final Taker taker;
    private final Runnable retry;

    private final AtomicInteger held = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong overPeerLimit = new AtomicLong();
    private final Map<Object, Integer> perPeer = new ConcurrentHashMap<>();
    /** An acceptor has found no slot, and waits to be told of one. */
    private volatile boolean wanted;
    /** Runs when the last connection has ended. */
    private volatile @Nullable Runnable whenNone;

    /** Takes a new connection, on its loop. */
    @FunctionalInterface
    interface Taker {
        void take(Transport connection, IOLoop loop);
    }

    /**
     * With nothing counted.
     *
     * @param retry lets the acceptors ask for slots again
     */
    Connections(ServerOptions options, Taker taker, Runnable retry) {
        this.most = options.maxConnections();
        this.mostPerPeer = options.maxConnectionsPerPeer();
        this.taker = taker;
        this.retry = retry;
    }

    /** Slots for connections that go to loops as {@code placement} says. */
    Slots slots(Network.Placement placement) {
        return new Slots() {
            @Override
            public @Nullable Slot take() {
                return takePlace() ? new Connection(placement) : null;
            }

            @Override
            public void failed(IOException failure) {
                failures.incrementAndGet();
            }
        };
    }

    // ---- the limit of all

    private boolean takePlace() {
        if (tryPlace()) {
            return true;
        }
        wanted = true;
        // one may have become free before it was known to be wanted
        return tryPlace();
    }

    private boolean tryPlace() {
        int now = held.get();
        while (now < most) {
            if (held.compareAndSet(now, now + 1)) {
                return true;
            }
            now = held.get();
        }
        return false;
    }

    private void givePlace() {
        held.decrementAndGet();
        if (wanted) {
            wanted = false;
            retry.run();
        }
    }

    // ---- the limit of one peer

    private boolean takeOfPeer(Object peer) {
        Integer count = perPeer.merge(peer, 1, Integer::sum);
        if (count <= mostPerPeer) {
            return true;
        }
        giveOfPeer(peer);
        return false;
    }

    private void giveOfPeer(Object peer) {
        perPeer.computeIfPresent(peer, (same, count) -> count == 1 ? null : count - 1);
    }

    // ---- numbers

    /** Runs {@code task}, perhaps twice, when there is no connection any more; nothing is accepted meanwhile. */
    void whenNone(Runnable task) {
        whenNone = task;
        checkForNone();
    }

    private void checkForNone() {
        Runnable task = whenNone;
        if (task != null && ended.get() == accepted.get()) {
            whenNone = null;
            task.run();
        }
    }

    boolean areFull() {
        return held.get() >= most;
    }

    long accepted() {
        return accepted.get();
    }

    long ended() {
        return ended.get();
    }

    /** Those that are open, or being opened. */
    long open() {
        while (true) {
            long before = ended.get();
            long all = accepted.get();
            if (ended.get() == before) {
                return all - before;
            }
        }
    }

    long failures() {
        return failures.get();
    }

    Map<CloseReason, Long> rejected() {
        Map<CloseReason, Long> rejected = new EnumMap<>(CloseReason.class);
        long count = overPeerLimit.get();
        if (count > 0) {
            rejected.put(CloseReason.CONNECTION_LIMIT, count);
        }
        return Map.copyOf(rejected);
    }

    private final class Connection implements Slot {
        private final Network.Placement placement;
        private @Nullable Object peer;
        private @Nullable IOLoop loop;
        private boolean admitted;

        Connection(Network.Placement placement) {
            this.placement = placement;
        }

        @Override
        public boolean admits(Supplier<? extends @Nullable Object> peerOf) {
            if (mostPerPeer < Integer.MAX_VALUE) {
                Object from = peerOf.get();
                if (from != null && !takeOfPeer(from)) {
                    overPeerLimit.incrementAndGet();
                    return false;
                }
                peer = from;
            }
            admitted = true;
            accepted.incrementAndGet();
            return true;
        }

        @Override
        public IOLoop place() {
            IOLoop chosen = placement.next();
            loop = chosen;
            return chosen;
        }

        @Override
        public void fill(Transport connection) {
            assert loop != null;
            taker.take(connection, loop);
        }

        @Override
        public void free() {
            if (peer != null) {
                giveOfPeer(peer);
            }
            if (admitted) {
                // before its place is given to another, so that there never seem to be more than may be
                ended.incrementAndGet();
            }
            givePlace();
            if (admitted) {
                checkForNone();
            }
        }
    }
}
