package dev.iostream.benchmarks;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The figures of a sample that reports show. */
enum Metric {
    CPU("cpuNanos", "CPU ns/message", "%.0f", Sample::cpuNanos),
    USER("userNanos", "of it user", "%.0f", Sample::userNanos),
    RATE("perSecond", "messages/s", "%,.0f", Sample::perSecond),
    P50("p50Micros", "p50 µs", "%.0f", Sample::p50),
    P99("p99Micros", "p99 µs", "%.0f", Sample::p99),
    P999("p999Micros", "p99.9 µs", "%.0f", Sample::p999),
    SERVER("serverCpuPercent", "server %", "%.0f", Sample::serverCpu),
    FOREIGN("foreignPercent", "foreign %", "%.0f", Sample::foreign);

    final String key;
    final String title;
    final ToDoubleFunction<Sample> figure;
    private final String format;

    Metric(String key, String title, String format, ToDoubleFunction<Sample> figure) {
        this.key = key;
        this.title = title;
        this.format = format;
        this.figure = figure;
    }

    /** Median, and in brackets the least and the greatest. */
    String show(Spread spread) {
        return show(spread.median()) + " (" + show(spread.min()) + " to " + show(spread.max()) + ")";
    }

    private String show(double value) {
        return String.format(Locale.ROOT, format, value + 0.0); // + 0.0: no "-0"
    }
}
