package dev.iostream.benchmarks;

import dev.iostream.benchmarks.peer.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Connections that are held after one message each: what memory does one cost?
 *
 * <p>The heap is asked for after a collection. All its pages are touched at the start, so that what the process then
 * grows by is memory outside the heap.
 */
record Hold(Peer peer, int connections, Optional<String> tls) implements Procedure {
    private static final List<String> JVM_FLAGS = Stream.concat(
                    Server.JVM_FLAGS.stream(), Stream.of("-XX:+AlwaysPreTouch"))
            .toList();

    private static final Pattern HELD = Pattern.compile("held connections=(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Duration LIMIT = Duration.ofSeconds(110);
    private static final int CHURN_SECONDS = 3;
    private static final int KIB = 1024;

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        try (Server server = lab.server(peer, JVM_FLAGS, order())) {
            warmUp(lab, server);
            long heap = heap(server);
            long resident = resident(server);
            try (Child generator = lab.generator(server, server.port(), "idle", settings(connections))) {
                Matcher held = generator.awaitLine(HELD, LIMIT);
                int count = Integer.parseInt(held.group(1));
                double heapEach = (double) (heap(server) - heap) / count;
                double nativeEach = (double) (resident(server) - resident) / count;
                generator.say("done");
                return Sample.of(Metric.HEAP, heapEach)
                        .with(Metric.NATIVE, nativeEach)
                        .with(Metric.MEMORY, heapEach + nativeEach);
            }
        }
    }

    private List<String> order() {
        return tls.map(engine -> List.of(Job.ECHO.id(), "tls=" + engine)).orElse(List.of(Job.ECHO.id()));
    }

    /**
     * Loads classes, fills pools and has what accepts connections compiled, so that none of that, and least of all the
     * compilers' own memory, counts as the connections'.
     */
    private void warmUp(Lab lab, Server server) throws IOException, InterruptedException {
        lab.generate(server, "echo", Lab.with(settings(64), "-w1", "-d1"));
        lab.generate(server, "churn", Lab.with(settings(32), "-w1", "-d" + CHURN_SECONDS));
    }

    private List<String> settings(int count) {
        var settings = new ArrayList<>(List.of("-c" + count, "-m64", "-a8"));
        tls.ifPresent(engine -> settings.add("-T"));
        return settings;
    }

    /** 0 for a server without a heap. */
    private long heap(Server server) throws IOException, InterruptedException {
        return peer == Peer.C ? 0 : server.ask("heap");
    }

    private static long resident(Server server) throws IOException {
        Matcher line = RESIDENT.matcher(Files.readString(Path.of("/proc/" + server.pid() + "/status")));
        if (!line.find()) {
            throw new IOException("The kernel does not say how much memory the server uses");
        }
        return Long.parseLong(line.group(1)) * KIB;
    }

    @Override
    public double seconds(Options options) {
        return Load.START_SECONDS + 6 + CHURN_SECONDS + (tls.isPresent() ? connections / 600.0 : connections / 4000.0);
    }
}
