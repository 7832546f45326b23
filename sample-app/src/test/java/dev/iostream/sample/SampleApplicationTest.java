package dev.iostream.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.LocalIOStreamServerPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;

/** The application as it runs, but for its ports, seen from its sockets. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "iostream.server.echo.port=0")
@DirtiesContext(classMode = ClassMode.AFTER_CLASS)
class SampleApplicationTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MAX_BUFFER_SIZE = 64 * 1024;

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalIOStreamServerPort
    private int echoPort;

    @LocalServerPort
    private int webPort;

    @BeforeEach
    void noConnectionIsLeft() {
        await().atMost(LIMIT).until(() -> series("iostream_connections_active"), value -> value == 0);
    }

    @Test
    void answersEachLineWithTheSameLine() throws Exception {
        try (var client = new LineClient(echoPort)) {
            client.send("hello\n");
            assertThat(client.receive()).isEqualTo("hello\n");

            client.send("one\ntwo\nthr");
            client.send("ee\n");
            assertThat(client.receive()).isEqualTo("one\n");
            assertThat(client.receive()).isEqualTo("two\n");
            assertThat(client.receive()).isEqualTo("three\n");
        }
    }

    @Test
    void metersShowAConnectionAndItsPartialLineWhileItIsOpen() throws Exception {
        double opened = series("iostream_connections_opened_total");
        double closed = series("iostream_connections_closed_total", "reason=\"peer_end\"");
        double received = series("iostream_data_received_bytes_total");
        double sent = series("iostream_data_sent_bytes_total");

        try (var client = new LineClient(echoPort)) {
            client.send("hello\n");
            client.receive();
            client.send("partial");

            await().atMost(LIMIT)
                    .until(() -> series("iostream_buffer_used_bytes", "direction=\"read\""), value -> value == 7);
            assertThat(series("iostream_buffer_used_bytes", "direction=\"write\""))
                    .isZero();
            assertThat(series("iostream_connections_active")).isEqualTo(1);
            assertThat(series("iostream_connections_opened_total") - opened).isEqualTo(1);
            assertThat(series("iostream_data_received_bytes_total") - received).isEqualTo(13);
            assertThat(series("iostream_data_sent_bytes_total") - sent).isEqualTo(6);
            assertThat(get("/actuator/metrics/iostream.connections.active?tag=endpoint:echo"))
                    .contains("\"value\":1.0");
            assertThat(get("/actuator/metrics/iostream.buffer.used?tag=direction:read"))
                    .contains("\"baseUnit\":\"bytes\"")
                    .contains("\"value\":7.0");
        }

        await().atMost(LIMIT).until(() -> series("iostream_connections_active"), value -> value == 0);
        assertThat(series("iostream_buffer_used_bytes", "direction=\"read\"")).isZero();
        assertThat(series("iostream_connections_closed_total", "reason=\"peer_end\"") - closed)
                .isEqualTo(1);
        assertThat(series("iostream_connections_opened_total") - opened).isEqualTo(1);
    }

    @Test
    void aLineThatIsTooLongClosesThatConnectionOnly() throws Exception {
        double closed = series("iostream_connections_closed_total", "reason=\"read_limit\"");
        try (var neighbour = new LineClient(echoPort);
                var client = new LineClient(echoPort)) {
            neighbour.send("before\n");
            assertThat(neighbour.receive()).isEqualTo("before\n");

            client.send("x".repeat(MAX_BUFFER_SIZE));

            assertThat(client.receive()).isEmpty();
            await().atMost(LIMIT)
                    .until(
                            () -> series("iostream_connections_closed_total", "reason=\"read_limit\"") - closed,
                            value -> value == 1);
            assertThat(series("iostream_connections_active")).isEqualTo(1);
            neighbour.send("after\n");
            assertThat(neighbour.receive()).isEqualTo("after\n");
        }
    }

    @Test
    void aLineThatJustFitsIsAnswered() throws Exception {
        try (var client = new LineClient(echoPort)) {
            String line = "x".repeat(MAX_BUFFER_SIZE - 1) + "\n";

            client.send(line);

            assertThat(client.receive()).isEqualTo(line);
        }
    }

    @Test
    void everyReasonHasItsSeriesFromTheStart() throws Exception {
        assertThat(get("/actuator/prometheus"))
                .contains("# TYPE iostream_connections_closed_total counter")
                .contains(
                        "iostream_connections_closed_total{endpoint=\"echo\",reason=\"idle_deadline\",role=\"server\"} 0");
    }

    @Test
    void prometheusShowsEachMeterUnderItsName() throws Exception {
        assertThat(get("/actuator/prometheus"))
                .contains("# TYPE iostream_connections_active gauge")
                .contains("# TYPE iostream_connections_opened_total counter")
                .contains("# TYPE iostream_connections_closed_total counter")
                .contains("# TYPE iostream_data_received_bytes_total counter")
                .contains("# TYPE iostream_data_sent_bytes_total counter")
                .contains("# TYPE iostream_buffer_used_bytes gauge");
    }

    @Test
    void healthAndInfoAnswer() throws Exception {
        assertThat(get("/actuator/health")).contains("\"status\":\"UP\"");
        assertThat(get("/actuator/info")).startsWith("{");
        assertThat(get("/actuator/iostream")).contains("\"echo\"");
    }

    /** The value of the only series of the echo server that has these tags. */
    private double series(String name, String... tags) throws IOException, InterruptedException {
        var found = get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .filter(line -> line.contains("endpoint=\"echo\"") && line.contains("role=\"server\""))
                .filter(line -> Arrays.stream(tags).allMatch(line::contains))
                .toList();
        assertThat(found).as(name).hasSize(1);
        return Double.parseDouble(found.get(0).substring(found.get(0).lastIndexOf(' ') + 1));
    }

    private String get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + webPort + path))
                .timeout(LIMIT)
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return response.body();
    }
}
