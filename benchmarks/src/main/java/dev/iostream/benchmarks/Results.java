package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The samples of a run, by workload and peer, one for each round. */
final class Results {
    private final Map<Workload, Map<Peer, List<Sample>>> samples = new LinkedHashMap<>();

    void add(Schedule.Turn turn, Sample sample) {
        samples.computeIfAbsent(turn.workload(), workload -> new EnumMap<>(Peer.class))
                .computeIfAbsent(turn.peer(), peer -> new ArrayList<>())
                .add(sample);
    }

    Set<Workload> workloads() {
        return samples.keySet();
    }

    Set<Peer> peers(Workload workload) {
        return samples.get(workload).keySet();
    }

    List<Sample> samples(Workload workload, Peer peer) {
        return samples.get(workload).get(peer);
    }

    Spread spread(Workload workload, Peer peer, ToDoubleFunction<Sample> figure) {
        return Spread.of(samples(workload, peer), figure);
    }

    /** Median, least and greatest of the ratios that the single rounds show: what moved both at once cancels out. */
    Spread ratio(Workload workload, Peer peer, Peer base, ToDoubleFunction<Sample> figure) {
        List<Sample> ours = samples(workload, peer);
        List<Sample> theirs = samples(workload, base);
        return Spread.of(IntStream.range(0, ours.size())
                .mapToDouble(i -> figure.applyAsDouble(ours.get(i)) / figure.applyAsDouble(theirs.get(i)))
                .toArray());
    }
}
