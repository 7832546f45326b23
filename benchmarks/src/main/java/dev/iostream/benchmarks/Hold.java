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
 * grows by is memory outside the heap. What the allocator of the C library keeps though nobody uses it, above all after
 * the compilers, is given back before each look.
 */
record Hold(Peer peer, int connections, Optional<String> tls) implements Profilable {
    private static final List<String> JVM_FLAGS = Stream.concat(
                    Server.JVM_FLAGS.stream(), Stream.of("-XX:+AlwaysPreTouch"))
            .toList();

    private static final Pattern HELD = Pattern.compile("held connections=(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Duration LIMIT = Duration.ofSeconds(110);
    private static final int CHURN_SECONDS = 3;
    /** The code of a handshake is long, and compiled late. */
    private static final int HANDSHAKE_SECONDS = 12;

    private static final int KIB = 1024;

    @Override
    public Sample measure(Lab lab) throws IOException, InterruptedException {
        Growth<Memory> growth = hold(lab, server -> memory(lab, server));
        double heapEach = (double) (growth.held().heap() - growth.before().heap()) / growth.connections();
        double nativeEach = (double) (growth.held().resident() - growth.before().resident()) / growth.connections();
        return Sample.of(Metric.HEAP, heapEach)
                .with(Metric.NATIVE, nativeEach)
                .with(Metric.MEMORY, heapEach + nativeEach);
    }

    @Override
    public Profile profile(Lab lab) throws IOException, InterruptedException {
        Growth<ClassHistogram> growth = hold(lab, server -> ClassHistogram.of(lab, server));
        return growth.held().since(growth.before(), growth.connections());
    }

    /** Looks at a server before there are connections, and while they are held. */
    private <T> Growth<T> hold(Lab lab, Look<T> look) throws IOException, InterruptedException {
        try (Server server = lab.server(peer, JVM_FLAGS, order())) {
            warmUp(lab, server);
            T before = look.at(server);
            try (Child generator = lab.generator(server, server.port(), "idle", settings(connections))) {
                int count = Integer.parseInt(generator.awaitLine(HELD, LIMIT).group(1));
                T held = look.at(server);
                generator.say("done");
                return new Growth<>(before, held, count);
            }
        }
    }

    private interface Look<T> {
        T at(Server server) throws IOException, InterruptedException;
    }

    private record Growth<T>(T before, T held, int connections) {}

    private record Memory(long heap, long resident) {}

    /** Without a heap for a server that has none. */
    private Memory memory(Lab lab, Server server) throws IOException, InterruptedException {
        if (peer == Peer.C) {
            return new Memory(0, resident(server));
        }
        long heap = server.ask("heap");
        lab.jcmd(server, "System.trim_native_heap");
        return new Memory(heap, resident(server));
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
        lab.generate(server, "churn", Lab.with(settings(32), "-w1", "-d" + churnSeconds()));
    }

    private int churnSeconds() {
        return tls.isPresent() ? HANDSHAKE_SECONDS : CHURN_SECONDS;
    }

    private List<String> settings(int count) {
        var settings = new ArrayList<>(List.of("-c" + count, "-m64", "-a8"));
        tls.ifPresent(engine -> settings.add("-T"));
        return settings;
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
        return Load.START_SECONDS + 6 + churnSeconds() + (tls.isPresent() ? connections / 600.0 : connections / 4000.0);
    }
}
