package dev.iostream.benchmarks;

import java.util.List;
import java.util.stream.Collectors;

/** Line echo in a closed loop: each connection keeps {@code depth} lines of {@code bytes} bytes in flight. */
record Workload(String name, int connections, int bytes, int depth) {
    static final List<Workload> ALL = List.of(new Workload("P1", 64, 64, 1), new Workload("P3", 64, 64, 16));

    String title() {
        return "%s: line echo, %d connections × %d B, %d in flight".formatted(name, connections, bytes, depth);
    }

    static Workload named(String name) {
        return ALL.stream()
                .filter(workload -> workload.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("No workload is called '" + name + "'; there are "
                        + ALL.stream().map(Workload::name).collect(Collectors.joining(", "))));
    }
}
