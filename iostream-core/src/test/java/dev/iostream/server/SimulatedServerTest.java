package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.IOLoop;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The contract in memory and in virtual time. */
class SimulatedServerTest extends ServerContract {
    private final Simulation simulation =
            new Simulation(Link.perfect().randomChunks(5).latency(Duration.ofMillis(1)));

    @Override
    IOLoop loop() {
        return simulation.loop();
    }

    @Override
    ServerOptions options(String name) {
        return ServerOptions.named(name).network(simulation.network());
    }

    @Override
    IOStream connect(SocketAddress address) {
        return simulation.connect(address, StreamOptions.defaults());
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
