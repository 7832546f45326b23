package dev.iostream.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.ServerBinding;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the meters of a server show. */
class IOStreamServerMetricsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final IOLoopGroup group = IOLoopGroup.of(2, "metrics-test-");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void aServerHasAllItsMetersAtZeroBeforeItListens() {
        new IOStreamServerMetrics(servers("echo")).bindTo(registry);

        assertThat(value("iostream.connections.active")).isZero();
        assertThat(value("iostream.connections.opened")).isZero();
        for (CloseReason reason : CloseReason.values()) {
            assertThat(value(
                            "iostream.connections.closed",
                            "reason",
                            reason.name().toLowerCase(Locale.ROOT)))
                    .isZero();
        }
        assertThat(value("iostream.data.received")).isZero();
        assertThat(value("iostream.data.sent")).isZero();
        assertThat(value("iostream.buffer.used", "direction", "read")).isZero();
        assertThat(value("iostream.buffer.used", "direction", "write")).isZero();
    }

    @Test
    void metersFollowTheConnections() throws Exception {
        IOStreamServers servers = servers("echo");
        new IOStreamServerMetrics(servers).bindTo(registry);
        group.start();
        listen(servers, "echo");

        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();
            client.send("part");

            await().atMost(LIMIT).until(() -> value("iostream.buffer.used", "direction", "read") == 4);
            assertThat(value("iostream.connections.active")).isEqualTo(1);
            assertThat(value("iostream.connections.opened")).isEqualTo(1);
            assertThat(value("iostream.data.received")).isEqualTo(10);
            assertThat(value("iostream.data.sent")).isEqualTo(6);
        }

        await().atMost(LIMIT).until(() -> value("iostream.connections.active") == 0);
        assertThat(value("iostream.connections.closed", "reason", "peer_end")).isEqualTo(1);
        assertThat(value("iostream.buffer.used", "direction", "read")).isZero();
    }

    @Test
    void eachServerHasItsOwn() throws Exception {
        IOStreamServers servers = servers("echo", "other");
        new IOStreamServerMetrics(servers).bindTo(registry);
        group.start();
        listen(servers, "other");

        try (var client = new LineClient(servers.port("other"))) {
            client.send("hello\n");
            client.receive();
            assertThat(value("iostream.connections.active", "endpoint", "other"))
                    .isEqualTo(1);
            assertThat(value("iostream.connections.active", "endpoint", "echo")).isZero();
        }
    }

    @Test
    void metersAreAsDocumented() {
        new IOStreamServerMetrics(servers("echo")).bindTo(registry);

        Set<String> names = registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toSet());
        assertThat(names)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(IOStreamMeters.values())
                        .map(IOStreamMeters::getName)
                        .toList());
        for (IOStreamMeters documented : IOStreamMeters.values()) {
            List<String> keys = Arrays.stream(documented.getKeyNames())
                    .map(KeyName::asString)
                    .sorted()
                    .toList();
            for (Meter meter : registry.get(documented.getName()).meters()) {
                Meter.Id id = meter.getId();
                assertThat(id.getType()).as(documented.getName()).isEqualTo(documented.getType());
                assertThat(id.getBaseUnit()).as(documented.getName()).isEqualTo(documented.getBaseUnit());
                assertThat(id.getDescription()).as(documented.getName()).isNotBlank();
                assertThat(id.getTags().stream().map(Tag::getKey).toList())
                        .as(documented.getName())
                        .isEqualTo(keys);
                assertThat(id.getTag("role")).isEqualTo("server");
            }
        }
    }

    @Test
    void theNumberOfSeriesIsFixed() throws Exception {
        IOStreamServers servers = servers("echo");
        new IOStreamServerMetrics(servers).bindTo(registry);
        int series = registry.getMeters().size();
        group.start();
        listen(servers, "echo");

        for (int i = 0; i < 3; i++) {
            try (var client = new LineClient(servers.port("echo"))) {
                client.send("hello\n");
                client.receive();
            }
        }

        assertThat(registry.getMeters()).hasSize(series);
    }

    @Test
    void metersOutliveACollectionOfGarbage() {
        WeakReference<IOStreamServers> servers = bindAndForget();

        await().atMost(LIMIT).until(() -> {
            System.gc();
            return servers.refersTo(null);
        });

        assertThat(value("iostream.connections.active")).isZero();
        assertThat(registry.get("iostream.connections.opened").functionCounter().count())
                .isZero();
    }

    private WeakReference<IOStreamServers> bindAndForget() {
        IOStreamServers servers = servers("echo");
        new IOStreamServerMetrics(servers).bindTo(registry);
        return new WeakReference<>(servers);
    }

    @Test
    void metersGoWithTheirServers() {
        var other = new SimpleMeterRegistry();
        registry.counter("another.meter");
        var metrics = new IOStreamServerMetrics(servers("echo"));
        metrics.bindTo(registry);
        metrics.bindTo(other);

        metrics.close();

        assertThat(registry.getMeters())
                .singleElement()
                .matches(meter -> meter.getId().getName().equals("another.meter"));
        assertThat(other.getMeters()).isEmpty();
    }

    private IOStreamServers servers(String... names) {
        return new IOStreamServers(Arrays.stream(names)
                .map(name -> new ServerBinding(
                        new TCPServer(group, Handlers.echo(), ServerOptions.named(name)),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .toList());
    }

    private static void listen(IOStreamServers servers, String name) {
        servers.get(name).listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private double value(String meter, String... tags) {
        return registry.get(meter)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }
}
