package dev.iostream.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import dev.iostream.boot.WebApplication;
import dev.iostream.boot.ssl.TestKeys;
import dev.iostream.boot.ssl.TlsClient;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/** What Prometheus is told by an application, and whether the dashboard and the alerts ask for just that. */
class PrometheusTest {
    private static final Path DASHBOARDS = Path.of("..", "docs", "dashboards");
    private static final String PASSWORD = "changeit";
    private static final Pattern METRIC = Pattern.compile("\\b(?:iostream|ssl)_[a-z_]+\\b");
    private static final Pattern CONDITION = Pattern.compile("(\\w+)(?:=~|!~|!=|=)\"([^\"$]*)\"");
    private static final Pattern BY = Pattern.compile("\\b(?:by|without) \\(([^)]*)\\)");
    private static final Pattern SHOWN = Pattern.compile("\\{\\{ ?(?:\\$labels\\.)?(\\w+) ?}}");
    /** Those that Prometheus and the application's own tags add. */
    private static final Set<String> ADDED = Set.of("instance", "application");

    @TempDir
    static Path folder;

    private static WebApplication application;
    private static TestKeys keys;
    private static Scrape scrape;

    @BeforeAll
    static void start() throws Exception {
        keys = TestKeys.named("echo");
        application = new WebApplication(
                "management.endpoints.web.exposure.include=prometheus",
                "iostream.server.echo.ssl.key-store=" + keys.keyStore(folder.resolve("echo.p12"), PASSWORD),
                "iostream.server.echo.ssl.key-store-password=" + PASSWORD,
                "iostream.client.orders.targets=localhost:1");
        try (var client = TlsClient.connect(application.servers().port("echo"), keys)) {
            client.ask("hello");
        }
        // loops tell how they lag once they have beaten
        await().atMost(Duration.ofSeconds(20)).until(() -> scrape().sum("iostream_loop_lag_seconds_count") > 0);
        scrape = scrape();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Scrape scrape() throws IOException, InterruptedException {
        return new Scrape(application.get("/actuator/prometheus").body());
    }

    @ParameterizedTest
    @EnumSource(IOStreamMeters.class)
    void everyMeterIsThereUnderTheNameInTheReference(IOStreamMeters meter) {
        String type = switch (meter.getType()) {
            case TIMER, DISTRIBUTION_SUMMARY -> "summary";
            default -> meter.getType().name().toLowerCase(Locale.ROOT);
        };

        assertThat(scrape.types()).containsEntry(name(meter), type);
    }

    /** As the page has it. */
    static String name(IOStreamMeters meter) {
        String name = new PrometheusNamingConvention().name(meter.getName(), meter.getType(), meter.getBaseUnit());
        return meter.getType() == Meter.Type.COUNTER ? name + "_total" : name;
    }

    @Test
    void everySeriesOfOursIsInTheReference() {
        Set<String> documented =
                Stream.of(IOStreamMeters.values()).map(PrometheusTest::name).collect(Collectors.toSet());

        assertThat(scrape.types().keySet())
                .filteredOn(name -> name.startsWith("iostream_"))
                .allMatch(name -> documented.contains(name.replaceFirst("_max$", "")) || documented.contains(name));
    }

    @Test
    void noLabelTellsAnAddress() {
        assertThat(scrape.values("endpoint")).containsExactlyInAnyOrder("echo", "orders", "default");
        assertThat(scrape.labels())
                .filteredOn(label -> label.contains("addr") || label.contains("remote") || label.contains("peer"))
                .isEmpty();
    }

    @Test
    void endpointsWithoutEndAreRefused() {
        var registry = application.context().getBean(MeterRegistry.class);
        List<Meter> made = Stream.iterate(0, i -> i + 1)
                .limit(10_000)
                .map(i -> registry.counter("iostream.guarded", "endpoint", "10.0.0.1:" + i))
                .map(Meter.class::cast)
                .toList();

        try {
            assertThat(registry.find("iostream.guarded").meters()).hasSizeBetween(90, 102);
        } finally {
            made.forEach(registry::remove);
        }
    }

    // ---- dashboard and alerts

    @Test
    void theDashboardAsksForWhatIsThere() throws IOException {
        String dashboard = Files.readString(DASHBOARDS.resolve("iostream-dashboard.json"));

        assertThat(JsonPath.<List<String>>read(dashboard, "$.panels[?(@.type == 'row')].title"))
                .containsExactly("Connections", "Throughput", "Buffer occupancy", "TLS", "Loops", "Errors");
        List<String> queries = JsonPath.read(dashboard, "$.panels[*].targets[*].expr");
        assertThat(queries).hasSizeGreaterThan(30).allSatisfy(PrometheusTest::assertIsThere);
        List<String> variables = JsonPath.read(dashboard, "$.templating.list[?(@.type == 'query')].query.query");
        assertThat(variables).hasSize(3).allSatisfy(PrometheusTest::assertIsThere);
        List<String> legends = JsonPath.read(dashboard, "$.panels[*].targets[*].legendFormat");
        assertThat(legends)
                .allSatisfy(legend -> assertThat(known(SHOWN, legend)).isTrue());
    }

    @Test
    void everyMeterIsOnTheDashboard() throws IOException {
        String dashboard = Files.readString(DASHBOARDS.resolve("iostream-dashboard.json"));

        assertThat(IOStreamMeters.values())
                .allMatch(meter -> dashboard.contains(name(meter) + "{") || dashboard.contains(name(meter) + "_"));
    }

    @Test
    void alertsAskForWhatIsThere() throws IOException {
        Map<String, List<Map<String, List<Map<String, Object>>>>> file =
                new Yaml().load(Files.readString(DASHBOARDS.resolve("iostream-alerts.yml")));
        List<Map<String, Object>> rules = file.get("groups").get(0).get("rules");

        Set<Object> names = new HashSet<>();
        assertThat(rules).hasSizeGreaterThan(10).allSatisfy(rule -> {
            assertThat(rule.get("alert")).asString().startsWith("IOStream");
            assertThat(names.add(rule.get("alert"))).as("no other of that name").isTrue();
            assertThat(rule.get("labels").toString()).matches("\\{severity=(warning|critical)}");
            assertIsThere(String.valueOf(rule.get("expr")));
            String summary = String.valueOf(rule.get("annotations"));
            assertThat(known(SHOWN, summary)).as(summary).isTrue();
        });
    }

    private static void assertIsThere(String query) {
        List<String> metrics =
                METRIC.matcher(query).results().map(MatchResult::group).toList();
        assertThat(metrics).as(query).isNotEmpty();
        assertThat(scrape.names()).as(query).containsAll(metrics);
        CONDITION
                .matcher(query)
                .results()
                .forEach(condition -> assertThat(scrape.values(condition.group(1)))
                        .as(query)
                        .contains(condition.group(2).split("\\|")));
        assertThat(known(BY, query)).as(query).isTrue();
    }

    /** Whether all labels that are named in such places are those of a series. */
    private static boolean known(Pattern places, String text) {
        return places.matcher(text)
                .results()
                .flatMap(place -> Stream.of(place.group(1).split(", ")))
                .allMatch(label -> ADDED.contains(label) || scrape.labels().contains(label));
    }
}
