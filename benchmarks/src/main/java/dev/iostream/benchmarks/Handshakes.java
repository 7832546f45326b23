package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.IOException;
import java.util.List;

/**
 * Full TLS handshakes as fast as the server makes them, each on a connection of its own with one line answered; and what
 * that does to other streams of the same loop, which send a line in plain every few milliseconds.
 */
record Handshakes(Peer peer, String tls) implements Profilable {
    private static final List<String> OTHERS = List.of("-c16", "-m64", "-i5000");
    /** How many times the warm-up of others: handshakes are few a second, and their code is long. */
    private static final int WARM_UPS = 4;
    /** The JDK's handshakes are Java: until all of them is compiled, the compiler takes a third of the core and more. */
    private static final int WARM_UPS_OF_THE_JDK = 15;

    private static final List<String> CLIENTS = List.of("-c32", "-m64", "-a64", "-T");

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        try (Server server = server(lab)) {
            // code is warm before the quiet figure is taken, as it is afterwards
            warmUp(lab, server);
            Fields quiet = others(lab, server, 0, lab.options().seconds());
            // the others warm up until the handshakes are measured, and are measured within that time
            int seconds = lab.options().seconds();
            try (Child clients =
                    lab.generator(server, server.port(), "churn", Lab.with(CLIENTS, "-w1", "-d" + (seconds + 1)))) {
                Fields busy = others(lab, server, 1, seconds);
                Fields handshakes = lab.result(clients);
                double before = quiet.number("p99");
                double meanwhile = busy.number("p99");
                return Sample.of(Metric.HANDSHAKES, handshakes.number("per_s"))
                        .with(Metric.CONNECTION_CPU, handshakes.number("cpu_ns"))
                        .with(Metric.QUIET_P99, before)
                        .with(Metric.BUSY_P99, meanwhile)
                        .with(Metric.SLOWDOWN, meanwhile / before)
                        .with(Metric.SERVER, handshakes.number("server"))
                        .with(Metric.GENERATOR, handshakes.number("generator"));
            }
        }
    }

    /** Without the others, whose part would be seen as the handshakes'. */
    @Override
    public Profile profile(Lab lab) throws IOException, InterruptedException {
        try (Server server = server(lab)) {
            warmUp(lab, server);
            return FlightRecording.of(
                    lab, server, seconds -> lab.generate(server, "churn", Lab.with(CLIENTS, "-w1", "-d" + seconds)));
        }
    }

    private Server server(Lab lab) throws IOException, InterruptedException {
        return lab.server(peer, Job.ECHO.id(), "tls=" + tls, "beside=plain");
    }

    private void warmUp(Lab lab, Server server) throws IOException, InterruptedException {
        lab.generate(server, "churn", Lab.with(CLIENTS, "-w0", "-d" + warmupSeconds(tls, lab.options())));
    }

    /** How long handshakes of that engine warm up, wherever they are made. */
    static int warmupSeconds(String tls, Options options) {
        return (tls.equals("jdk") ? WARM_UPS_OF_THE_JDK : WARM_UPS) * options.warmupSeconds();
    }

    /** In real time, where the system allows it: the figure is the server's delay, not that of a busy generator's core. */
    private static Fields others(Lab lab, Server server, int warmup, int seconds)
            throws IOException, InterruptedException {
        List<String> settings = Lab.with(OTHERS, "-w" + warmup, "-d" + seconds);
        try (Child others = lab.urgentGenerator(server, server.otherPort(), "ping", settings)) {
            return lab.result(others);
        }
    }

    @Override
    public double seconds(Options options) {
        return Load.START_SECONDS + warmupSeconds(tls, options) + 2.0 * options.seconds() + 3;
    }
}
