package dev.iostream.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the meters show of clients, in a simulated network. */
class ClientMetersTest {
    private static final int PORT = 7000;

    private final Simulation simulation = new Simulation(Link.perfect().latency(Duration.ofMillis(5)));
    private final IOLoopGroup group = IOLoopGroup.of(simulation.loop());
    private final LoopHeartbeats heartbeats = new LoopHeartbeats(group);
    private final StreamRecorders recorders = new StreamRecorders();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final InetSocketAddress address = new InetSocketAddress(loopback, PORT);
    private final TCPServer server = new TCPServer(
            simulation.loop(),
            Handlers.echo(),
            ServerOptions.builder("echo").network(simulation.network()).build());
    private final IOStreamFactory factory = new IOStreamFactory(recorders.customize(
            EndpointRole.FACTORY,
            "default",
            StreamOptions.builder().dial(simulation.dialOptions()).build()));

    private TCPClient client(String host) {
        StreamOptions options =
                StreamOptions.builder().dial(simulation.dialOptions()).build();
        var client = TCPClient.builder(simulation.loop()).name("orders").target(host, PORT).stream(
                        recorders.customize(EndpointRole.CLIENT, "orders", options))
                .build();
        var clients = new IOStreamClients(List.of(new ClientBinding(client)));
        new IOStreamMetrics(group, heartbeats, new IOStreamServers(List.of()), clients, factory, recorders)
                .bindTo(registry);
        return client;
    }

    private void connect(TCPClient client) {
        client.connect(IOStream::close, (errno, message) -> {});
        simulation.run();
    }

    private Timer timer(String name, String outcome) {
        return registry.get(name)
                .tags("role", "client", "endpoint", "orders", "outcome", outcome)
                .timer();
    }

    private double value(String name, String... tags) {
        return registry.get(name)
                .tag("endpoint", "orders")
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void aConnectionThatIsMadeIsTimedFromTheNameToTheSocket() {
        server.listen(address);
        simulation.slowName("orders.internal", Duration.ofMillis(40), loopback);
        simulation.slow(address, Duration.ofMillis(7));

        connect(client("orders.internal"));

        assertThat(timer("iostream.dns.lookup", "success").totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(40);
        assertThat(timer("iostream.connect", "success").count()).isEqualTo(1);
        assertThat(timer("iostream.connect", "success").totalTime(TimeUnit.MILLISECONDS))
                .isBetween(7.0, 30.0);
        assertThat(value("iostream.connections.opened")).isEqualTo(1);
        assertThat(value("iostream.connections.closed", "reason", "local")).isEqualTo(1);
    }

    @Test
    void failuresAreToldApart() {
        simulation.name("orders.internal", loopback);
        simulation.refuse(address);
        TCPClient client = client("orders.internal");
        connect(client);
        assertThat(timer("iostream.connect", "refused").count()).isEqualTo(1);

        simulation.blackHole(address);
        connect(client);
        assertThat(timer("iostream.connect", "timeout").totalTime(TimeUnit.SECONDS))
                .isEqualTo(10);
        assertThat(value("iostream.deadlines", "kind", "connect")).isEqualTo(1);

        simulation.unreachable(address);
        connect(client);
        assertThat(timer("iostream.connect", "error").count()).isEqualTo(1);

        simulation.name("orders.internal");
        connect(client);
        assertThat(timer("iostream.dns.lookup", "failure").count()).isEqualTo(1);
        assertThat(timer("iostream.connect", "dns").count()).isEqualTo(1);

        simulation.silentName("orders.internal");
        connect(client);
        assertThat(timer("iostream.dns.lookup", "timeout").totalTime(TimeUnit.SECONDS))
                .isEqualTo(30);
        assertThat(timer("iostream.connect", "dns").totalTime(TimeUnit.SECONDS)).isEqualTo(30);
        assertThat(value("iostream.deadlines", "kind", "dns")).isEqualTo(1);

        assertThat(timer("iostream.connect", "success").count()).isZero();
        assertThat(value("iostream.connections.failed", "reason", "connect_failed"))
                .isEqualTo(3);
        assertThat(value("iostream.connections.opened")).isZero();
        assertThat(value("iostream.errors", "kind", "io")).isEqualTo(3);
    }

    @Test
    void aConnectionThatIsKeptUpIsInOneState() {
        TCPClient client = client("127.0.0.1");
        SupervisedConnection connection = client.supervise(stream -> stream.readUntilClose(bytes -> {}));
        assertThat(value("iostream.client.state", "state", "idle")).isEqualTo(1);

        server.listen(address);
        connection.start();
        simulation.run(Duration.ofSeconds(1));
        assertThat(value("iostream.client.state", "state", "up")).isEqualTo(1);
        assertThat(value("iostream.client.state", "state", "idle")).isZero();
        assertThat(value("iostream.client.reconnects")).isZero();

        server.close();
        simulation.run(Duration.ofMillis(50));
        assertThat(value("iostream.client.state", "state", "waiting")).isEqualTo(1);

        server.listen(address);
        simulation.run(Duration.ofSeconds(2));
        assertThat(value("iostream.client.state", "state", "up")).isEqualTo(1);
        assertThat(value("iostream.client.reconnects")).isEqualTo(1);
    }

    @Test
    void aConnectionThatIsBeingMadeIsOpening() {
        simulation.blackHole(address);
        TCPClient client = client("127.0.0.1");
        client.connect(IOStream::close, (errno, message) -> {});

        simulation.run(Duration.ofSeconds(1));

        assertThat(value("iostream.connections.opening")).isEqualTo(1);
    }

    @Test
    void streamsOfTheFactoryAreCountedAsDefault() {
        server.listen(address);
        client("127.0.0.1");

        IOStream stream = factory.open(simulation.loop());
        stream.connect("127.0.0.1", PORT, null, stream::close, null);
        simulation.run();

        assertThat(registry.get("iostream.connections.opened")
                        .tags("role", "factory", "endpoint", "default")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("iostream.connection.duration")
                        .tags("role", "factory", "endpoint", "default")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aClientThatIsMadeWithTheOptionsOfTheFactoryIsNotTakenForIt() {
        server.listen(address);
        client("127.0.0.1");

        connect(TCPClient.builder(simulation.loop()).name("mine").target(address).stream(factory.options())
                .build());

        assertThat(registry.get("iostream.connection.duration")
                        .tags("role", "factory", "endpoint", "default")
                        .timer()
                        .count())
                .isZero();
    }
}
