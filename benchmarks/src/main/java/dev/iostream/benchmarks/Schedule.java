package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The order of the measurements: every second round visits the peers backwards, so that a drift of the machine
 * weighs on all of them alike.
 */
final class Schedule {
    record Turn(int round, Workload workload, Peer peer) {}

    private Schedule() {}

    static List<Turn> of(int rounds, List<Workload> workloads, List<Peer> peers) {
        var backwards = new ArrayList<>(peers);
        Collections.reverse(backwards);
        var turns = new ArrayList<Turn>();
        for (int round = 1; round <= rounds; round++) {
            for (Workload workload : workloads) {
                for (Peer peer : round % 2 == 1 ? peers : backwards) {
                    turns.add(new Turn(round, workload, peer));
                }
            }
        }
        return turns;
    }
}
