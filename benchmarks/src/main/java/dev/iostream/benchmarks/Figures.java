package dev.iostream.benchmarks;

import java.util.EnumMap;
import java.util.Map;

/** What the load generator prints, as figures. */
final class Figures {
    private static final double MEGA = 1e6;

    private Figures() {}

    static Sample of(Fields fields) {
        var figures = new EnumMap<Metric, Double>(Metric.class);
        if (fields.number("messages") > 0) {
            figures.putAll(Map.of(
                    Metric.CPU, fields.number("cpu_ns"),
                    Metric.USER, fields.number("user_ns"),
                    Metric.RATE, fields.number("per_s"),
                    Metric.P50, fields.number("p50"),
                    Metric.P99, fields.number("p99"),
                    Metric.P999, fields.number("p999"),
                    // where each message has a connection of its own
                    Metric.CONNECTION_CPU, fields.number("cpu_ns"),
                    Metric.CONNECTION_RATE, fields.number("per_s")));
        }
        figures.putAll(Map.of(
                Metric.THROUGHPUT, fields.number("bytes_per_s") / MEGA,
                Metric.CPU_PER_KIB, fields.number("cpu_ns_per_kib"),
                Metric.SERVER, fields.number("server"),
                Metric.GENERATOR, fields.number("generator"),
                Metric.FOREIGN, fields.number("foreign")));
        return new Sample(figures);
    }
}
