package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Takes one sample: a fresh server, its load generator, and both ended again. */
final class Measurement {
    private static final Duration GENERATOR_SLACK = Duration.ofSeconds(20);

    private final Options options;
    private final Programs programs;
    private final Path directory;
    private final Quiet quiet;

    Measurement(Options options, Programs programs, Path directory) {
        this.options = options;
        this.programs = programs;
        this.directory = directory;
        this.quiet = new Quiet(options.patience());
    }

    /** Measures, and measures again while the machine is not quiet and patience lasts; returns the quietest sample. */
    Sample take(Peer peer, Workload workload) throws IOException, InterruptedException {
        quiet.await();
        Sample best = once(peer, workload);
        while (best.foreign() > Quiet.FOREIGN_LIMIT && quiet.patient()) {
            quiet.spend(Duration.ofSeconds(options.warmupSeconds() + options.seconds()));
            quiet.await();
            Sample again = once(peer, workload);
            best = again.foreign() < best.foreign() ? again : best;
        }
        return best;
    }

    private Sample once(Peer peer, Workload workload) throws IOException, InterruptedException {
        List<String> server = options.cores().forServer(serverCommand(peer));
        try (EchoServer running = EchoServer.start(peer.id(), server, directory);
                Child generator = Child.start("loadgen", generatorCommand(running, workload), directory)) {
            Duration limit = Duration.ofSeconds(options.warmupSeconds() + options.seconds())
                    .plus(GENERATOR_SLACK);
            return Sample.parse(generator.readLine(limit));
        }
    }

    private List<String> serverCommand(Peer peer) {
        return peer.main()
                .map(main -> EchoServer.jvmCommand(options.java(), main))
                .orElseGet(() -> List.of(programs.cserver().toString(), "0", "echo"));
    }

    private List<String> generatorCommand(EchoServer server, Workload workload) {
        return options.cores()
                .forGenerator(List.of(
                        programs.loadgen().toString(),
                        "echo",
                        "-p" + server.port(),
                        "-c" + workload.connections(),
                        "-m" + workload.bytes(),
                        "-P" + workload.depth(),
                        "-w" + options.warmupSeconds(),
                        "-d" + options.seconds(),
                        "-S" + server.pid()));
    }
}
