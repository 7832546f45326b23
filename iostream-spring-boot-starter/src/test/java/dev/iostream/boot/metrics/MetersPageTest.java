package dev.iostream.boot.metrics;

import dev.iostream.boot.ReferencePage;
import dev.iostream.boot.observation.IOStreamObservations;
import dev.iostream.event.CloseReason;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference of the meters is made from the enumeration that they are registered from. */
class MetersPageTest {
    private static final int MANY = 9;

    @Test
    void thePageListsEveryMeterAsTheCodeHasIt() throws IOException {
        ReferencePage.assertHas("meters.md", page());
    }

    private static String page() {
        var page = new StringBuilder("""
                # Meters

                Made from the enumeration `IOStreamMeters`, from which the meters are registered; a test keeps it so.

                There are meters where the application has a `MeterRegistry` and Spring Boot's metrics, which `spring-boot-starter-actuator`
                brings: for each server, each client and each loop, from the start of the application on, whether a server listens or not. Counters survive a stop and a start. Values of tags are names from the
                configuration and small enumerations, never an address: the number of series is fixed, and each is there at 0 before anything
                has happened. Nothing is measured when bytes come or go that is not counted anyway.

                `iostream.metrics.enabled=false` turns all of them off, `management.metrics.enable.iostream.loop=false` those of loops, and
                `management.metrics.distribution.percentiles-histogram.iostream.tls.handshake=true` makes a timer a histogram. Where Spring
                Boot's metrics are, meters of more than 100 endpoints beside those that are configured are refused.

                A [dashboard](../dashboards/iostream-dashboard.json) for Grafana shows them all, and [alerts](../dashboards/iostream-alerts.yml) for
                Prometheus tell of those that somebody has to act on. The dashboard chooses by `application` where
                `management.metrics.tags.application` sets that tag. With the Prometheus Operator set `honorLabels: true`, since its targets have a
                label `endpoint` of their own.

                | Meter | In Prometheus | Type | Tags | |
                |---|---|---|---|---|
                """);
        for (IOStreamMeters meter : IOStreamMeters.values()) {
            page.append("| `%s` | `%s` | %s | %s | %s |\n"
                    .formatted(
                            meter.getName(),
                            PrometheusTest.name(meter),
                            type(meter),
                            tags(meter),
                            meter.getDescription()));
        }
        page.append("""

                ## Tags

                | Tag | Values |
                |---|---|
                | `role` | `server`; `client`; `factory` for streams that the application makes with `IOStreamFactory` |
                | `endpoint` | the name under `iostream.server` or `iostream.client`; `default` for the factory |
                | `loop` | the name of the loop, which is that of its thread |
                | `direction` | `read`: what was read and no callback has seen; `write`: what was written and the system has not taken |
                """);
        page.append("| `reason` | a close reason: " + words(CloseReason.values()) + " |\n");
        page.append("""

                ## Observations

                Where the application has an `ObservationRegistry`, these are observed, and so timed and traced; with metrics they are timers of the
                same name too. `iostream.observation.enabled=false` turns them off. What is current where a callback is given to a stream is
                current where it is called.

                | Observation | Keys | Keys of traces | Events |
                |---|---|---|---|
                | `iostream.client.connect`: a connection that is made, from the call that asks for it until bytes can flow | %s |
                | `iostream.server.message`: a message that a `@StreamListener` handles, until it is answered | %s |
                """.formatted(row(IOStreamObservations.CLIENT_CONNECT), row(IOStreamObservations.SERVER_MESSAGE)));
        return page.toString();
    }

    private static String type(IOStreamMeters meter) {
        String type = meter.getType().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return meter.getBaseUnit() == null ? type : type + ", " + meter.getBaseUnit();
    }

    private static String tags(IOStreamMeters meter) {
        return meter.getLabels().stream()
                .map(label -> "`" + label.key() + "`" + values(label))
                .collect(Collectors.joining(", "));
    }

    /** Those that are the meter's own; the others are listed once, below. */
    private static String values(MeterLabel label) {
        boolean own = !label.key().equals("role")
                && !label.key().equals("direction")
                && !label.values().isEmpty()
                && label.values().size() <= MANY;
        return own
                ? " (" + label.values().stream().map(value -> "`" + value + "`").collect(Collectors.joining(", ")) + ")"
                : "";
    }

    private static String words(CloseReason[] reasons) {
        return Arrays.stream(reasons)
                .map(reason -> "`" + reason.name().toLowerCase(Locale.ROOT) + "`")
                .collect(Collectors.joining(", "));
    }

    private static String row(IOStreamObservations observation) {
        return Stream.of(
                        Arrays.stream(observation.getLowCardinalityKeyNames()).map(KeyName::asString),
                        Arrays.stream(observation.getHighCardinalityKeyNames()).map(KeyName::asString),
                        Arrays.stream(observation.getEvents()).map(Observation.Event::getName))
                .map(names -> names.map(name -> "`" + name + "`").collect(Collectors.joining(", ")))
                .collect(Collectors.joining(" | "));
    }
}
