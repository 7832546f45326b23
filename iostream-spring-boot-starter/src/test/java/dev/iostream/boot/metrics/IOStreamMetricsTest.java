package dev.iostream.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.StreamOptions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the meters show of servers on real sockets. */
class IOStreamMetricsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final IOLoopGroup group = IOLoopGroup.of(2, "metrics-test-");
    private final LoopHeartbeats heartbeats = new LoopHeartbeats(group);
    private final StreamRecorders recorders = new StreamRecorders();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        heartbeats.stop();
        group.close();
    }

    // ---- what there is

    @Test
    void everySeriesIsThereAtZeroBeforeTheServerListens() {
        bind(servers("echo"));

        assertThat(registry.getMeters())
                .filteredOn(meter -> meter.getId().getTag("endpoint") != null)
                .filteredOn(meter -> !meter.getId().getName().equals("iostream.buffer.limit"))
                .filteredOn(meter -> !"stopped".equals(meter.getId().getTag("state")))
                .hasSizeGreaterThan(2 * CloseReason.values().length)
                .allSatisfy(
                        meter -> assertThat(meter.measure().iterator().next().getValue())
                                .as(meter.getId().toString())
                                .isZero());
        for (CloseReason reason : CloseReason.values()) {
            String word = reason.name().toLowerCase(Locale.ROOT);
            assertThat(value("iostream.connections.closed", "reason", word)).isZero();
            assertThat(value("iostream.connections.failed", "reason", word)).isZero();
        }
        assertThat(value("iostream.server.state", "state", "stopped")).isEqualTo(1);
    }

    @Test
    void metersAreAsDocumented() {
        bind(servers("echo"));

        Set<String> names = registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toSet());
        assertThat(Arrays.stream(IOStreamMeters.values()).map(IOStreamMeters::getName))
                .containsAll(names);
        for (IOStreamMeters documented : IOStreamMeters.values()) {
            for (Meter meter : registry.find(documented.getName()).meters()) {
                assertIsAsDocumented(meter, documented);
            }
        }
    }

    private static void assertIsAsDocumented(Meter meter, IOStreamMeters documented) {
        Meter.Id id = meter.getId();
        assertThat(id.getType()).as(id.toString()).isEqualTo(documented.getType());
        assertThat(id.getBaseUnit()).as(id.toString()).isEqualTo(documented.getBaseUnit());
        assertThat(id.getDescription()).as(id.toString()).isNotBlank();
        assertThat(id.getTags().stream().map(Tag::getKey))
                .as(id.toString())
                .containsExactlyInAnyOrderElementsOf(
                        documented.getLabels().stream().map(MeterLabel::key).toList());
        for (MeterLabel label : documented.getLabels()) {
            if (!label.values().isEmpty()) {
                assertThat(label.values()).as(id.toString()).contains(id.getTag(label.key()));
            }
        }
    }

    @Test
    void theNumberOfSeriesIsFixed() throws Exception {
        IOStreamServers servers = servers("echo");
        bind(servers);
        int series = registry.getMeters().size();
        start(servers);

        for (int i = 0; i < 3; i++) {
            try (var client = new LineClient(servers.port("echo"))) {
                client.send("hello\n");
                client.receive();
            }
        }
        await().atMost(LIMIT).until(() -> value("iostream.connections.closed", "reason", "peer_end") == 3);

        assertThat(registry.getMeters()).hasSize(series);
    }

    // ---- what they show

    @Test
    void metersFollowTheConnections() throws Exception {
        IOStreamServers servers = servers("echo");
        bind(servers);
        start(servers);
        assertThat(value("iostream.server.state", "state", "accepting")).isEqualTo(1);

        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();
            client.send("part");

            await().atMost(LIMIT).until(() -> value("iostream.buffer.used", "direction", "read") == 4);
            await().atMost(LIMIT).until(() -> value("iostream.buffer.used.max", "direction", "read") == 4);
            assertThat(value("iostream.connections.active")).isEqualTo(1);
            assertThat(value("iostream.connections.opened")).isEqualTo(1);
            assertThat(value("iostream.data.received")).isEqualTo(10);
            assertThat(value("iostream.data.sent")).isEqualTo(6);
        }

        await().atMost(LIMIT).until(() -> value("iostream.connections.active") == 0);
        assertThat(value("iostream.connections.closed", "reason", "peer_end")).isEqualTo(1);
        assertThat(value("iostream.connections.probes")).isZero();
        assertThat(value("iostream.buffer.used", "direction", "read")).isZero();
        assertThat(value("iostream.buffer.used.max", "direction", "read")).isZero();
        var duration = registry.get("iostream.connection.duration")
                .tag("role", "server")
                .timer();
        assertThat(duration.count()).isEqualTo(1);
        assertThat(duration.totalTime(TimeUnit.SECONDS)).isBetween(0.0, 20.0);
        var peak = registry.get("iostream.buffer.peak")
                .tags("role", "server", "direction", "read")
                .summary();
        assertThat(peak.count()).isEqualTo(1);
        assertThat(peak.max()).isEqualTo(4);
    }

    @Test
    void eachServerHasItsOwn() throws Exception {
        IOStreamServers servers = servers("echo", "other");
        bind(servers);
        start(servers);

        try (var client = new LineClient(servers.port("other"))) {
            client.send("hello\n");
            client.receive();
            assertThat(value("iostream.connections.active", "endpoint", "other"))
                    .isEqualTo(1);
            assertThat(value("iostream.connections.active", "endpoint", "echo")).isZero();
        }
    }

    @Test
    void aConnectionWithoutAByteIsAProbe() throws Exception {
        IOStreamServers servers = servers("echo");
        bind(servers);
        start(servers);

        new LineClient(servers.port("echo")).close();

        await().atMost(LIMIT).until(() -> value("iostream.connections.probes") == 1);
        assertThat(value("iostream.connections.closed", "reason", "peer_end")).isEqualTo(1);
    }

    @Test
    void aLineThatIsTooLongIsAnOverflowAndAnErrorOfTheProtocol() throws Exception {
        IOStreamServers servers = servers("echo");
        bind(servers);
        start(servers);

        try (var client = new LineClient(servers.port("echo"))) {
            client.send("x".repeat(3000));
            assertThat(client.receive()).isEmpty();
        }

        await().atMost(LIMIT).until(() -> value("iostream.connections.closed", "reason", "read_limit") == 1);
        assertThat(value("iostream.buffer.overflows", "direction", "read")).isEqualTo(1);
        assertThat(value("iostream.buffer.limit", "direction", "read")).isEqualTo(2048);
        assertThat(value("iostream.errors", "kind", "protocol")).isEqualTo(1);
        assertThat(value("iostream.errors", "kind", "io")).isZero();
    }

    @Test
    void aDeadlineIsCountedByItsKind() throws Exception {
        IOStreamServers servers = servers("echo");
        bind(servers);
        start(servers);

        try (var client = new LineClient(servers.port("echo"))) {
            client.send("never complete");
            assertThat(client.receive()).isEmpty();
        }

        await().atMost(LIMIT).until(() -> value("iostream.deadlines", "kind", "read") == 1);
        assertThat(value("iostream.deadlines", "kind", "idle")).isZero();
    }

    @Test
    void loopsTellTheirTurnsAndTheirLag() {
        IOStreamServers servers = servers("echo");
        bind(servers);
        start(servers);

        await().atMost(LIMIT)
                .until(() -> registry.get("iostream.loop.lag")
                                .tag("loop", "metrics-test-2")
                                .timer()
                                .count()
                        > 1);

        var iteration = registry.get("iostream.loop.iteration")
                .tag("loop", "metrics-test-1")
                .functionTimer();
        assertThat(iteration.count()).isPositive();
        assertThat(iteration.totalTime(TimeUnit.SECONDS)).isPositive();
        assertThat(value("iostream.loop.timers.pending", "loop", "metrics-test-1"))
                .as("the heartbeat")
                .isEqualTo(1);
        assertThat(value("iostream.memory.limit"))
                .isEqualTo(Runtime.getRuntime().maxMemory() / 4);
        assertThat(value("iostream.memory.used")).isZero();
    }

    // ---- how long they are there

    @Test
    void countersGoOnAfterAStopAndAStart() throws Exception {
        IOStreamServers servers = servers("echo");
        bind(servers);
        start(servers);
        exchange(servers);
        servers.get("echo").close();
        heartbeats.stop();
        group.stop();

        start(servers);
        exchange(servers);

        assertThat(value("iostream.connections.opened")).isEqualTo(2);
        await().atMost(LIMIT)
                .until(() -> registry.get("iostream.connection.duration")
                                .tag("role", "server")
                                .timer()
                                .count()
                        == 2);
    }

    private static void exchange(IOStreamServers servers) throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            assertThat(client.receive()).isEqualTo("hello\n");
        }
    }

    @Test
    void metersOutliveACollectionOfGarbage() {
        WeakReference<IOStreamServers> servers = bindAndForget();

        await().atMost(LIMIT).until(() -> {
            System.gc();
            return servers.refersTo(null);
        });

        assertThat(value("iostream.connections.active")).isZero();
        assertThat(registry.get("iostream.connections.opened")
                        .tag("role", "server")
                        .functionCounter()
                        .count())
                .isZero();
    }

    private WeakReference<IOStreamServers> bindAndForget() {
        IOStreamServers servers = servers("echo");
        bind(servers);
        return new WeakReference<>(servers);
    }

    @Test
    void metersGoWithTheirServersAndNothingIsRecordedAnyMore() throws Exception {
        var other = new SimpleMeterRegistry();
        registry.counter("another.meter");
        IOStreamServers servers = servers("echo");
        IOStreamMetrics metrics = bind(servers);
        metrics.bindTo(other);
        start(servers);

        metrics.close();
        exchange(servers);

        assertThat(registry.getMeters())
                .singleElement()
                .matches(meter -> meter.getId().getName().equals("another.meter"));
        assertThat(other.getMeters()).isEmpty();
    }

    private IOStreamMetrics bind(IOStreamServers servers) {
        var metrics = new IOStreamMetrics(
                group,
                heartbeats,
                servers,
                new IOStreamClients(List.of()),
                new IOStreamFactory(StreamOptions.builder().build()),
                recorders);
        metrics.bindTo(registry);
        return metrics;
    }

    private IOStreamServers servers(String... names) {
        return new IOStreamServers(Arrays.stream(names)
                .map(name -> new ServerBinding(
                        new TCPServer(group, Handlers.echo(), options(name)),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .toList());
    }

    private ServerOptions options(String name) {
        ServerOptions options = ServerOptions.named(name);
        options = options.stream(options.stream().toBuilder()
                .maxBufferSize(2048)
                .readTimeout(Duration.ofMillis(1500))
                .build());
        return options.stream(recorders.customize(EndpointRole.SERVER, name, options.stream()));
    }

    private void start(IOStreamServers servers) {
        group.start();
        heartbeats.start();
        for (ServerBinding binding : servers) {
            binding.server().listen(binding.addresses().toArray(SocketAddress[]::new));
        }
    }

    private double value(String meter, String... tags) {
        List<Meter> found = registry.get(meter).tags(tags).meters().stream()
                .filter(each -> !"factory".equals(each.getId().getTag("role")))
                .toList();
        assertThat(found).as(meter + List.of(tags)).hasSize(1);
        return found.get(0).measure().iterator().next().getValue();
    }
}
