package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.IOException;
import java.util.List;

/** A proxy between a source and the load generator, both on the other core; only the proxy's CPU time is looked at. */
record Relay(Peer peer, int connections) implements Profilable {
    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        try (Server source = source(lab);
                Server proxy = proxy(lab, source)) {
            return Figures.of(run(lab, source, proxy, lab.options().seconds()));
        }
    }

    @Override
    public Profile profile(Lab lab) throws IOException, InterruptedException {
        try (Server source = source(lab);
                Server proxy = proxy(lab, source)) {
            return FlightRecording.of(lab, proxy, seconds -> run(lab, source, proxy, seconds));
        }
    }

    private static Server source(Lab lab) throws IOException, InterruptedException {
        return lab.helper(Peer.C, Job.SOURCE.id());
    }

    private Server proxy(Lab lab, Server source) throws IOException, InterruptedException {
        return lab.server(peer, Job.PROXY.id(), "upstream=" + source.port());
    }

    private Fields run(Lab lab, Server source, Server proxy, int seconds) throws IOException, InterruptedException {
        return lab.generate(
                proxy,
                "source",
                List.of(
                        "-c" + connections,
                        "-x" + source.pid(),
                        "-w" + lab.options().warmupSeconds(),
                        "-d" + seconds));
    }

    @Override
    public double seconds(Options options) {
        return Load.START_SECONDS + options.warmupSeconds() + options.seconds();
    }
}
