package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.transport.Network;
import dev.iostream.transport.Transport;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The contract in memory and in virtual time. */
class SimulatedServerTest extends ServerContract {
    private static final int MOST_STEPS = 100_000;
    private static final Duration STEP = Duration.ofMillis(1);

    private final Simulation simulation =
            new Simulation(Link.perfect().randomChunks(5).latency(Duration.ofMillis(1)));

    @Override
    IOLoop loop() {
        return simulation.loop();
    }

    @Override
    Network network() {
        return simulation.network();
    }

    @Override
    IOStream connect(SocketAddress address) {
        return simulation.connect(address, StreamOptions.defaults());
    }

    @Override
    IOStream connect(InetAddress source, SocketAddress address) throws IOException {
        Transport transport = simulation
                .network()
                .connect(address, new InetSocketAddress(source, 0), TransportOptions.defaults(), loop());
        return IOStream.over(transport, loop(), StreamOptions.defaults());
    }

    @Test
    void aServerListensNowhereOnceItsLoopHasClosed() {
        var world = new Simulation(Link.perfect());
        var server = new TCPServer(
                world.loop(), stream -> {}, options().network(world.network()).build());
        server.listen(ANY_PORT);
        assertThat(server.stats().state()).isEqualTo(ServerState.ACCEPTING);
        world.loop().close();
        assertThat(server.stats().state()).isEqualTo(ServerState.STOPPED);
        assertThat(server.localAddresses()).isEmpty();
        assertThat(reported).isEmpty();
    }

    @Override
    void runUntil(BooleanSupplier condition) {
        for (int i = 0; i < MOST_STEPS && !condition.getAsBoolean(); i++) {
            simulation.run(STEP);
        }
        assertThat(condition.getAsBoolean())
                .as("the condition, after %d steps; seed %d", MOST_STEPS, simulation.seed())
                .isTrue();
    }

    @Override
    void runUntilQuiet() {
        simulation.run(Duration.ofSeconds(1));
    }

    @Test
    void theDeadlineOfADrainIsKeptToTheMoment() {
        TCPServer server = listeningEchoServer();
        client(server).says("half");
        runUntilQuiet();
        long before = loop().nanoTime();

        CompletableFuture<Drained> drained = server.drain(Duration.ofSeconds(30));
        simulation.run(Duration.ofSeconds(30).minusNanos(1));
        assertThat(drained).isNotDone();
        simulation.run(Duration.ofNanos(1));

        assertThat(drained).isCompletedWithValue(new Drained(0, 1));
        assertThat(Duration.ofNanos(loop().nanoTime() - before)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theRateIsKeptToTheMomentAndABurstComesAfterAPause() {
        TCPServer server = echoServer(options().admission(Admission.defaults().acceptRate(10, 3)));
        server.listen(ANY_PORT);
        for (int i = 0; i < 8; i++) {
            client(server).says("ping\n");
        }
        simulation.run(Duration.ZERO);
        assertThat(server.stats().accepted()).as("a burst").isEqualTo(3);
        for (int i = 4; i <= 8; i++) {
            simulation.run(Duration.ofMillis(100).minusNanos(1));
            assertThat(server.stats().accepted()).isEqualTo(i - 1);
            simulation.run(Duration.ofNanos(1));
            assertThat(server.stats().accepted()).isEqualTo(i);
        }
        simulation.run(Duration.ofHours(1));
        for (int i = 0; i < 8; i++) {
            client(server).says("ping\n");
        }
        simulation.run(Duration.ZERO);
        assertThat(server.stats().accepted()).as("another burst").isEqualTo(8 + 3);
        assertThat(server.stats().throttled()).isTrue();
        simulation.run(Duration.ofSeconds(1));
        assertThat(server.stats().accepted()).isEqualTo(16);
        assertThat(server.stats().throttled()).isFalse();
    }

    @Test
    void aHeaderHasThreeSecondsToTheMomentHoweverManyBytesOfItCome() {
        TCPServer server =
                echoServer(options().admission(Admission.defaults().proxyProtocol(ProxyProtocol.from("127.0.0.1"))));
        server.listen(ANY_PORT);
        Client client = client(server);
        simulation.run(Duration.ofMillis(1));
        client.stream.write("PROXY ");
        simulation.run(Duration.ofMillis(2_998));
        assertThat(server.stats().introducing()).isEqualTo(1);
        simulation.run(Duration.ofMillis(1));
        assertThat(server.stats().rejected(CloseReason.PROXY_PROTOCOL)).isEqualTo(1);
        assertThat(server.stats().introducing()).isZero();
    }

    @Test
    void whatTheBacklogDoesNotHoldComesLater() {
        TCPServer server = echoServer(options().backlog(1));
        server.listen(ANY_PORT);
        server.pause();
        Client first = client(server).says("ping\n");
        Client second = client(server).says("ping\n");
        second.hearsNothing();
        server.resume();
        first.hears("ping\n");
        second.hears("ping\n");
    }
}
