package dev.iostream.boot.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.Handlers;
import dev.iostream.client.ConnectionState;
import dev.iostream.client.ReconnectPolicy;
import dev.iostream.client.TCPClient;
import dev.iostream.event.CloseReason;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TlsOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** Health of a client in a simulated network. */
class ClientHealthIndicatorTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000);

    private final Simulation simulation = new Simulation(Link.perfect());
    private final TCPServer server = new TCPServer(
            simulation.loop(),
            Handlers.echo(),
            ServerOptions.builder("echo").network(simulation.network()).build());
    private final ClientBinding binding = new ClientBinding(builder().build());
    private final ClientHealthIndicator indicator = new ClientHealthIndicator(binding);

    private TCPClient.Builder builder() {
        return TCPClient.builder(simulation.loop())
                .name("orders")
                .target(ADDRESS)
                .dial(simulation.dialOptions())
                .reconnect(ReconnectPolicy.defaults().maxAttempts(2));
    }

    private void connect() {
        binding.client().connect(IOStream::close, (errno, message) -> {});
        simulation.run();
    }

    @Test
    void nothingIsKnownBeforeItIsUsed() {
        Health health = indicator.health();

        assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
        assertThat(health.getDetails())
                .containsEntry("target", "127.0.0.1:7000")
                .containsEntry("connections", 0L)
                .doesNotContainKeys("error", "insecure", "state");
    }

    @Test
    void itIsUpWhenItCouldConnectTheLastTime() {
        connect();
        Health down = indicator.health();
        assertThat(down.getStatus()).isEqualTo(Status.DOWN);
        assertThat(down.getDetails().get("error")).asString().contains("7000").contains("refused");

        server.listen(ADDRESS);
        connect();
        assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
        assertThat(indicator.health().getDetails()).doesNotContainKey("error");
    }

    @Test
    void itIsUpWhileTheConnectionIsThatItKeeps() {
        server.listen(ADDRESS);
        binding.connection();
        assertThat(indicator.health().getStatus()).as("not started").isEqualTo(Status.UNKNOWN);

        binding.connection().start();
        simulation.run(Duration.ofSeconds(1));
        Health up = indicator.health();
        assertThat(up.getStatus()).isEqualTo(Status.UP);
        assertThat(up.getDetails()).containsEntry("state", ConnectionState.UP).containsEntry("failures", 0);
        assertThat(Instant.parse((String) up.getDetails().get("since"))).isBeforeOrEqualTo(Instant.now());

        server.close();
        simulation.run(Duration.ofMillis(10));
        Health waiting = indicator.health();
        assertThat(waiting.getStatus()).isEqualTo(Status.DOWN);
        assertThat(waiting.getDetails())
                .containsEntry("state", ConnectionState.WAITING)
                .containsKey("reason");
    }

    @Test
    void itIsDownWhenItHasGivenUp() {
        binding.connection().start();

        simulation.run();

        Health health = indicator.health();
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails())
                .containsEntry("state", ConnectionState.GAVE_UP)
                .containsEntry("reason", CloseReason.CONNECT_FAILED)
                .containsEntry("failures", 2);
    }

    @Test
    void nothingIsKnownWhileItConnectsForTheFirstTime() {
        simulation.blackHole(ADDRESS);
        binding.connection().start();

        simulation.run(Duration.ofSeconds(1));

        assertThat(indicator.health().getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void oneThatDoesNotVerifyItsServerSaysSo() {
        TlsOptions careless = TlsOptions.client(SslContexts.client()).verify(false);
        var insecure = new ClientHealthIndicator(
                new ClientBinding(builder().tls(careless).build()));

        assertThat(insecure.health().getDetails())
                .containsEntry("insecure", List.of("does not verify the server's certificate"));
    }

    @Test
    void oneThatDoesNotVerifyTheHostSaysSo() {
        TlsOptions careless = TlsOptions.client(SslContexts.client()).verifyHostname(false);
        var insecure = new ClientHealthIndicator(
                new ClientBinding(builder().tls(careless).build()));

        assertThat(insecure.health().getDetails())
                .containsEntry("insecure", List.of("does not verify the server's host name"));
    }
}
