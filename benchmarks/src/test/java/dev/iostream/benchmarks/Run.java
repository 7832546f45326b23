package dev.iostream.benchmarks;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run whose figures a test makes up. */
final class Run {
    private static final Machine MACHINE = new Machine("A \"fast\" CPU", 2, "Linux 6.1", "OpenJDK 17");

    final Results results;
    private final Options options;
    private final Map<String, Integer> rounds = new HashMap<>();

    Run(String workloads) {
        options = Options.parse("--workloads", workloads);
        results = new Results(options.workloads());
    }

    /** One round for each value. */
    void saw(String workload, String entry, Metric metric, double... values) {
        for (double value : values) {
            add(workload, entry, Sample.of(metric, value));
        }
    }

    void add(String workload, String entry, Sample sample) {
        results.add(turn(workload, entry), sample);
    }

    Schedule.Turn turn(String workload, String entry) {
        Workload found = options.workloads().stream()
                .filter(each -> each.name().equals(workload))
                .findFirst()
                .orElseThrow();
        return new Schedule.Turn(
                rounds.merge(workload + entry, 1, Integer::sum),
                found,
                found.entries().stream()
                        .filter(each -> each.id().equals(entry))
                        .findFirst()
                        .orElseThrow());
    }

    Report report() {
        return report(List.of(), new Limits(Map.of()));
    }

    Report report(List<WorkloadProfile> profiles, Limits limits) {
        return new Report(
                LocalDate.of(2026, 11, 23),
                "abc",
                MACHINE,
                List.of("Netty 4.2.18"),
                options,
                results,
                Optional.empty(),
                profiles,
                limits);
    }
}
