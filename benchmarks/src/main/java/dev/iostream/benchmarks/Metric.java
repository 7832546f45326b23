package dev.iostream.benchmarks;

import java.util.Locale;

/** The figures that samples have and reports show. */
enum Metric {
    CPU("cpuNanos", "CPU ns/message", 0),
    USER("userNanos", "of it user", 0),
    RATE("perSecond", "messages/s", 0),
    P50("p50Micros", "p50 µs", 0),
    P99("p99Micros", "p99 µs", 0),
    P999("p999Micros", "p99.9 µs", 0),
    THROUGHPUT("megabytesPerSecond", "MB/s", 0),
    CPU_PER_KIB("cpuNanosPerKiB", "CPU ns/KiB", 1),
    CONNECTION_CPU("cpuNanosPerConnection", "CPU ns/connection", 0),
    CONNECTION_RATE("connectionsPerSecond", "connections/s", 0),
    ALLOCATED("allocatedBytes", "allocated B/message", 1),
    HEAP("heapBytesPerConnection", "heap B/connection", 0),
    NATIVE("nativeBytesPerConnection", "native B/connection", 0),
    MEMORY("memoryBytesPerConnection", "together", 0),
    HANDSHAKES("handshakesPerSecond", "handshakes/s", 0),
    QUIET_P99("quietP99Micros", "p99 µs of others before", 0),
    BUSY_P99("busyP99Micros", "p99 µs meanwhile", 0),
    SLOWDOWN("slowdown", "ratio", 1),
    TIMERS("millionTimersSeconds", "10⁶ timers set and cancelled, s", 3),
    CALLBACKS("millionCallbacksSeconds", "10⁶ cross-thread callbacks, s", 3),
    WAKEUPS("wakeupsPerCallbackPercent", "wake-ups a callback, %", 2),
    START("startMillis", "ms until ready", 0),
    TURN("turnNanosPerConnection", "CPU ns/connection and turn", 0),
    SERVER("serverCpuPercent", "server %", 0),
    GENERATOR("generatorCpuPercent", "generator %", 0),
    FOREIGN("foreignPercent", "foreign %", 0);

    final String key;
    final String title;
    private final int decimals;

    Metric(String key, String title, int decimals) {
        this.key = key;
        this.title = title;
        this.decimals = decimals;
    }

    /** Median, and in brackets the least and the greatest if there is more than one. */
    String show(Spread spread) {
        if (spread.min() == spread.max()) {
            return show(spread.median());
        }
        return show(spread.median()) + " (" + show(spread.min()) + " to " + show(spread.max()) + ")";
    }

    String show(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
