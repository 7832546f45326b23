package dev.iostream.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A class of a peer's module that measures by itself, without a load generator, and prints one line of fields.
 *
 * @param module the peer's folder
 * @param main its class, without the package that all have in common
 * @param arguments what it is told
 * @param fields which of its fields are which figures
 * @param about how many seconds it takes
 */
record SelfTimed(String module, String main, List<String> arguments, Map<String, Metric> fields, double about)
        implements Procedure {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final List<String> JVM_FLAGS = List.of("-Xms2g", "-Xmx2g", "-XX:+UseSerialGC");

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        Fields said = lab.run(module, main, JVM_FLAGS, LIMIT, arguments.toArray(String[]::new));
        var figures = new EnumMap<Metric, Double>(Metric.class);
        fields.forEach((field, metric) -> figures.put(metric, said.number(field)));
        return new Sample(figures);
    }

    @Override
    public double seconds(Options options) {
        return about;
    }
}
