package dev.iostream.server;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.proxy.ProxiedTransport;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.proxy.ProxyProtocolException;
import dev.iostream.transport.Network;
import dev.iostream.transport.Slot;
import dev.iostream.transport.Slots;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections of a server, keeps them within its limits, and decides which of them it serves.
 *
 * <p>Safe from any thread, without locks: acceptors take slots on their loops, and transports free them on theirs. Only
 * opening and closing come by here, never bytes.
 */
final class Connections {
    private final int most;
    private final Admission admission;
    private final PeerCounts peers;
    private final Rejections rejections;
    private final @Nullable AcceptRate rate;
    private final Taker taker;
    private final Runnable retry;

    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger throttled = new AtomicInteger();
    private final AtomicLong entered = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
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
     * @param now nanoseconds
     * @param retry lets the acceptors ask for slots again
     */
    Connections(ServerOptions options, long now, Taker taker, Runnable retry) {
        this.most = options.maxConnections();
        this.admission = options.admission();
        this.peers = new PeerCounts(options.maxConnectionsPerPeer());
        this.rejections = new Rejections(options.name(), now);
        this.rate = admission.acceptRate() == Admission.UNLIMITED
                ? null
                : new AcceptRate(admission.acceptRate(), admission.acceptBurst(), now);
        this.taker = taker;
        this.retry = retry;
    }

    /** Slots for an acceptor on {@code loop}, of connections that go to loops as {@code placement} says. */
    Slots slots(IOLoop loop, Network.Placement placement) {
        return new Slots() {
            private boolean throttling;

            @Override
            public @Nullable Slot take() {
                long wait = rate == null ? 0 : rate.take(loop.nanoTime());
                if (wait > 0) {
                    retryAfter(wait);
                    return null;
                }
                if (takePlace()) {
                    return new Connection(loop, placement);
                }
                giveBackRate();
                return null;
            }

            private void retryAfter(long nanos) {
                if (!throttling) {
                    throttling = true;
                    throttled.incrementAndGet();
                    loop.addTimeout(Duration.ofNanos(nanos), () -> {
                        throttling = false;
                        throttled.decrementAndGet();
                        retry.run();
                    });
                }
            }

            @Override
            public void failed(IOException failure) {
                failures.incrementAndGet();
            }
        };
    }

    private void giveBackRate() {
        if (rate != null) {
            rate.giveBack();
        }
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

    // ---- numbers

    /** Runs {@code task}, perhaps twice, when there is no connection any more; nothing is accepted meanwhile. */
    void whenNone(Runnable task) {
        whenNone = task;
        checkForNone();
    }

    private void checkForNone() {
        Runnable task = whenNone;
        if (task != null && ended.get() == entered.get()) {
            whenNone = null;
            task.run();
        }
    }

    boolean areFull() {
        return held.get() >= most;
    }

    /** Whether an acceptor waits because of the rate. */
    boolean areThrottled() {
        return throttled.get() > 0;
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
            long all = entered.get();
            if (ended.get() == before) {
                return all - before;
            }
        }
    }

    /** Those of them of which a proxy has still to say whom they are from. */
    long waiting() {
        return waiting.get();
    }

    long failures() {
        return failures.get();
    }

    Map<CloseReason, Long> rejected() {
        return rejections.byReason();
    }

    /** How far a slot has come. */
    private enum State {
        /** Nothing was accepted into it. */
        UNUSED,
        /** Its connection was refused at once. */
        REFUSED,
        /** A proxy is to say whom its connection is from. */
        WAITING,
        /** It is known whom its connection is from, and that one is served, or was refused. */
        DECIDED
    }

    /** One slot, and what is in it. On one thread at a time: the acceptor's, and then its loop's. */
    private final class Connection implements Slot, ProxiedTransport.Introduction {
        private final Network.Placement placement;
        private IOLoop loop;
        private State state = State.UNUSED;
        private @Nullable SocketAddress address;
        /** What the peer of the socket is told apart by. */
        private @Nullable Object socketPeer;
        /** The peer that it is counted for. */
        private @Nullable Object peer;

        private @Nullable CloseReason refused;
        private @Nullable Transport wire;

        Connection(IOLoop loop, Network.Placement placement) {
            this.loop = loop;
            this.placement = placement;
        }

        // ---- at once

        @Override
        public boolean admits(@Nullable SocketAddress from, Supplier<? extends @Nullable Object> peerOf) {
            address = from;
            socketPeer = peers.areLimited() ? peerOf.get() : null;
            ProxyProtocol proxies = admission.proxyProtocol();
            if (proxies == null) {
                return decide(from, socketPeer, true) == null ? enter(State.DECIDED) : refuseAtOnce();
            }
            if (!proxies.trusts(from)) {
                reject(CloseReason.PROXY_PROTOCOL, from + " is no proxy that is trusted (ProxyProtocol.trusted)");
                return refuseAtOnce();
            }
            waiting.incrementAndGet();
            return enter(State.WAITING);
        }

        private boolean enter(State next) {
            state = next;
            entered.incrementAndGet();
            return true;
        }

        private boolean refuseAtOnce() {
            state = State.REFUSED;
            return false;
        }

        /** Counts the connection for its peer, or as refused; why it was, or null. */
        private @Nullable String decide(@Nullable SocketAddress from, @Nullable Object key, boolean byAddress) {
            if (byAddress && !admission.allows(from)) {
                return reject(CloseReason.ACCESS_DENIED, from + " may not connect (Admission.allow, Admission.deny)");
            }
            if (key != null && !peers.take(key)) {
                return reject(
                        CloseReason.CONNECTION_LIMIT,
                        from + " has as many connections as it may (ServerOptions.maxConnectionsPerPeer)");
            }
            peer = key;
            accepted.incrementAndGet();
            return null;
        }

        private String reject(CloseReason reason, String why) {
            refused = reason;
            rejections.add(reason, why, loop.nanoTime());
            return why;
        }

        @Override
        public @Nullable ByteBuffer refusal() {
            return refused == CloseReason.PROXY_PROTOCOL ? null : admission.rejectWith();
        }

        @Override
        public IOLoop place() {
            loop = placement.next();
            return loop;
        }

        @Override
        public void fill(Transport connection) {
            ProxyProtocol proxies = admission.proxyProtocol();
            if (proxies == null) {
                taker.take(connection, loop);
                return;
            }
            wire = connection;
            taker.take(new ProxiedTransport(connection, loop, proxies.headerTimeout(), this), loop);
        }

        // ---- when a proxy has spoken

        @Override
        public void introduced(ProxyHeader header) throws IOException {
            decided();
            SocketAddress source = header.source();
            SocketAddress from = source == null ? address : source;
            Object key = source == null ? socketPeer : keyOf(source);
            String why = decide(from, key, !header.local());
            if (why != null) {
                assert refused != null;
                var refusal = new RefusedException(refused, "Refused: " + why);
                tell(refusal);
                throw refusal;
            }
        }

        private void tell(RefusedException why) {
            ByteBuffer words = refusal();
            try {
                if (words != null && wire != null) {
                    wire.write(words);
                }
            } catch (IOException e) {
                // the peer has gone already
                why.addSuppressed(e);
            }
        }

        /** A user over a Unix-domain socket of a proxy's is not known. */
        private static @Nullable Object keyOf(SocketAddress source) {
            return source instanceof InetSocketAddress internet ? internet.getAddress() : null;
        }

        @Override
        public void failed(ProxyProtocolException why) {
            decided();
            if (why.reason() == CloseReason.PROXY_PROTOCOL) {
                reject(why.reason(), String.valueOf(why.getMessage()));
            }
        }

        private void decided() {
            state = State.DECIDED;
            waiting.decrementAndGet();
        }

        // ---- at its end

        @Override
        public void free() {
            boolean had = state == State.WAITING || state == State.DECIDED;
            if (state == State.WAITING) {
                decided();
            }
            if (state == State.UNUSED) {
                giveBackRate();
            }
            if (peer != null) {
                peers.give(peer);
            }
            if (had) {
                // before its place is given to another, so that there never seem to be more than may be
                ended.incrementAndGet();
            }
            givePlace();
            if (had) {
                checkForNone();
            }
        }
    }
}
