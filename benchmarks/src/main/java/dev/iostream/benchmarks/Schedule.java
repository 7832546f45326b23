package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The order of the measurements: every second round visits the entries backwards, so that a drift of the machine weighs on
 * all of them alike.
 */
final class Schedule {
    record Turn(int round, Workload workload, Entry entry) {}

    private Schedule() {}

    static List<Turn> of(Options options, List<Workload> workloads) {
        var turns = new ArrayList<Turn>();
        int most = workloads.stream()
                .flatMapToInt(
                        workload -> workload.entries().stream().mapToInt(entry -> workload.rounds(options, entry)))
                .max()
                .orElse(0);
        for (int round = 1; round <= most; round++) {
            for (Workload workload : workloads) {
                for (Entry entry : inOrder(workload.entries(), round)) {
                    if (round <= workload.rounds(options, entry)) {
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
