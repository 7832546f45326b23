package dev.iostream.simulation;

import dev.iostream.dns.Resolver;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.LoopOptions;
import dev.iostream.simulation.SimulatedNetwork.Outcome;
import dev.iostream.simulation.SimulatedNetwork.Route;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.transport.DialOptions;
import dev.iostream.transport.Network;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A loop and a network in memory, in virtual time: tests of protocols run in it without sockets and without waiting, and
 * the same seed gives the same run.
 *
 * <p>Confined to the thread that uses it.
 *
 * <pre>{@code
 * var simulation = new Simulation(Link.perfect().latency(Duration.ofMillis(5)).chunk(1));
 * var peers = simulation.connect();
 * peers.server().readUntil("\n", line -> peers.server().write(line));
 * peers.client().write("hello\n");
 * peers.client().readUntil("\n", line -> System.out.print(new String(line)));
 * simulation.run();
 * }</pre>
 */
public final class Simulation {
    private final long seed;
    private final VirtualPoller poller;
    private final IOLoop loop;
    private final SimulatedNetwork network;
    private final SimulatedResolver resolver;

    /** A simulation whose connections are all like {@code link}, with a seed of its own. */
    public Simulation(Link link) {
        this(link, new SplittableRandom().nextLong());
    }

    /** The same with the seed of an earlier run. */
    public Simulation(Link link, long seed) {
        this(link, seed, options -> options);
    }

    /** The same with other options for the loop; what they say of the poller does not count. */
    public Simulation(Link link, long seed, UnaryOperator<LoopOptions> loopOptions) {
        this.seed = seed;
        this.poller = new VirtualPoller(this::stop);
        this.loop =
                new IOLoop(loopOptions.apply(LoopOptions.named("simulation")).poller(() -> poller));
        this.network = new SimulatedNetwork(loop, link, new SplittableRandom(seed));
        this.resolver = new SimulatedResolver(loop);
    }

    private void stop() {
        loop.stop();
    }

    /** The loop that everything runs on. */
    public IOLoop loop() {
        return loop;
    }

    /** The network, for servers that are to listen in the simulation. */
    public Network network() {
        return network;
    }

    /** What the run depends on, for messages of failing tests. */
    public long seed() {
        return seed;
    }

    /** The resolver of the names that this simulation was told; it knows no others. */
    public Resolver resolver() {
        return resolver;
    }

    /** Dial options for this simulation: its network, its resolver, and otherwise the defaults. */
    public DialOptions dialOptions() {
        return DialOptions.defaults().network(network).resolver(resolver);
    }

    // ---- the world outside

    /** Makes {@code host} a name of these addresses, the preferred one first; of none, it is known to have none. */
    public void name(String host, InetAddress... addresses) {
        resolver.name(host, Duration.ZERO, List.of(addresses));
    }

    /** The same for a name server that takes so long to answer. */
    public void slowName(String host, Duration delay, InetAddress... addresses) {
        resolver.name(host, delay, List.of(addresses));
    }

    /** Makes {@code host} a name about which nobody ever answers. */
    public void silentName(String host) {
        resolver.name(host, null, List.of());
    }

    /** Refuses connections to {@code address}, even if somebody listens there. Where nobody does, they are anyway. */
    public void refuse(SocketAddress address) {
        network.route(address, new Route(Outcome.REFUSAL, Duration.ZERO));
    }

    /** Has connections to {@code address} fail because there is no route to it. */
    public void unreachable(SocketAddress address) {
        network.route(address, new Route(Outcome.UNREACHABLE, Duration.ZERO));
    }

    /** Swallows requests to connect to {@code address}: neither success nor failure ever comes back. */
    public void blackHole(SocketAddress address) {
        network.route(address, new Route(Outcome.SILENCE, Duration.ZERO));
    }

    /** Lets requests to connect to {@code address} arrive so much later than others. */
    public void slow(SocketAddress address, Duration delay) {
        network.route(address, new Route(Outcome.ORDINARY, delay));
    }

    /** Makes connections to {@code address} ordinary again. */
    public void restore(SocketAddress address) {
        network.route(address, null);
    }

    // ---- streams

    /** Two connected streams with the default options. */
    public Peers connect() {
        return connect(StreamOptions.defaults(), StreamOptions.defaults());
    }

    /** Two connected streams. */
    public Peers connect(StreamOptions client, StreamOptions server) {
        SimulatedTransport near = network.pair();
        return new Peers(stream(near, client), stream(near.peer(), server));
    }

    /** A stream connected to whoever listens at {@code address} in this simulation. */
    public IOStream connect(SocketAddress address, StreamOptions options) {
        try {
            return stream(network.connected(address), options);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not connect to " + address + ": " + e.getMessage(), e);
        }
    }

    private IOStream stream(Transport transport, StreamOptions options) {
        try {
            return IOStream.over(transport, loop, options);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not open a simulated stream: " + e.getMessage(), e);
        }
    }

    /**
     * Runs until nothing is left to do, however much virtual time that takes.
     *
     * @throws IllegalStateException when it takes millions of turns without time passing, which means that something spins
     */
    public void run() {
        poller.horizon(Long.MAX_VALUE);
        loop.start();
    }

    /** Runs for so much virtual time, or until nothing is left to do; the time passes all the same. */
    public void run(Duration duration) {
        poller.horizon(poller.nanoTime() + duration.toNanos());
        loop.start();
    }

    /**
     * Lets time pass in which nothing is run, as when the whole process stands still; what was due meanwhile comes at once
     * with the next run, in its order.
     */
    public void standStill(Duration duration) {
        poller.skip(duration.toNanos());
    }

    /** The two ends of a connection. */
    public record Peers(IOStream client, IOStream server) {}
}
