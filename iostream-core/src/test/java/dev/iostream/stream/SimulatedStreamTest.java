package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.IOLoop;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Nested;

/** The contract in memory and in virtual time, on links that cut the bytes into pieces of different sizes. */
class SimulatedStreamTest {
    abstract static class OnALink extends StreamContract {
        private final Simulation simulation;

        OnALink(Link link) {
            this.simulation = new Simulation(link.latency(Duration.ofMillis(1)).window(32 * 1024));
        }

        @Override
        int much() {
            return 200_000;
        }

        @Override
        IOLoop loop() {
            return simulation.loop();
        }

        @Override
        Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) {
            Simulation.Peers peers = simulation.connect(clientOptions, serverOptions);
            return new Pair(peers.client(), peers.server());
        }

        @Override
        void runUntil(BooleanSupplier condition) {
            simulation.run();
            assertThat(condition.getAsBoolean())
                    .as("the condition, when nothing more can happen; seed %d", simulation.seed())
                    .isTrue();
        }

        @Override
        void runUntilQuiet() {
            simulation.run(Duration.ofSeconds(1));
        }
    }

    @Nested
    class ChunksOf1Byte extends OnALink {
        ChunksOf1Byte() {
            super(Link.perfect().chunk(1));
        }
    }

    @Nested
    class ChunksOf7Bytes extends OnALink {
        ChunksOf7Bytes() {
            super(Link.perfect().chunk(7));
        }
    }

    @Nested
    class ChunksOf1000Bytes extends OnALink {
        ChunksOf1000Bytes() {
            super(Link.perfect().chunk(1000));
        }
    }

    @Nested
    class ChunksOf100000Bytes extends OnALink {
        ChunksOf100000Bytes() {
            super(Link.perfect().chunk(100_000));
        }
    }

    @Nested
    class ChunksOfRandomSizes extends OnALink {
        ChunksOfRandomSizes() {
            super(Link.perfect().randomChunks(3000));
        }
    }
}
