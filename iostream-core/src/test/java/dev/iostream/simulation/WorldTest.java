package dev.iostream.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.EndpointStats;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole worlds of streams that do random things over faulty connections, each from one seed. What must hold in every one
 * of them is in {@link Actor#verify} and {@link World#verify}.
 *
 * <p>{@code -Dworld.seeds=5000} runs more of them, {@code -Dworld.seed=42} one again.
 */
class WorldTest {
    private static final int SEEDS = Integer.getInteger("world.seeds", 300);

    static LongStream seeds() {
        Long one = Long.getLong("world.seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, SEEDS);
    }

    @ParameterizedTest(name = "-Dworld.seed={0}")
    @MethodSource("seeds")
    void nothingIsLostDoubledOrLeftOverInAnyWorld(long seed) throws IOException {
        var world = new World(seed);
        world.run();
        world.verify();
    }

    @Test
    void theSameSeedGivesTheSameWorld() throws IOException {
        for (long seed = 0; seed < 10; seed++) {
            var one = new World(seed);
            var other = new World(seed);
            one.run();
            other.run();
            assertThat(other.trace()).as("seed %d", seed).isEqualTo(one.trace());
        }
    }

    private static final class World {
        private static final Duration LONG_ENOUGH = Duration.ofMinutes(5);
        /** Turns that a world takes at most; more mean that something spins. */
        private static final long MOST_TURNS = 400_000;

        private final Simulation simulation;
        private final SplittableRandom random;
        private final Endpoint endpoint = new Endpoint("world");
        private final List<Actor> clients = new ArrayList<>();
        private final List<Actor> servers = new ArrayList<>();
        private final List<FaultyTransport> transports = new ArrayList<>();
        private final List<Throwable> mistakes = new ArrayList<>();
        private final StreamOptions options;

        World(long seed) throws IOException {
            random = new SplittableRandom(seed);
            simulation = new Simulation(link(), seed);
            simulation.loop().setExceptionHandler(mistakes::add);
            options = options();
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000);
            int faults = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(10);
            Acceptor acceptor = simulation
                    .network()
                    .listen(
                            address,
                            16,
                            simulation.loop(),
                            simulation::loop,
                            accepted -> servers.add(actor(
                                    "server",
                                    new FaultyTransport(
                                            accepted.transport(), simulation.loop(), random.split(), faults))));
            int connections = 1 + random.nextInt(5);
            for (int i = 0; i < connections; i++) {
                var wire = simulation.network().connect(address, null, TransportOptions.defaults(), simulation.loop());
                clients.add(actor("client", new FaultyTransport(wire, simulation.loop(), random.split(), faults)));
            }
            simulation.run(Duration.ofSeconds(1));
            acceptor.close();
            clients.forEach(Actor::start);
            servers.forEach(Actor::start);
        }

        private Link link() {
            Link link = Link.perfect()
                    .window(1 + random.nextInt(100_000))
                    .latency(Duration.ofNanos(random.nextInt(20_000_000)));
            int chunk = 1 + random.nextInt(random.nextBoolean() ? 200 : 40_000);
            return random.nextBoolean() ? link.chunk(chunk) : link.randomChunks(chunk);
        }

        private StreamOptions options() {
            StreamOptions.Builder builder = StreamOptions.builder()
                    .endpoint(endpoint)
                    .maxBufferSize(150_000)
                    .closeTimeout(Duration.ofSeconds(30));
            if (random.nextInt(4) == 0) {
                builder.idleTimeout(Duration.ofSeconds(20)).writeStallTimeout(Duration.ofSeconds(15));
            }
            return builder.build();
        }

        private Actor actor(String role, FaultyTransport transport) {
            transports.add(transport);
            try {
                IOStream stream = IOStream.over(transport, simulation.loop(), options);
                return new Actor(role + transports.size(), stream, random.split(), random.nextInt(3) > 0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void run() {
            for (int pause = random.nextInt(3); pause > 0; pause--) {
                simulation
                        .loop()
                        .addTimeout(
                                Duration.ofMillis(random.nextInt(200)),
                                () -> simulation.standStill(Duration.ofMillis(random.nextInt(3000))));
            }
            simulation.run(LONG_ENOUGH);
            clients.forEach(Actor::finish);
            servers.forEach(Actor::finish);
            // long enough for what is under way, too short for a deadline that nobody waits for any more
            simulation.run(Duration.ofSeconds(1));
        }

        void verify() {
            assertThat(mistakes).allMatch(Actor.Mistake.class::isInstance);
            assertThat(servers).as("accepted streams").hasSameSizeAs(clients);
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).verify(servers.get(i));
                servers.get(i).verify(clients.get(i));
            }
            assertThat(transports).as("transports used after their close").allMatch(one -> one.callsAfterClose == 0);
            EndpointStats stats = endpoint.stats();
            assertThat(stats.active()).as("open streams").isZero();
            assertThat(stats.readBuffer()).as("bytes counted as read").isZero();
            assertThat(stats.writeBuffer()).as("bytes counted as written").isZero();
            assertThat(stats.closed(CloseReason.CALLBACK_FAILED)).as("mistakes").isEqualTo(mistakes.size());
            var loop = simulation.loop().stats();
            assertThat(loop.streams()).as("streams of the loop").isZero();
            assertThat(loop.timers()).as("timers left").isZero();
            assertThat(loop.tasks()).as("tasks left").isZero();
            assertThat(loop.turns()).as("turns").isLessThan(MOST_TURNS);
            assertThat(simulation.loop().memory().used())
                    .as("memory accounted for")
                    .isZero();
        }

        /** What two runs of one seed must agree in. */
        String trace() {
            EndpointStats stats = endpoint.stats();
            return simulation.loop().stats().turns() + " turns, "
                    + simulation.loop().nanoTime() + " ns, " + stats;
        }
    }
}
