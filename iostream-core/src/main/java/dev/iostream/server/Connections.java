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
        return new OfAcceptor(loop, placement);
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

    /** How far a slot has come: a proxy is to say whom its connection is from, or all is known. */
    private sealed interface State permits Introduction, Known {}

    private enum Known implements State {
        /** Nothing was accepted into it. */
        UNUSED,
        /** Its connection was refused at once. */
        REFUSED,
        /** The same, without a word: from somebody who should have been a proxy. */
        REFUSED_SILENTLY,
        /** It is known whom its connection is from, and that one is served, or was refused. */
        DECIDED
    }

    /** The slots of one acceptor. */
    private final class OfAcceptor implements Slots {
        private final IOLoop loop;
        private final Network.Placement placement;
        private boolean throttling;

        OfAcceptor(IOLoop loop, Network.Placement placement) {
            this.loop = loop;
            this.placement = placement;
        }

        @Override
        public @Nullable Slot take() {
            long wait = rate == null ? 0 : rate.take(loop.nanoTime());
            if (wait > 0) {
                retryAfter(wait);
                return null;
            }
            var connection = new Connection();
            if (takePlace()) {
                return connection;
            }
            giveBackRate();
            return null;
        }

        private void retryAfter(long nanos) {
            if (!throttling) {
                loop.addTimeout(Duration.ofNanos(nanos), () -> {
                    throttling = false;
                    throttled.decrementAndGet();
                    retry.run();
                });
                throttling = true;
                throttled.incrementAndGet();
            }
        }

        @Override
        public void failed(IOException failure) {
            failures.incrementAndGet();
        }

        /** One slot, and what is in it. On one thread at a time: the acceptor's, and then its loop's. */
        private final class Connection implements Slot {
            private State state = Known.UNUSED;
            /** The peer that it is counted for. */
            private @Nullable Object peer;

            @Override
            public boolean admits(@Nullable SocketAddress from, Supplier<? extends @Nullable Object> peerOf) {
                Object socketPeer = peers.areLimited() ? peerOf.get() : null;
                ProxyProtocol proxies = admission.proxyProtocol();
                if (proxies == null) {
                    return decide(loop, from, socketPeer, true) == null ? enter(Known.DECIDED) : refuse(Known.REFUSED);
                }
                if (!proxies.trusts(from)) {
                    reject(
                            loop,
                            CloseReason.PROXY_PROTOCOL,
                            from + " is no proxy that is trusted (ProxyProtocol.trusted)");
                    return refuse(Known.REFUSED_SILENTLY);
                }
                waiting.incrementAndGet();
                return enter(new Introduction(this, loop, from, socketPeer));
            }

            private boolean enter(State next) {
                state = next;
                entered.incrementAndGet();
                return true;
            }

            private boolean refuse(Known how) {
                state = how;
                return false;
            }

            /** Counts the connection for its peer, or as refused; why it was, or null. Called on the loop {@code here}. */
            @Nullable
            Refusal decide(IOLoop here, @Nullable SocketAddress from, @Nullable Object key, boolean byAddress) {
                if (byAddress && !admission.allows(from)) {
                    return reject(
                            here,
                            CloseReason.ACCESS_DENIED,
                            from + " may not connect (Admission.allow, Admission.deny)");
                }
                if (key != null && !peers.take(key)) {
                    return reject(
                            here,
                            CloseReason.CONNECTION_LIMIT,
                            from + " has as many connections as it may (ServerOptions.maxConnectionsPerPeer)");
                }
                peer = key;
                accepted.incrementAndGet();
                return null;
            }

            Refusal reject(IOLoop here, CloseReason reason, String why) {
                rejections.add(reason, why, here.nanoTime());
                return new Refusal(reason, why);
            }

            @Override
            public @Nullable ByteBuffer refusal() {
                return state == Known.REFUSED_SILENTLY ? null : admission.rejectWith();
            }

            @Override
            public IOLoop place() {
                return placement.next();
            }

            @Override
            public void fill(Transport connection, IOLoop target) {
                ProxyProtocol proxies = admission.proxyProtocol();
                if (proxies != null && state instanceof Introduction awaited) {
                    awaited.on(connection, target);
                    taker.take(new ProxiedTransport(connection, target, proxies.headerTimeout(), awaited), target);
                } else {
                    taker.take(connection, target);
                }
            }

            /** It is known whom the connection is from. */
            void decided() {
                state = Known.DECIDED;
                waiting.decrementAndGet();
            }

            @Override
            public void free() {
                if (state instanceof Introduction) {
                    decided();
                }
                boolean had = state == Known.DECIDED;
                if (state == Known.UNUSED) {
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

    /** Why a connection may not be here. */
    private record Refusal(CloseReason reason, String why) {}

    /** A connection of which a proxy has still to say whom it is from. */
    private final class Introduction implements State, ProxiedTransport.Introduction {
        private final OfAcceptor.Connection connection;
        private final @Nullable SocketAddress address;
        /** What the peer of the socket is told apart by. */
        private final @Nullable Object socketPeer;

        private @Nullable Transport wire;
        /** The acceptor's at first, and then the connection's. */
        private IOLoop loop;

        Introduction(
                OfAcceptor.Connection connection,
                IOLoop loop,
                @Nullable SocketAddress address,
                @Nullable Object socketPeer) {
            this.connection = connection;
            this.loop = loop;
            this.address = address;
            this.socketPeer = socketPeer;
        }

        /** Where its connection is from now on. */
        void on(Transport connected, IOLoop target) {
            wire = connected;
            loop = target;
        }

        @Override
        public void introduced(ProxyHeader header) throws IOException {
            connection.decided();
            SocketAddress source = header.source();
            SocketAddress from = source == null ? address : source;
            Object key = source == null ? socketPeer : keyOf(source);
            Refusal refused = connection.decide(loop, from, key, !header.local());
            if (refused != null) {
                var refusal = new RefusedException(refused.reason(), "Refused: " + refused.why());
                tell(refusal);
                throw refusal;
            }
        }

        private void tell(RefusedException why) {
            ByteBuffer words = connection.refusal();
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
            connection.decided();
            if (why.reason() == CloseReason.PROXY_PROTOCOL) {
                connection.reject(loop, why.reason(), String.valueOf(why.getMessage()));
            }
        }
    }
}
