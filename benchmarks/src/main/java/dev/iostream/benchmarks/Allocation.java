package dev.iostream.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * What a message makes the server allocate: the JVM counts it exactly, for each thread.
 *
 * <p>A fixed number of messages, one in flight on each of a few connections, after a warm-up of as many.
 */
record Allocation(Peer peer, int messages, List<String> order) implements Procedure {
    private static final int WARM_UPS = 3;

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        try (Server server = lab.server(peer, order.toArray(String[]::new))) {
            List<String> settings = List.of("-c4", "-m64", "-n" + messages);
            for (int i = 0; i < WARM_UPS; i++) {
                lab.generate(server, "echo", settings);
            }
            long before = server.ask("allocated");
            lab.generate(server, "echo", settings);
            return Sample.of(Metric.ALLOCATED, (double) (server.ask("allocated") - before) / messages);
        }
    }

    @Override
    public double seconds(Options options) {
        return Load.START_SECONDS + (1 + WARM_UPS) * messages * 10e-6;
    }
}
