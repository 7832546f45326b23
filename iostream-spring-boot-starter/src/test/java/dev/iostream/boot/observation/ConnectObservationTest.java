package dev.iostream.boot.observation;

import static io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.Handlers;
import dev.iostream.client.TCPClient;
import dev.iostream.event.DialException;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.ContextCarrier;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is observed of a client that connects, in a simulated network. */
class ConnectObservationTest {
    private static final String CONNECT = "iostream.client.connect";
    private static final int PORT = 7000;

    private final TestObservationRegistry registry = TestObservationRegistry.create();
    private final Simulation simulation = new Simulation(Link.perfect());
    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final InetSocketAddress address = new InetSocketAddress(loopback, PORT);
    private final List<@Nullable Observation> current = new ArrayList<>();

    private void listen() {
        simulation.name("orders.internal", loopback);
        new TCPServer(
                        simulation.loop(),
                        Handlers.echo(),
                        ServerOptions.builder("echo")
                                .network(simulation.network())
                                .build())
                .listen(address);
    }

    private StreamOptions options(@Nullable ClientConnectObservationConvention convention) {
        var observations = new StreamObservations(registry, new ObservationCarrier(registry), convention);
        StreamOptions plain =
                StreamOptions.builder().dial(simulation.dialOptions()).build();
        return observations.customize(EndpointRole.CLIENT, "orders", plain);
    }

    private TCPClient client(String host) {
        return TCPClient.builder(simulation.loop()).name("orders").target(host, PORT).stream(options(null))
                .build();
    }

    private void connect(TCPClient client) {
        client.connect(
                stream -> {
                    current.add(registry.getCurrentObservation());
                    stream.close();
                },
                (errno, message) -> current.add(registry.getCurrentObservation()));
        simulation.run();
    }

    @Test
    void aConnectionIsObservedWithWhatHappensOnTheWay() {
        listen();

        connect(client("orders.internal"));

        assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo(CONNECT)
                .hasContextualNameEqualTo("connect orders")
                .hasBeenStarted()
                .hasBeenStopped()
                .doesNotHaveError()
                .hasLowCardinalityKeyValue("iostream.endpoint", "orders")
                .hasLowCardinalityKeyValue("network.transport", "tcp")
                .hasLowCardinalityKeyValue("tls.protocol.version", "none")
                .hasLowCardinalityKeyValue("outcome", "success")
                .hasHighCardinalityKeyValue("server.address", "orders.internal")
                .hasHighCardinalityKeyValue("server.port", "7000")
                .hasHighCardinalityKeyValue("network.peer.address", "127.0.0.1")
                .hasHighCardinalityKeyValue("network.peer.port", "7000")
                .hasEvent("dns.resolved")
                .hasEvent("tcp.connected")
                .doesNotHaveEvent("tls.handshaked");
        assertThat(registry.getCurrentObservation()).isNull();
    }

    @Test
    void oneThatFailsSaysWhy() {
        simulation.name("orders.internal", loopback);
        simulation.refuse(address);

        connect(client("orders.internal"));

        assertThat(registry)
                .hasSingleObservationThat()
                .hasBeenStopped()
                .hasLowCardinalityKeyValue("outcome", "connect_failed")
                .hasEvent("dns.resolved")
                .doesNotHaveEvent("tcp.connected")
                .thenError()
                .isInstanceOf(DialException.class)
                .hasMessageContaining("refused");
    }

    @Test
    void oneThatTakesTooLongSaysWhichDeadlinePassed() {
        simulation.silentName("orders.internal");

        connect(client("orders.internal"));

        assertThat(registry)
                .hasSingleObservationThat()
                .hasBeenStopped()
                .hasLowCardinalityKeyValue("outcome", "dns_deadline")
                .doesNotHaveEvent("dns.resolved");
    }

    @Test
    void itIsAPartOfWhatTheCallerObservesAndItsOutcomeIsToldThere() {
        listen();
        Observation parent = Observation.start("payment", registry);

        TCPClient client = client("orders.internal");
        parent.scoped(() -> client.connect(
                stream -> current.add(registry.getCurrentObservation()),
                (errno, message) -> current.add(registry.getCurrentObservation())));
        simulation.run(Duration.ofSeconds(1));
        parent.stop();

        assertThat(registry)
                .hasObservationWithNameEqualTo(CONNECT)
                .that()
                .hasParentObservationEqualTo(parent)
                .hasBeenStopped();
        assertThat(current).containsExactly(parent);
        assertThat(registry.getCurrentObservation())
                .as("the loop's thread is clean")
                .isNull();
    }

    @Test
    void eachTargetIsObservedByItself() {
        listen();
        TCPClient two = TCPClient.builder(simulation.loop())
                .name("orders")
                .target("nowhere.example", PORT)
                .target("orders.internal", PORT)
                .stream(options(null))
                .build();

        connect(two);

        assertThat(registry).hasNumberOfObservationsWithNameEqualTo(CONNECT, 2);
        assertThat(registry)
                .hasAnObservation(observation -> observation.hasLowCardinalityKeyValue("outcome", "connect_failed"))
                .hasAnObservation(observation -> observation.hasLowCardinalityKeyValue("outcome", "success"));
    }

    @Test
    void aStreamThatTheApplicationConnectsIsObservedToo() {
        listen();
        IOStream stream = IOStream.open(simulation.loop(), options(null));
        stream.connect(address, stream::close, null);
        simulation.run();

        assertThat(registry)
                .hasSingleObservationThat()
                .hasLowCardinalityKeyValue("outcome", "success")
                .hasHighCardinalityKeyValue("network.peer.address", "127.0.0.1");
    }

    @Test
    void whoClosesWhileItConnectsEndsTheObservation() {
        simulation.blackHole(address);
        IOStream stream = IOStream.open(simulation.loop(), options(null));
        stream.connect(address, null, null);
        stream.close();
        simulation.run();

        assertThat(registry)
                .hasSingleObservationThat()
                .hasBeenStopped()
                .doesNotHaveError()
                .hasLowCardinalityKeyValue("outcome", "local");
    }

    @Test
    void aConventionOfTheApplicationTakesThePlaceOfTheDefault() {
        listen();
        var own = new ClientConnectObservationConvention() {
            @Override
            public String getName() {
                return "my.connect";
            }

            @Override
            public KeyValues getLowCardinalityKeyValues(ClientConnectContext context) {
                return KeyValues.of("role", context.getRole().toString());
            }
        };
        IOStream stream = IOStream.open(simulation.loop(), options(own));
        stream.connect(address, stream::close, null);
        simulation.run();

        assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo("my.connect")
                .hasLowCardinalityKeyValue("role", "client");
    }

    @Test
    void whereNobodyObservesNothingIsDone() {
        var observations = new StreamObservations(ObservationRegistry.NOOP, () -> null, null);
        StreamOptions options = StreamOptions.defaults();

        assertThat(observations.customize(EndpointRole.CLIENT, "orders", options))
                .isSameAs(options);
    }

    @Test
    void aCarrierOfTheApplicationIsKept() {
        ContextCarrier own = () -> null;
        StreamOptions options = StreamOptions.builder().context(own).build();

        assertThat(new StreamObservations(registry, () -> null, null)
                        .customize(EndpointRole.SERVER, "echo", options)
                        .context())
                .isSameAs(own);
    }

    @Test
    void nothingIsKeptOfConnectsThatHaveEnded() {
        listen();
        var observer = new ConnectObserver(EndpointRole.CLIENT, registry, null);
        StreamOptions options = StreamOptions.builder()
                .dial(simulation.dialOptions())
                .listener(observer)
                .build();
        for (String host : List.of("orders.internal", "nowhere.example")) {
            IOStream stream = IOStream.open(simulation.loop(), options);
            stream.connect(host, PORT, null, stream::close, null);
            assertThat(observer.count()).isEqualTo(1);
            simulation.run();
            assertThat(observer.count()).isZero();
        }
    }
}
