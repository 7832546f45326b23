package dev.iostream.benchmarks;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the load generator saw of one server in one round.
 *
 * @param perSecond messages answered per second
 * @param p50 median latency in microseconds; {@code p99} and {@code p999} likewise
 * @param serverCpu share of a core that the server used, in percent
 * @param foreign share of a core that other processes used meanwhile, in percent
 * @param cpuNanos CPU time of the server per message
 * @param userNanos the part of it in user mode, counted in clock ticks of the kernel
 */
record Sample(
        double perSecond,
        double p50,
        double p99,
        double p999,
        double serverCpu,
        double foreign,
        double cpuNanos,
        double userNanos) {
    private static final Pattern FIELD = Pattern.compile("(\\S+)=(\\S+)");

    /** Reads the line that the load generator prints at its end. Throws when a figure is missing or an echo went wrong. */
    static Sample parse(String line) {
        Map<String, String> fields = FIELD.matcher(line)
                .results()
                .collect(Collectors.toMap(field -> field.group(1), field -> field.group(2), (first, second) -> second));
        if (number(fields, "err", line) != 0) {
            throw new IllegalArgumentException("The load generator met errors: " + line);
        }
        return new Sample(
                number(fields, "per_s", line),
                number(fields, "p50", line),
                number(fields, "p99", line),
                number(fields, "p99.9", line),
                number(fields, "srvcpu", line),
                number(fields, "foreign", line),
                number(fields, "cpu_ns_per_req", line),
                number(fields, "user_ns_per_req", line));
    }

    private static double number(Map<String, String> fields, String name, String line) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The load generator did not print '" + name + "=': " + line);
        }
        return Double.parseDouble(value);
    }
}
