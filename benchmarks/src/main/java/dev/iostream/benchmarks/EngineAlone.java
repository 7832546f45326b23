package dev.iostream.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Full handshakes of a server's engine without a network, after the warm-up that a server has. */
record EngineAlone(String tls) implements Procedure {
    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        return timed(lab.options()).measure(lab);
    }

    @Override
    public double seconds(Options options) {
        return timed(options).seconds(options);
    }

    private SelfTimed timed(Options options) {
        int warmup = Handshakes.warmupSeconds(tls, options);
        return new SelfTimed(
                "iostream",
                "iostream.EngineRate",
                List.of("tls=" + tls, "warmup=" + warmup),
                Map.of("handshakes_per_s", Metric.HANDSHAKES),
                warmup + 3);
    }
}
