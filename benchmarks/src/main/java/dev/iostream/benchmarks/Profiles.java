package dev.iostream.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Looks into what has missed its target, once more after all measurements and outside their figures. */
record Profiles(Lab lab, Quiet quiet, Results results) {
    /** Profiles one server after the other; what fails is noted with the results. */
    List<WorkloadProfile> take() throws InterruptedException {
        var profiles = new ArrayList<WorkloadProfile>();
        for (Workload workload : choice(results)) {
            var taken = new LinkedHashMap<Entry, Profile>();
            for (Entry entry : workload.entries()) {
                System.err.printf("profile of %-12s %s%n", workload.name(), entry.title());
                try {
                    quiet.await();
                    taken.put(entry, ((Profilable) entry.procedure()).profile(lab));
                } catch (IOException | IllegalArgumentException | Unavailable e) {
                    results.failProfile(workload, entry, e.getMessage());
                }
            }
            if (!taken.isEmpty()) {
                profiles.add(new WorkloadProfile(workload, taken));
            }
        }
        return profiles;
    }

    /** The workloads of missed targets, with the entries that missed them and what to see beside them. */
    static List<Workload> choice(Results results) {
        List<Check> missed =
                new Targets(results).checks().stream().filter(Check::missed).toList();
        return results.workloads().stream()
                .map(workload -> {
                    Set<String> wanted = entries(workload, missed, results);
                    return workload.only(
                            entry -> wanted.contains(entry.id()) && entry.procedure() instanceof Profilable);
                })
                .filter(workload -> !workload.entries().isEmpty())
                .toList();
    }

    private static Set<String> entries(Workload workload, List<Check> missed, Results results) {
        var wanted = new HashSet<String>();
        missed.stream()
                .map(Check::finding)
                .filter(finding -> finding.workload().equals(workload.name()))
                .forEach(finding -> {
                    wanted.add(finding.entry());
                    finding.beside().stream()
                            .filter(entry ->
                                    !results.samples(workload.name(), entry).isEmpty())
                            .findFirst()
                            .ifPresent(wanted::add);
                });
        return wanted;
    }
}
