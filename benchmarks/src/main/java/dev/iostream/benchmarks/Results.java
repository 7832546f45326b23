package dev.iostream.benchmarks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The samples of a run, by workload and entry, one for each round; what could not be measured, and what failed. */
final class Results {
    private final Map<String, Workload> workloads = new LinkedHashMap<>();
    private final Map<String, Map<String, SortedMap<Integer, Sample>>> samples = new LinkedHashMap<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> failures = new LinkedHashSet<>();

    /** Fixes the order in which workloads and their entries are shown. */
    Results(List<Workload> order) {
        order.forEach(workload -> {
            workloads.put(workload.name(), workload);
            var entries = new LinkedHashMap<String, SortedMap<Integer, Sample>>();
            workload.entries().forEach(entry -> entries.put(entry.id(), new TreeMap<>()));
            samples.put(workload.name(), entries);
        });
    }

    void add(Schedule.Turn turn, Sample sample) {
        samples.get(turn.workload().name()).get(turn.entry().id()).put(turn.round(), sample);
    }

    /** Notes that something was left out, and why. */
    void miss(Schedule.Turn turn, Unavailable why) {
        missing.add(turn.workload().name() + ", " + turn.entry().title() + ": " + why.getMessage());
    }

    Set<String> missing() {
        return missing;
    }

    /** Notes that a measurement went wrong, a wrong byte among others, and how. */
    void fail(Schedule.Turn turn, String how) {
        failures.add(
                "round %d of %s, %s".formatted(turn.round(), turn.workload().name(), how));
    }

    /** Notes that a profile could not be taken, and why. */
    void failProfile(Workload workload, Entry entry, String how) {
        failures.add("profile of %s, %s: %s".formatted(workload.name(), entry.title(), how));
    }

    Set<String> failures() {
        return failures;
    }

    /** The last round so far. */
    int rounds() {
        return samples.values().stream()
                .flatMap(entries -> entries.values().stream())
                .filter(rounds -> !rounds.isEmpty())
                .mapToInt(SortedMap::lastKey)
                .max()
                .orElse(0);
    }

    /** Those that have been measured at least once. */
    List<Workload> workloads() {
        return workloads.values().stream()
                .filter(workload -> !entries(workload).isEmpty())
                .toList();
    }

    /** Those of a workload that have been measured at least once. */
    List<Entry> entries(Workload workload) {
        return workload.entries().stream()
                .filter(entry -> !samples(workload.name(), entry.id()).isEmpty())
                .toList();
    }

    List<Sample> samples(String workload, String entry) {
        return List.copyOf(byRound(workload, entry).values());
    }

    private SortedMap<Integer, Sample> byRound(String workload, String entry) {
        return samples.getOrDefault(workload, Map.of()).getOrDefault(entry, Collections.emptySortedMap());
    }

    /** Median, least and greatest of the rounds; nothing when it was not measured. */
    Optional<Spread> spread(String workload, String entry, Metric metric) {
        List<Sample> all = samples(workload, entry);
        return all.isEmpty() || !all.get(0).figures().containsKey(metric)
                ? Optional.empty()
                : Optional.of(Spread.of(all, sample -> sample.figure(metric)));
    }

    /** Median, least and greatest of the ratios that the single rounds show: what moved both at once cancels out. */
    Optional<Spread> ratio(String workload, String entry, String base, Metric metric) {
        if (spread(workload, entry, metric).isEmpty()
                || spread(workload, base, metric).isEmpty()) {
            return Optional.empty();
        }
        SortedMap<Integer, Sample> theirs = byRound(workload, base);
        double[] ratios = byRound(workload, entry).entrySet().stream()
                .filter(ours -> theirs.containsKey(ours.getKey()))
                .mapToDouble(ours -> ours.getValue().figure(metric)
                        / theirs.get(ours.getKey()).figure(metric))
                .filter(Double::isFinite)
                .toArray();
        return ratios.length == 0 ? Optional.empty() : Optional.of(Spread.of(ratios));
    }
}
