package dev.iostream.benchmarks;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Committed counts, a file for each feature release of the JDK.
 *
 * <p>A count that is 2 % larger is a regression. One that is 2 % smaller has to be written down too, or it could be lost
 * again unnoticed.
 */
record Baseline(Path file, Map<String, Double> counts) {
    private static final double TOLERANCE = 0.02;
    /** Of counts near zero: what a server does besides, spread over all messages. */
    private static final double LEAST_BYTES = 1;

    private static final double LEAST_CALLS = 0.01;

    /** Without counts when there is no file for this JDK. */
    static Baseline of(Path directory, int feature) throws IOException {
        Path file = directory.resolve("jdk-" + feature + ".properties");
        var properties = new Properties();
        if (Files.exists(file)) {
            properties.load(new StringReader(Files.readString(file)));
        }
        var counts = new TreeMap<String, Double>();
        properties.forEach((name, value) -> counts.put(name.toString(), Double.valueOf(value.toString())));
        return new Baseline(file, counts);
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** What differs, in words; nothing when all is as it was. */
    List<String> differences(Map<String, Double> seen) {
        var differences = new ArrayList<String>();
        seen.forEach((name, count) -> {
            Double expected = counts.get(name);
            if (expected == null) {
                differences.add("%s was %.3f, and the baseline does not have it".formatted(name, count));
            } else if (Math.abs(count - expected) > tolerance(name, expected)) {
                differences.add("%s was %.3f, %s than the baseline's %.3f"
                        .formatted(name, count, count > expected ? "more" : "less", expected));
            }
        });
        Set<String> groups = seen.keySet().stream().map(Baseline::group).collect(Collectors.toSet());
        counts.keySet().stream()
                .filter(name -> groups.contains(group(name)) && !seen.containsKey(name))
                .forEach(name -> differences.add(name + " was 0, less than the baseline's " + counts.get(name)));
        return differences;
    }

    /** What was counted together: a count that is missing there was zero. */
    private static String group(String name) {
        return name.substring(0, name.lastIndexOf('.') + 1);
    }

    private static double tolerance(String name, double expected) {
        return Math.max(TOLERANCE * expected, name.contains("bytes") ? LEAST_BYTES : LEAST_CALLS);
    }

    /** Puts these counts in the place of those of the same name. */
    Baseline write(Map<String, Double> seen) throws IOException {
        var all = new TreeMap<>(counts);
        all.putAll(seen);
        String text = all.entrySet().stream()
                .map(count -> String.format(Locale.ROOT, "%s = %.3f", count.getKey(), count.getValue()))
                .collect(Collectors.joining(
                        "\n",
                        "# Bytes for each message, turns and system calls for each exchange: what RegressionGuardTest compares. Written by it with"
                                + " -Dguard.write=true.\n",
                        "\n"));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return new Baseline(file, all);
    }
}
