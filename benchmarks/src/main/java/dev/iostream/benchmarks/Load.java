package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server, and the load generator beside it for a while.
 *
 * @param mode of the load generator
 * @param settings of the load generator, besides the time
 * @param order what the server is told
 */
record Load(Peer peer, String mode, List<String> settings, List<String> order) implements Profilable {
    /** From the start of the server until it accepts connections, and what the end costs. */
    static final double START_SECONDS = 0.8;

    static Load of(Peer peer, Job job, String mode, String... settings) {
        return new Load(peer, mode, List.of(settings), List.of(job.id()));
    }

    /** The same with more for the server. */
    Load told(String... more) {
        return new Load(
                peer,
                mode,
                settings,
                Stream.concat(order.stream(), Stream.of(more)).toList());
    }

    /** The same over TLS of that engine. */
    Load secured(String engine) {
        var secured = new ArrayList<>(settings);
        secured.add("-T");
        return new Load(peer, mode, secured, order).told("tls=" + engine);
    }

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        try (Server server = start(lab)) {
            Fields fields = run(lab, server, lab.options().seconds());
            if (mode.equals("sink")) {
                Received.everything(server, (long) fields.number("sent"));
            }
            return Figures.of(fields);
        }
    }

    @Override
    public Profile profile(Lab lab) throws IOException, InterruptedException {
        try (Server server = start(lab)) {
            return FlightRecording.of(lab, server, seconds -> run(lab, server, seconds));
        }
    }

    private Server start(Lab lab) throws IOException, InterruptedException {
        return lab.server(peer, order.toArray(String[]::new));
    }

    private Fields run(Lab lab, Server server, int seconds) throws IOException, InterruptedException {
        var timed = new ArrayList<>(settings);
        timed.addAll(List.of("-w" + warmup(lab.options()), "-d" + seconds));
        return lab.generate(server, mode, timed);
    }

    @Override
    public double seconds(Options options) {
        return START_SECONDS + warmup(options) + options.seconds();
    }

    /** Ciphers of the JDK are slow until the JVM has compiled them, which takes the longer for that. */
    private int warmup(Options options) {
        return order.contains("tls=jdk") ? 2 * options.warmupSeconds() : options.warmupSeconds();
    }
}
