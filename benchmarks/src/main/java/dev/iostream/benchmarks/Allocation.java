package dev.iostream.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * What a message makes the server allocate: the JVM counts it exactly, for each thread.
 *
 * <p>A fixed number of messages, one in flight on each of a few connections; and that several times, of which the least
 * counts: the first ones warm up, and a server has other things to do now and then.
 */
record Allocation(Peer peer, int messages, List<String> order) implements Procedure {
    private static final int WINDOWS = 6;

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        try (Server server = lab.server(peer, order.toArray(String[]::new))) {
            List<String> settings = List.of("-c4", "-m64", "-n" + messages);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < WINDOWS; i++) {
                long before = server.ask("allocated");
                lab.generate(server, "echo", settings);
                least = Math.min(least, server.ask("allocated") - before);
            }
            return Sample.of(Metric.ALLOCATED, (double) least / messages);
        }
    }

    @Override
    public double seconds(Options options) {
        return Load.START_SECONDS + WINDOWS * messages * 10e-6;
    }
}
