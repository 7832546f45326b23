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
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.StreamOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Meters beside what the peers know that they have sent and received. */
class NioMetersUnderLoadTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PEERS = 4;
    private static final int CONNECTIONS = 25;
    private static final int MESSAGES = 20;
    private static final int LONGEST = 20_000;

    private final long seed = new SplittableRandom().nextLong();
    private final IOLoopGroup group = IOLoopGroup.of(2, "load-");
    private final LoopHeartbeats heartbeats = new LoopHeartbeats(group);
    private final StreamRecorders recorders = new StreamRecorders();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** What one peer did: connections, those among them that it ended within a line, and bytes sent each way. */
    private record Truth(long connections, long unfinished, long sent, long received) {
        Truth plus(Truth other) {
            return new Truth(
                    connections + other.connections,
                    unfinished + other.unfinished,
                    sent + other.sent,
                    received + other.received);
        }
    }

    @AfterEach
    void close() {
        heartbeats.stop();
        group.close();
    }

    @Test
    void metersTellTheTruth() throws Exception {
        IOStreamServers servers = servers();
        new IOStreamMetrics(
                        group,
                        heartbeats,
                        servers,
                        new IOStreamClients(List.of()),
                        new IOStreamFactory(StreamOptions.builder().build()),
                        recorders)
                .bindTo(registry);
        group.start();
        heartbeats.start();
        servers.get("echo").listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

        Truth truth = drive(servers.port("echo"));

        await().atMost(LIMIT).untilAsserted(() -> {
            Scrape scrape = scrape();
            assertThat(scrape.sum("iostream_connections_active")).isZero();
            assertThat(scrape.sum("iostream_connection_duration_seconds_count")).isEqualTo(truth.connections);
        });
        Scrape last = scrape();
        assertThat(last.sum("iostream_connections_opened_total")).as(seed()).isEqualTo(truth.connections);
        assertThat(last.sum("iostream_connections_closed_total", "reason", "peer_end"))
                .as(seed())
                .isEqualTo(truth.connections);
        assertThat(last.sum("iostream_connections_closed_total")).as(seed()).isEqualTo(truth.connections);
        assertThat(last.sum("iostream_data_received_bytes_total")).as(seed()).isEqualTo(truth.sent);
        assertThat(last.sum("iostream_data_sent_bytes_total")).as(seed()).isEqualTo(truth.received);
        assertThat(last.sum("iostream_buffer_used_bytes")).isZero();
        assertThat(last.sum("iostream_buffer_peak_bytes_count", "direction", "read"))
                .isEqualTo(truth.connections);
        assertThat(last.sum("iostream_buffer_peak_bytes_sum", "direction", "read"))
                .as("at least the lines that were not finished, " + seed())
                .isGreaterThanOrEqualTo(truth.unfinished);
        assertThat(last.sum("iostream_errors_total")).isZero();
        assertThat(last.sum("iostream_memory_used_bytes")).isZero();
    }

    private String seed() {
        return "seed " + seed;
    }

    private Scrape scrape() {
        return new Scrape(registry.scrape());
    }

    /** Lets the peers talk, and scrapes all the while: what counts must never go back, nor more close than have opened. */
    private Truth drive(int port) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(PEERS);
        try {
            List<Callable<Truth>> peers = new ArrayList<>();
            var random = new SplittableRandom(seed);
            for (int i = 0; i < PEERS; i++) {
                SplittableRandom own = random.split();
                peers.add(() -> talk(port, own));
            }
            List<Future<Truth>> running = peers.stream().map(threads::submit).toList();
            Scrape before = scrape();
            while (!running.stream().allMatch(Future::isDone)) {
                Scrape now = scrape();
                assertGrown(before, now, "iostream_connections_opened_total");
                assertGrown(before, now, "iostream_connections_closed_total");
                assertGrown(before, now, "iostream_data_received_bytes_total");
                assertGrown(before, now, "iostream_data_sent_bytes_total");
                assertThat(now.sum("iostream_connections_active"))
                        .as(seed())
                        .isBetween(0.0, (double) PEERS * CONNECTIONS);
                before = now;
            }
            Truth sum = new Truth(0, 0, 0, 0);
            for (Future<Truth> each : running) {
                sum = sum.plus(each.get());
            }
            return sum;
        } finally {
            threads.shutdownNow();
        }
    }

    private void assertGrown(Scrape before, Scrape now, String name) {
        assertThat(now.sum(name)).as(name + ", " + seed()).isGreaterThanOrEqualTo(before.sum(name));
    }

    private static Truth talk(int port, SplittableRandom random) throws Exception {
        long unfinished = 0;
        long sent = 0;
        long received = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            try (var client = new LineClient(port)) {
                for (int message = 0; message < MESSAGES; message++) {
                    String line = "x".repeat(random.nextInt(LONGEST)) + "\n";
                    client.send(line);
                    assertThat(client.receive()).isEqualTo(line);
                    sent += line.length();
                    received += line.length();
                }
                String part = "y".repeat(random.nextInt(LONGEST));
                client.send(part);
                sent += part.length();
                unfinished += part.length();
            }
        }
        return new Truth(CONNECTIONS, unfinished, sent, received);
    }

    private IOStreamServers servers() {
        ServerOptions options = ServerOptions.named("echo");
        options = options.stream(recorders.customize(EndpointRole.SERVER, "echo", options.stream()));
        var server = new TCPServer(group, Handlers.echo(), options);
        return new IOStreamServers(
                List.of(new ServerBinding(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
    }
}
