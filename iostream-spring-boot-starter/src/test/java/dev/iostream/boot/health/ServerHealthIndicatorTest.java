package dev.iostream.boot.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.event.EndpointStats;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.ServerState;
import dev.iostream.server.ServerStats;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** Health of a server in a simulated network. */
class ServerHealthIndicatorTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9000);

    private final Simulation simulation = new Simulation(Link.perfect());
    private final TCPServer server = new TCPServer(
            simulation.loop(),
            Handlers.echo(),
            ServerOptions.builder("echo")
                    .maxConnections(1)
                    .network(simulation.network())
                    .build());
    private boolean shouldListen = true;
    private final ServerHealthIndicator indicator =
            new ServerHealthIndicator(new ServerBinding(server, ADDRESS), () -> shouldListen);

    private void listen() {
        server.listen(ADDRESS);
        simulation.run();
    }

    @Test
    void aServerThatAcceptsIsUp() {
        listen();

        Health health = indicator.health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .containsEntry("state", ServerState.ACCEPTING)
                .containsEntry("addresses", List.of("127.0.0.1:9000"))
                .containsEntry("connections", 0L)
                .containsEntry("limit", 1)
                .doesNotContainKeys("full", "insecure", "error");
    }

    @Test
    void oneThatEverybodyCanReachAndReadSaysSo() {
        var open = new ServerHealthIndicator(new ServerBinding(server, new InetSocketAddress(9000)), () -> false);

        assertThat(open.health().getDetails())
                .containsEntry("insecure", List.of("listens on all interfaces without TLS"));
    }

    @Test
    void oneThatIsFullIsUpAndSaysSo() {
        listen();
        IOStream client = simulation.connect(ADDRESS, StreamOptions.defaults());
        client.readUntil("\n", line -> {});
        simulation.run(Duration.ofSeconds(1));

        Health health = indicator.health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("connections", 1L).containsEntry("full", true);
    }

    @Test
    void oneThatIsPausedOrDrainsIsOutOfService() {
        listen();
        server.pause();
        assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        server.resume();
        assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);

        server.drain(Duration.ofSeconds(1));

        Health health = indicator.health();
        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails()).containsEntry("state", ServerState.DRAINING);
    }

    @Test
    void oneThatIsOnlyBoundIsOutOfService() {
        server.bind(ADDRESS);

        assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    }

    @Test
    void oneThatShouldListenAndDoesNotIsDown() {
        Health health = indicator.health();

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("error", "It should listen and does not");
    }

    @Test
    void oneThatTheApplicationHasStoppedIsOutOfService() {
        shouldListen = false;

        assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    }

    @Test
    void oneWithoutDescriptorsIsOutOfServiceUntilItHasSomeAgain() {
        var starved = new TCPServer(simulation.loop(), Handlers.echo(), ServerOptions.named("echo")) {
            private boolean backingOff = true;

            @Override
            public ServerStats stats() {
                EndpointStats streams = super.stats().streams();
                return new ServerStats(
                        streams, ServerState.ACCEPTING, false, false, backingOff, 0, 0, 0, Map.of(), 1, 0);
            }
        };
        var starvedIndicator = new ServerHealthIndicator(new ServerBinding(starved, ADDRESS), () -> true);

        Health health = starvedIndicator.health();

        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails().get("error")).asString().contains("raise the limit of open files");
        starved.backingOff = false;
        assertThat(starvedIndicator.health().getStatus()).isEqualTo(Status.UP);
    }
}
