package dev.iostream.simulation;

import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.Network;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Listeners and connections in memory. Confined to the simulation's loop. */
final class SimulatedNetwork implements Network {
    private static final int FIRST_EPHEMERAL = 49_152;

    private final IOLoop loop;
    private final Link link;
    private final SplittableRandom random;
    private final Map<SocketAddress, SimulatedAcceptor> listening = new HashMap<>();
    private int nextPort = FIRST_EPHEMERAL;

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

    SimulatedTransport connect(SocketAddress address) throws IOException {
        SimulatedAcceptor acceptor = listening.get(address);
        if (acceptor == null) {
            throw new ConnectException("Connection refused");
        }
        SimulatedTransport near = pair(ephemeral(), address);
        loop.addCallback(() -> acceptor.accepted.accept(new Accepted(near.peer(), loop)));
        return near;
    }

    @Override
    public Acceptor listen(
            SocketAddress address, int backlog, IOLoop on, Placement placement, Consumer<Accepted> accepted)
            throws IOException {
        SocketAddress chosen = address;
        if (address instanceof InetSocketAddress internet && internet.getPort() == 0) {
            chosen = new InetSocketAddress(internet.getAddress(), nextPort++);
        }
        var acceptor = new SimulatedAcceptor(chosen, accepted);
        if (listening.putIfAbsent(chosen, acceptor) != null) {
            throw new BindException("Address already in use");
        }
        return acceptor;
    }

    private SocketAddress ephemeral() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), nextPort++);
    }

    private final class SimulatedAcceptor implements Acceptor {
        private final SocketAddress address;
        private final Consumer<Accepted> accepted;

        SimulatedAcceptor(SocketAddress address, Consumer<Accepted> accepted) {
            this.address = address;
            this.accepted = accepted;
        }

        @Override
        public SocketAddress localAddress() {
            return address;
        }

        @Override
        public CompletableFuture<Void> close() {
            listening.remove(address, this);
            return CompletableFuture.completedFuture(null);
        }
    }
}
