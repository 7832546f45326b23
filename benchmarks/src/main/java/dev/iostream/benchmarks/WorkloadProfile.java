package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Profiles of entries of one workload, side by side. */
record WorkloadProfile(Workload workload, Map<Entry, Profile> profiles) {
    String markdown() {
        Profile.Kind kind = profiles.values().iterator().next().kind();
        var table = new Table(Stream.concat(
                        Stream.of(kind.subject),
                        profiles.keySet().stream().map(entry -> entry.title() + ", " + kind.unit))
                .toList());
        List<String> names = largestOfAny();
        names.forEach(name -> table.add(row(name, profile -> profile.amount(name))));
        table.add(row(
                "all others",
                profile -> profile.total()
                        - names.stream().mapToDouble(profile::amount).sum()));
        return "\n### %s: %s\n\n".formatted(workload.name(), workload.title()) + table.markdown();
    }

    /** What is among the largest of one entry at least, the largest of all first. */
    private List<String> largestOfAny() {
        return profiles.values().stream()
                .map(Profile::largest)
                .flatMap(Collection::stream)
                .distinct()
                .sorted(Comparator.comparingDouble(this::most).reversed())
                .toList();
    }

    private double most(String name) {
        return profiles.values().stream()
                .mapToDouble(profile -> profile.amount(name))
                .max()
                .orElseThrow();
    }

    private List<String> row(String name, ToDoubleFunction<Profile> amount) {
        var row = new ArrayList<>(List.of(name));
        profiles.values()
                .forEach(profile -> row.add(String.format(Locale.ROOT, "%,.1f", amount.applyAsDouble(profile))));
        return row;
    }

    Map<String, Object> json() {
        var map = new LinkedHashMap<String, Object>();
        map.put("workload", workload.name());
        map.put(
                "entries",
                profiles.entrySet().stream().map(WorkloadProfile::json).toList());
        return map;
    }

    private static Map<String, Object> json(Map.Entry<Entry, Profile> profile) {
        var map = new LinkedHashMap<String, Object>();
        map.put("entry", profile.getKey().id());
        map.put("by", profile.getValue().kind().subject);
        map.put("unit", profile.getValue().kind().unit);
        map.put("amounts", profile.getValue().amounts());
        return map;
    }
}
