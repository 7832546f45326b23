package dev.iostream.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where a thread of a server was when the sampler looked.
 *
 * @param inNative whether it was in a native method, and so most often in the kernel
 * @param frame the method on top of its stack
 */
record StackSample(String thread, boolean inNative, String frame) {
    /** Threads with less than this share of the CPU time are not the loop, but do something beside it. */
    private static final double LEAST_OF_A_LOOP = 0.05;

    private static final double PERCENT = 100;

    /**
     * The shares of the loop's threads by top frame, in percent.
     *
     * <p>At each look the sampler takes the threads that are in Java, up to five, but of those in native methods one
     * only, and goes on from there at the next look: threads that just wait have their turns too. One that always waits,
     * as the console does, has been sampled once for each turn of the loop; hence there were as many turns as it has
     * samples, and as many looks as there are native samples. A native sample counts for as many looks as a turn took.
     *
     * @param cpuTime what each thread used, in any unit; those that used hardly any are not loops
     */
    static Profile profile(List<StackSample> samples, Map<String, Double> cpuTime) throws IOException {
        double allTime =
                cpuTime.values().stream().mapToDouble(Double::doubleValue).sum();
        Set<String> loops = samples.stream()
                .map(StackSample::thread)
                .filter(thread -> cpuTime.getOrDefault(thread, 0.0) > LEAST_OF_A_LOOP * allTime)
                .collect(Collectors.toSet());
        if (loops.isEmpty()) {
            throw new IOException("none of %d samples is of a thread at work".formatted(samples.size()));
        }
        double weight = turnTaking(samples);
        var shares = new TreeMap<String, Double>();
        samples.stream()
                .filter(sample -> loops.contains(sample.thread()))
                .forEach(sample -> shares.merge(sample.name(), sample.inNative() ? weight : 1, Double::sum));
        double all = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        shares.replaceAll((name, share) -> share / all * PERCENT);
        return new Profile(Profile.Kind.TIME, shares);
    }

    /** How many looks a turn of all threads in native methods took. */
    private static double turnTaking(List<StackSample> samples) {
        Map<String, Long> byThread = samples.stream()
                .filter(StackSample::inNative)
                .collect(Collectors.groupingBy(StackSample::thread, Collectors.counting()));
        double looks = byThread.values().stream().mapToLong(Long::longValue).sum();
        return looks
                / byThread.values().stream().mapToLong(Long::longValue).max().orElse(1);
    }

    private String name() {
        return inNative ? frame + " (native)" : frame;
    }
}
