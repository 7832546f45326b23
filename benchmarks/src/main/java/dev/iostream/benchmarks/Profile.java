package dev.iostream.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where time or memory of a server goes.
 *
 * @param amounts by top frame, by class or by what the JVM does
 */
record Profile(Kind kind, Map<String, Double> amounts) {
    /** What is profiled, and how it is shown. */
    enum Kind {
        TIME("top frame", "%", 12),
        MEMORY("class", "B/connection", 15),
        START("until ready", "ms", 12);

        final String subject;
        final String unit;
        private final int shown;

        Kind(String subject, String unit, int shown) {
            this.subject = subject;
            this.unit = unit;
            this.shown = shown;
        }
    }

    /** The mean of profiles that have the same names. */
    static Profile mean(List<Profile> profiles) {
        var mean = new TreeMap<String, Double>();
        profiles.forEach(profile ->
                profile.amounts.forEach((name, amount) -> mean.merge(name, amount / profiles.size(), Double::sum)));
        return new Profile(profiles.get(0).kind, mean);
    }

    /** The names of the largest, as many as are worth to be shown. */
    List<String> largest() {
        return amounts.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(kind.shown)
                .map(Map.Entry::getKey)
                .toList();
    }

    double amount(String name) {
        return amounts.getOrDefault(name, 0.0);
    }

    double total() {
        return amounts.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
