package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A proxy between a source and the load generator, both on the other core; only the proxy's CPU time is looked at. */
record Relay(Peer peer, int connections) implements Procedure {
    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        try (Server source = lab.helper(Peer.C, Job.SOURCE.id());
                Server proxy = lab.server(peer, Job.PROXY.id(), "upstream=" + source.port())) {
            var settings = new ArrayList<>(List.of("-c" + connections, "-x" + source.pid()));
            settings.addAll(lab.time());
            return Figures.of(lab.generate(proxy, "source", settings));
        }
    }

    @Override
    public double seconds(Options options) {
        return Load.START_SECONDS + options.warmupSeconds() + options.seconds();
    }
}
