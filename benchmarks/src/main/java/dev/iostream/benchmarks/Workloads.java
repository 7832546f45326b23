package dev.iostream.benchmarks;

import static dev.iostream.benchmarks.Peer.BLOCKING;
import static dev.iostream.benchmarks.Peer.C;
import static dev.iostream.benchmarks.Peer.INTEGRATION;
import static dev.iostream.benchmarks.Peer.IOSTREAM;
import static dev.iostream.benchmarks.Peer.NETTY_EPOLL;
import static dev.iostream.benchmarks.Peer.NETTY_IO_URING;
import static dev.iostream.benchmarks.Peer.NETTY_NIO;
import static dev.iostream.benchmarks.Peer.SKETCH;
import static dev.iostream.benchmarks.Peer.STARTER;
import static dev.iostream.benchmarks.Peer.VERTX;

import dev.iostream.benchmarks.peer.Job;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that is measured. The names P1 to P14 are those of the targets. */
final class Workloads {
    /** Message sizes of the sweep, from 64 B to 16 MiB. */
    static final List<Integer> SIZES = List.of(64, 1 << 10, 1 << 14, 1 << 18, 1 << 20, 1 << 24);

    /** Numbers of connections at which line echo is measured, with the workload of each. */
    static final Map<Integer, String> CONNECTIONS =
            Map.of(64, "P1", 1_000, "P2-1000", 10_000, "P2-10000", 18_000, "growth-18000");

    /** What JMH measures, which has no peers. */
    static final String PARTS = "parts";

    private static final List<Metric> ECHO = List.of(
            Metric.CPU, Metric.USER, Metric.RATE, Metric.P50, Metric.P99, Metric.P999, Metric.SERVER, Metric.FOREIGN);
    private static final List<Metric> BULK =
            List.of(Metric.CPU_PER_KIB, Metric.THROUGHPUT, Metric.SERVER, Metric.GENERATOR, Metric.FOREIGN);
    private static final List<Metric> MEMORY = List.of(Metric.HEAP, Metric.NATIVE, Metric.MEMORY);
    private static final int LARGE = 16 * 1024;

    private Workloads() {}

    static final List<Workload> ALL = Stream.of(
                    lineEcho(),
                    largeLines(),
                    bulk(),
                    connections(),
                    List.of(allocation()),
                    tls(),
                    loop(),
                    List.of(fanOut()),
                    sizes())
            .flatMap(List::stream)
            .toList();

    /** Those that the command line means. */
    static List<Workload> named(String wanted) {
        List<Workload> found =
                ALL.stream().filter(workload -> workload.isCalled(wanted)).toList();
        if (found.isEmpty() && !wanted.equals(PARTS)) {
            throw new UsageException("No workload is called '" + wanted + "'; there are "
                    + ALL.stream().map(Workload::name).collect(Collectors.joining(", ")) + ", " + PARTS);
        }
        return found;
    }

    private static List<Workload> lineEcho() {
        return List.of(
                new Workload(
                        "P1",
                        "line echo, 64 connections × 64 B, 1 in flight",
                        ECHO,
                        1,
                        each(peer -> echo(peer, "-c64", "-m64"), Peer.values())),
                new Workload(
                        "P2-1000",
                        "line echo, 1,000 connections × 64 B, 1 in flight",
                        ECHO,
                        1,
                        each(
                                peer -> echo(peer, "-c1000", "-m64"),
                                C,
                                SKETCH,
                                NETTY_NIO,
                                NETTY_EPOLL,
                                NETTY_IO_URING,
                                VERTX,
                                IOSTREAM)),
                new Workload(
                        "P2-10000",
                        "line echo, 10,000 connections × 64 B, 1 in flight",
                        ECHO,
                        1,
                        each(peer -> echo(peer, "-c10000", "-m64", "-a8"), C, SKETCH, NETTY_NIO, IOSTREAM)),
                new Workload(
                        "growth-18000",
                        "line echo, 18,000 connections × 64 B, 1 in flight",
                        ECHO,
                        0.2,
                        each(peer -> echo(peer, "-c18000", "-m64", "-a8"), C, NETTY_NIO, IOSTREAM)),
                new Workload(
                        "P3",
                        "line echo, 64 connections × 64 B, 16 in flight",
                        ECHO,
                        1,
                        each(
                                peer -> echo(peer, "-c64", "-m64", "-P16"),
                                C,
                                SKETCH,
                                NETTY_NIO,
                                NETTY_EPOLL,
                                NETTY_IO_URING,
                                VERTX,
                                BLOCKING,
                                IOSTREAM,
                                STARTER)));
    }

    private static List<Workload> largeLines() {
        String[] load = {"-c16", "-m" + LARGE};
        List<Entry> entries = each(
                peer -> echo(peer, load), C, SKETCH, NETTY_NIO, NETTY_EPOLL, NETTY_IO_URING, VERTX, BLOCKING, IOSTREAM);
        entries.add(Entry.of(
                IOSTREAM,
                "views",
                Load.of(IOSTREAM, Job.ECHO_VIEWS, "echo", load).told("size=" + LARGE)));
        entries.add(Entry.of(
                IOSTREAM,
                "readInto",
                Load.of(IOSTREAM, Job.ECHO_INTO, "echo", load).told("size=" + LARGE)));
        return List.of(
                new Workload("P4", "line echo, 16 connections × 16 KiB, 1 in flight", ECHO, 1, entries), loops());
    }

    /** Twice the loops need twice the cores, and one for the load generator. */
    private static Workload loops() {
        return new Workload(
                "P13-loops",
                "line echo, 64 connections × 64 B, 16 in flight, by number of loops",
                List.of(Metric.RATE, Metric.CPU, Metric.SERVER, Metric.FOREIGN),
                1,
                List.of(
                        Entry.of(IOSTREAM, "1 loop", new ManyLoops(1)),
                        Entry.of(IOSTREAM, "2 loops", new ManyLoops(2))));
    }

    private static List<Workload> bulk() {
        return List.of(
                new Workload(
                        "P5-sink",
                        "bulk, 4 connections send all they can and the server takes it",
                        BULK,
                        1,
                        each(
                                peer -> Load.of(peer, Job.SINK, "sink", "-c4"),
                                C,
                                SKETCH,
                                NETTY_NIO,
                                VERTX,
                                BLOCKING,
                                IOSTREAM)),
                new Workload(
                        "P5-source",
                        "bulk, the server sends all it can on 4 connections",
                        BULK,
                        1,
                        each(
                                peer -> Load.of(peer, Job.SOURCE, "source", "-c4"),
                                C,
                                SKETCH,
                                NETTY_NIO,
                                VERTX,
                                BLOCKING,
                                IOSTREAM)),
                new Workload(
                        "P5-file",
                        "bulk, the server sends a file of 64 MiB over and over on 4 connections",
                        BULK,
                        1,
                        each(peer -> Load.of(peer, Job.FILE, "source", "-c4"), NETTY_NIO, VERTX, BLOCKING, IOSTREAM)),
                new Workload(
                        "P5-pipe",
                        "a proxy between a source and 4 connections",
                        BULK,
                        1,
                        each(peer -> new Relay(peer, 4), NETTY_NIO, VERTX, BLOCKING, IOSTREAM)));
    }

    private static List<Workload> connections() {
        return List.of(
                new Workload(
                        "P6",
                        "connect, one line of 64 B echoed, close; 32 at a time",
                        List.of(
                                Metric.CONNECTION_CPU,
                                Metric.CONNECTION_RATE,
                                Metric.P50,
                                Metric.P99,
                                Metric.P999,
                                Metric.SERVER,
                                Metric.FOREIGN),
                        1,
                        each(
                                peer -> Load.of(peer, Job.ECHO, "churn", "-c32", "-m64", "-a64"),
                                C,
                                SKETCH,
                                NETTY_NIO,
                                VERTX,
                                BLOCKING,
                                IOSTREAM)),
                new Workload(
                        "P7-plain",
                        "18,000 idle connections, after one message each",
                        MEMORY,
                        1,
                        each(
                                peer -> new Hold(peer, 18_000, Optional.empty()),
                                C,
                                SKETCH,
                                NETTY_NIO,
                                VERTX,
                                BLOCKING,
                                IOSTREAM)),
                new Workload(
                        "P7-tls",
                        "8,000 idle TLS connections, after one message each; 5,000 with Conscrypt, which takes three"
                                + " descriptors for each",
                        MEMORY,
                        1,
                        engines((peer, engine) ->
                                new Hold(peer, engine.equals("conscrypt") ? 5_000 : 8_000, Optional.of(engine)))));
    }

    private static Workload allocation() {
        List<Entry> entries = each(
                peer -> new Allocation(peer, 100_000, List.of(Job.ECHO.id())),
                SKETCH,
                NETTY_NIO,
                VERTX,
                INTEGRATION,
                BLOCKING,
                IOSTREAM,
                STARTER);
        entries.add(Entry.of(
                IOSTREAM, "readInto", new Allocation(IOSTREAM, 100_000, List.of(Job.ECHO_INTO.id(), "size=64"))));
        return new Workload("P8", "allocation, echo of 64 B", List.of(Metric.ALLOCATED), 1, entries);
    }

    private static List<Workload> tls() {
        List<Entry> rates = new ArrayList<>();
        for (String engine : List.of("jdk", "conscrypt")) {
            rates.add(new Entry(
                    "engine-" + engine,
                    "the server's engine alone, in memory, " + engine,
                    IOSTREAM,
                    new EngineAlone(engine)));
        }
        rates.addAll(engines(Handshakes::new));
        return List.of(
                new Workload(
                        "P9-echo",
                        "TLS line echo, 64 connections × 64 B, 1 in flight",
                        ECHO,
                        1,
                        engines((peer, engine) -> echo(peer, "-c64", "-m64").secured(engine), VERTX, BLOCKING)),
                new Workload(
                        "P9-sink",
                        "TLS bulk, 4 connections send all they can and the server takes it",
                        BULK,
                        1,
                        engines((peer, engine) ->
                                Load.of(peer, Job.SINK, "sink", "-c4").secured(engine))),
                new Workload(
                        "P9-source",
                        "TLS bulk, the server sends all it can on 4 connections",
                        BULK,
                        1,
                        engines((peer, engine) ->
                                Load.of(peer, Job.SOURCE, "source", "-c4").secured(engine))),
                new Workload(
                        "P10",
                        "full TLS handshakes, 32 at a time, beside 16 plain streams of the same loop",
                        List.of(
                                Metric.HANDSHAKES,
                                Metric.CONNECTION_CPU,
                                Metric.QUIET_P99,
                                Metric.BUSY_P99,
                                Metric.SLOWDOWN,
                                Metric.SERVER,
                                Metric.GENERATOR),
                        1,
                        rates));
    }

    private static List<Workload> loop() {
        Map<String, Metric> costs =
                Map.of("timers_s", Metric.TIMERS, "callbacks_s", Metric.CALLBACKS, "wakeups_percent", Metric.WAKEUPS);
        Map<String, Metric> scale = Map.of("bytes", Metric.HEAP, "turn_ns", Metric.TURN);
        return List.of(
                new Workload(
                        "P11",
                        "timers and callbacks of one loop",
                        List.of(Metric.TIMERS, Metric.CALLBACKS, Metric.WAKEUPS),
                        1,
                        List.of(
                                Entry.of(
                                        NETTY_NIO,
                                        new SelfTimed(
                                                "netty",
                                                "netty.LoopCosts",
                                                List.of(),
                                                Map.of("timers_s", Metric.TIMERS, "callbacks_s", Metric.CALLBACKS),
                                                6)),
                                Entry.of(
                                        IOSTREAM,
                                        new SelfTimed("iostream", "iostream.LoopCosts", List.of(), costs, 6)))),
                new Workload(
                        "P14",
                        "start-up of a Spring Boot application",
                        List.of(Metric.START),
                        3,
                        List.of(
                                Entry.of(STARTER, "one server", StartUp.WITH_STARTER),
                                Entry.of(STARTER, "by hand", StartUp.BY_HAND),
                                Entry.of(STARTER, "left out", StartUp.PLAIN))),
                new Workload(
                        "simulation",
                        "a simulation of 100,000 connections, each with one message a turn",
                        List.of(Metric.HEAP, Metric.TURN),
                        0.2,
                        List.of(Entry.of(
                                IOSTREAM,
                                new SelfTimed(
                                        "iostream",
                                        "iostream.SimulationScale",
                                        List.of("connections=100000"),
                                        scale,
                                        15)))));
    }

    private static Workload fanOut() {
        return new Workload(
                "fanout",
                "one line of 64 B to all of 1,000 connections; a message is one delivery",
                ECHO,
                0.6,
                each(
                        peer -> Load.of(peer, Job.FANOUT, "fanout", "-c1000", "-m64"),
                        C,
                        NETTY_NIO,
                        VERTX,
                        BLOCKING,
                        IOSTREAM));
    }

    private static List<Workload> sizes() {
        return SIZES.stream()
                .map(size -> new Workload(
                        "size-" + size,
                        "echo by size, 4 connections × %,d B".formatted(size),
                        List.of(Metric.CPU_PER_KIB, Metric.CPU, Metric.THROUGHPUT, Metric.FOREIGN),
                        0.2,
                        each(peer -> echo(peer, "-c4", "-m" + size), C, NETTY_NIO, VERTX, IOSTREAM)))
                .toList();
    }

    private static Load echo(Peer peer, String... settings) {
        return Load.of(peer, Job.ECHO, "echo", settings);
    }

    private static List<Entry> each(Function<Peer, Procedure> procedure, Peer... peers) {
        return Arrays.stream(peers)
                .map(peer -> Entry.of(peer, procedure.apply(peer)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private interface Secured {
        Procedure of(Peer peer, String engine);
    }

    /** Netty and iostream with each engine that they have, and others with the JDK's. */
    private static List<Entry> engines(Secured procedure, Peer... others) {
        var entries = new ArrayList<Entry>();
        for (Peer peer : List.of(NETTY_NIO, IOSTREAM)) {
            peer.tls().forEach(engine -> entries.add(Entry.of(peer, engine, procedure.of(peer, engine))));
        }
        Arrays.stream(others).forEach(peer -> entries.add(Entry.of(peer, "jdk", procedure.of(peer, "jdk"))));
        return entries;
    }
}
