package dev.iostream.benchmarks;

import dev.iostream.benchmarks.Finding.Basis;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;

/**
 * The order of the measurements: every second round visits the entries backwards, so that a drift of the machine weighs on
 * all of them alike.
 */
final class Schedule {
    record Turn(int round, Workload workload, Entry entry) {}

    private Schedule() {}

    static List<Turn> of(Options options, List<Workload> workloads) {
        return rounds(workloads, 1, (workload, entry) -> workload.rounds(options, entry));
    }

    /**
     * As many rounds again of what is compared by targets on which the rounds so far do not agree, whether met or missed.
     */
    static List<Turn> again(Options options, Results results) {
        Set<Basis> close = new Targets(results)
                .checks().stream()
                        .filter(Check::isClose)
                        .flatMap(check -> check.finding().basis().stream())
                        .collect(Collectors.toSet());
        List<Workload> workloads = results.workloads().stream()
                .map(workload -> workload.only(entry -> close.contains(new Basis(workload.name(), entry.id()))))
                .toList();
        return rounds(workloads, results.rounds() + 1, (workload, entry) -> workload.rounds(options));
    }

    private static List<Turn> rounds(List<Workload> workloads, int first, ToIntBiFunction<Workload, Entry> count) {
        var turns = new ArrayList<Turn>();
        int most = workloads.stream()
                .flatMapToInt(
                        workload -> workload.entries().stream().mapToInt(entry -> count.applyAsInt(workload, entry)))
                .max()
                .orElse(0);
        for (int i = 0; i < most; i++) {
            int round = first + i;
            for (Workload workload : workloads) {
                for (Entry entry : inOrder(workload.entries(), round)) {
                    if (i < count.applyAsInt(workload, entry)) {
                        turns.add(new Turn(round, workload, entry));
                    }
                }
            }
        }
        return turns;
    }

    private static List<Entry> inOrder(List<Entry> entries, int round) {
        var order = new ArrayList<>(entries);
        if (round % 2 == 0) {
            Collections.reverse(order);
        }
        return order;
    }

    /** About how many seconds it takes. */
    static double seconds(List<Turn> turns, Options options) {
        return turns.stream()
                .mapToDouble(turn -> turn.entry().procedure().seconds(options) + Quiet.LOOK.toMillis() / 1e3)
                .sum();
    }
}
