package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.Network;
import dev.iostream.transport.Transport;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Nested;

/** The contract over TLS in memory and in virtual time, on links that cut the records into pieces of different sizes. */
class SimulatedTlsStreamTest {
    abstract static class OnALink extends StreamContract {
        private final Simulation simulation;
        private final TlsPairs pairs;
        private final String protocol;
        private final int much;

        OnALink(Link link, String protocol, int much) {
            this(link, TlsPairs.ofTheJdk(), protocol, much);
        }

        OnALink(Link link, TlsPairs pairs, String protocol, int much) {
            this.pairs = pairs;
            this.simulation = new Simulation(link.latency(Duration.ofMillis(1)).window(32 * 1024));
            this.protocol = protocol;
            this.much = much;
        }

        @Override
        int much() {
            return much;
        }

        @Override
        Set<CloseReason> brokenOff() {
            return TlsPairs.BROKEN_OFF;
        }

        @Override
        boolean halfCloses() {
            return pairs.halfCloses(protocol);
        }

        @Override
        IOLoop loop() {
            return simulation.loop();
        }

        @Override
        Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) throws IOException {
            List<Network.Accepted> accepted = new ArrayList<>();
            Acceptor acceptor = simulation
                    .network()
                    .listen(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            1,
                            loop(),
                            this::loop,
                            accepted::add);
            Transport near =
                    simulation.network().connect(acceptor.localAddress(), null, TransportOptions.defaults(), loop());
            runUntil(() -> accepted.size() == 1);
            acceptor.close();
            Pair pair = pairs.over(near, accepted.get(0).transport(), protocol, loop(), clientOptions, serverOptions);
            runUntil(() -> TlsPairs.secured(pair));
            return pair;
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
    class Tls12InChunksOf1Byte extends OnALink {
        Tls12InChunksOf1Byte() {
            super(Link.perfect().chunk(1), "TLSv1.2", 100_000);
        }
    }

    @Nested
    class Tls13InChunksOf1Byte extends OnALink {
        Tls13InChunksOf1Byte() {
            super(Link.perfect().chunk(1), "TLSv1.3", 100_000);
        }
    }

    @Nested
    class Tls12InChunksOf1000Bytes extends OnALink {
        Tls12InChunksOf1000Bytes() {
            super(Link.perfect().chunk(1000), "TLSv1.2", 200_000);
        }
    }

    @Nested
    class Tls13InChunksOf100000Bytes extends OnALink {
        Tls13InChunksOf100000Bytes() {
            super(Link.perfect().chunk(100_000), "TLSv1.3", 200_000);
        }
    }

    @Nested
    class Tls13InChunksOfRandomSizes extends OnALink {
        Tls13InChunksOfRandomSizes() {
            super(Link.perfect().randomChunks(3000), "TLSv1.3", 200_000);
        }
    }
}
