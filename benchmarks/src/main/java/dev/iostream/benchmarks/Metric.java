package dev.iostream.benchmarks;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The figures of a sample that reports show. */
enum Metric {
    CPU("cpuNanos", "CPU ns/message", Sample::cpuNanos),
    USER("userNanos", "of it user", Sample::userNanos),
    RATE("perSecond", "messages/s", Sample::perSecond),
    P50("p50Micros", "p50 µs", Sample::p50),
    P99("p99Micros", "p99 µs", Sample::p99),
    P999("p999Micros", "p99.9 µs", Sample::p999),
    SERVER("serverCpuPercent", "server %", Sample::serverCpu),
    FOREIGN("foreignPercent", "foreign %", Sample::foreign);

    final String key;
    final String title;
    final ToDoubleFunction<Sample> figure;

    Metric(String key, String title, ToDoubleFunction<Sample> figure) {
        this.key = key;
        this.title = title;
        this.figure = figure;
    }

    /** Median, and in brackets the least and the greatest. */
    String show(Spread spread) {
        return show(spread.median()) + " (" + show(spread.min()) + " to " + show(spread.max()) + ")";
    }

    private String show(double value) {
        return String.format(Locale.ROOT, "%,d", Math.round(value));
    }
}
