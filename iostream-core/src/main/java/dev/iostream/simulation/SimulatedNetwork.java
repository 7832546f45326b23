package dev.iostream.simulation;

import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.ListenOptions;
import dev.iostream.transport.Network;
import dev.iostream.transport.Slots;
import dev.iostream.transport.Transport;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Listeners and connections in memory. Confined to the simulation's loop. */
final class SimulatedNetwork implements Network {
    private static final int FIRST_EPHEMERAL = 49_152;
    private static final int LAST_PORT = 65_535;
    /** When a request to connect that a full backlog has swallowed is sent again (RFC 6298, section 2.1). */
    private static final Duration SECOND_TRY = Duration.ofSeconds(1);

    private final IOLoop loop;
    private final Link link;
    private final SplittableRandom random;
    private final Map<SocketAddress, SimulatedAcceptor> listening = new HashMap<>();
    private final Map<SocketAddress, Route> routes = new HashMap<>();
    private int nextPort = FIRST_EPHEMERAL;
    /** How often all ports were used; each time the machine gets another address, so that there are enough. */
    private int rounds;

    SimulatedNetwork(IOLoop loop, Link link, SplittableRandom random) {
        this.loop = loop;
        this.link = link;
        this.random = random;
    }

    /** A new connection; the other end is its peer. */
    SimulatedTransport pair() {
        return pair(ephemeral(), ephemeral());
    }

    private SimulatedTransport pair(SocketAddress near, SocketAddress far) {
        var there = new SimulatedPipe(loop, link, random);
        var back = new SimulatedPipe(loop, link, random);
        var one = new SimulatedTransport(loop, back, there, near, far);
        SimulatedTransport.pair(one, new SimulatedTransport(loop, there, back, far, near));
        return one;
    }

    /** A connection that is there at once, to whoever listens at {@code address}. */
    SimulatedTransport connected(SocketAddress address) throws IOException {
        if (listenerAt(address) == null) {
            throw new ConnectException("Connection refused");
        }
        SimulatedTransport near = pair(ephemeral(), address);
        loop.addCallback(() -> offer(near, address));
        return near;
    }

    private void offer(SimulatedTransport near, SocketAddress address) {
        SimulatedAcceptor acceptor = listenerAt(address);
        if (acceptor == null) {
            near.peer().reset();
        } else if (acceptor.hasRoom()) {
            acceptor.offer(near.peer());
        } else {
            loop.addTimeout(SECOND_TRY, () -> offer(near, address));
        }
    }

    /** Makes connections to {@code address} go another way from now on; null makes them ordinary again. */
    void route(SocketAddress address, @Nullable Route route) {
        if (route == null) {
            routes.remove(address);
        } else {
            routes.put(address, route);
        }
    }

    @Override
    public Transport connect(
            SocketAddress address, @Nullable SocketAddress source, TransportOptions options, IOLoop on) {
        if (on != loop) {
            throw new IllegalArgumentException("A simulation has one loop, and connects on no other: " + on.name());
        }
        SimulatedTransport near = pair(localFor(source), address);
        near.connecting();
        Route route = routes.getOrDefault(address, Route.ORDINARY);
        if (route.outcome() != Outcome.SILENCE) {
            after(link.latency().plus(route.delay()), () -> arrive(near, address, route));
        }
        return near;
    }

    /** The request to connect has reached the other side. */
    private void arrive(SimulatedTransport near, SocketAddress address, Route route) {
        if (near.isClosed()) {
            return;
        }
        SimulatedAcceptor acceptor = listenerAt(address);
        if (route.outcome() == Outcome.UNREACHABLE) {
            after(link.latency(), () -> near.refuse(new NoRouteToHostException("No route to host")));
        } else if (acceptor == null || route.outcome() == Outcome.REFUSAL) {
            after(link.latency(), () -> near.refuse(new ConnectException("Connection refused")));
        } else {
            // before what the server sends, which takes as long
            if (acceptor.hasRoom()) {
                after(link.latency(), near::connected);
                acceptor.offer(near.peer());
            } else {
                loop.addTimeout(SECOND_TRY, () -> arrive(near, address, route));
            }
        }
    }

    private @Nullable SimulatedAcceptor listenerAt(SocketAddress address) {
        SimulatedAcceptor acceptor = listening.get(address);
        if (acceptor == null && address instanceof InetSocketAddress internet) {
            return listening.get(new InetSocketAddress(internet.getPort()));
        }
        return acceptor;
    }

    private void after(Duration delay, Runnable event) {
        if (delay.isZero()) {
            loop.addCallback(event);
        } else {
            loop.addTimeout(delay, event);
        }
    }

    private SocketAddress localFor(@Nullable SocketAddress source) {
        if (source instanceof InetSocketAddress internet && internet.getPort() == 0) {
            return new InetSocketAddress(internet.getAddress(), nextPort());
        }
        return source == null ? ephemeral() : source;
    }

    @Override
    public Acceptor listen(SocketAddress address, ListenOptions options, IOLoop on, Slots slots) throws IOException {
        SocketAddress chosen = address;
        if (address instanceof InetSocketAddress internet && internet.getPort() == 0) {
            chosen = free(internet.getAddress());
        }
        SocketAddress taken = chosen;
        if (listening.containsKey(taken)) {
            throw new BindException("Address already in use");
        }
        var acceptor = new SimulatedAcceptor(taken, options.backlog(), loop, slots, () -> listening.remove(taken));
        listening.put(taken, acceptor);
        return acceptor;
    }

    private SocketAddress free(InetAddress host) throws BindException {
        for (int tries = FIRST_EPHEMERAL; tries <= LAST_PORT; tries++) {
            var address = new InetSocketAddress(host, nextPort());
            if (!listening.containsKey(address)) {
                return address;
            }
        }
        throw new BindException("Address already in use: no port of " + host + " is free");
    }

    private SocketAddress ephemeral() {
        int port = nextPort();
        return new InetSocketAddress(machine(), port);
    }

    /** 127.0.0.1 first, then the next one, and so on. */
    private InetAddress machine() {
        try {
            int host = 1 + rounds;
            return InetAddress.getByAddress(new byte[] {127, (byte) (host >> 16), (byte) (host >> 8), (byte) host});
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    private int nextPort() {
        if (nextPort > LAST_PORT) {
            nextPort = FIRST_EPHEMERAL;
            rounds++;
        }
        return nextPort++;
    }

    /** What becomes of requests to connect. */
    enum Outcome {
        /** As whoever listens there, or nobody, has it. */
        ORDINARY,
        REFUSAL,
        UNREACHABLE,
        SILENCE
    }

    /** How a request to connect fares, and how much later than others. */
    record Route(Outcome outcome, Duration delay) {
        static final Route ORDINARY = new Route(Outcome.ORDINARY, Duration.ZERO);
    }
}
