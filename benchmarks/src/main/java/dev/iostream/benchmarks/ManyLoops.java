package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Line echo by a server of several loops, each with a core to itself. */
record ManyLoops(int loops) implements Procedure {
    /** The most that are compared, and the load generator beside them. */
    private static final int CORES = 3;

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        if (cores < CORES) {
            throw new Unavailable("two loops and a load generator need " + CORES + " cores, and there are " + cores);
        }
        try (Server server = lab.wideServer(loops, Peer.IOSTREAM, Job.ECHO.id(), "loops=" + loops)) {
            var settings = new ArrayList<>(List.of("-c64", "-m64", "-P16"));
            settings.addAll(lab.time());
            return Figures.of(lab.generate(server, "echo", settings));
        }
    }

    @Override
    public double seconds(Options options) {
        return Runtime.getRuntime().availableProcessors() < CORES
                ? 0
                : Load.START_SECONDS + options.warmupSeconds() + options.seconds();
    }
}
