package dev.iostream.benchmarks;

import java.util.List;
import java.util.function.Predicate;

/**
 * Entries that are measured under the same conditions, so that their figures compare.
 *
 * @param name short and unique; what comes before a hyphen selects all of a kind
 * @param title what reports call it
 * @param metrics what is shown, the one that counts most first
 * @param share how many rounds it gets for each one asked for; fewer where no target looks
 * @param entries what is measured
 */
record Workload(String name, String title, List<Metric> metrics, double share, List<Entry> entries) {
    private static final double OTHERS = 0.6;

    /** Whether the command line means this one by {@code wanted}. */
    boolean isCalled(String wanted) {
        return name.equals(wanted) || name.startsWith(wanted + "-");
    }

    /** Of what targets name. */
    int rounds(Options options) {
        return roundsOf(options.rounds() * share);
    }

    /** Fewer for those that no target names: they are there to be seen beside. */
    int rounds(Options options, Entry entry) {
        return entry.peer().inTargets() ? rounds(options) : roundsOf(options.rounds() * share * OTHERS);
    }

    private static int roundsOf(double share) {
        return (int) Math.max(1, Math.round(share));
    }

    /** The same with some of its entries only. */
    Workload only(Predicate<Entry> wanted) {
        return new Workload(
                name, title, metrics, share, entries.stream().filter(wanted).toList());
    }

    Metric main() {
        return metrics.get(0);
    }
}
