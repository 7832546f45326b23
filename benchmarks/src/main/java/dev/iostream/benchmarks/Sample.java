package dev.iostream.benchmarks;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** What one measurement of one server has shown. */
record Sample(Map<Metric, Double> figures) {
    Sample {
        figures = Collections.unmodifiableMap(new EnumMap<>(figures));
    }

    static Sample of(Metric metric, double value) {
        return new Sample(Map.of(metric, value));
    }

    /** The same with another figure. */
    Sample with(Metric metric, double value) {
        var more = new EnumMap<Metric, Double>(Metric.class);
        more.putAll(figures);
        more.put(metric, value);
        return new Sample(more);
    }

    /** Throws when this measurement does not show that. */
    double figure(Metric metric) {
        Double value = figures.get(metric);
        if (value == null) {
            throw new IllegalArgumentException("This measurement has no " + metric.key);
        }
        return value;
    }

    /** The share of a core that other processes used meanwhile, in percent; 0 where it does not matter. */
    double foreign() {
        return figures.getOrDefault(Metric.FOREIGN, 0.0);
    }
}
