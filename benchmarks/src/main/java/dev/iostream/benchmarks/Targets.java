package dev.iostream.benchmarks;

import static dev.iostream.benchmarks.Check.atLeast;
import static dev.iostream.benchmarks.Check.atMost;

import dev.iostream.benchmarks.Finding.Basis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What iostream has to reach, from a run's figures. Ratios are medians of those within the single rounds. */
final class Targets {
    private static final String OURS = "iostream";
    private static final String SKETCH = "sketch";
    private static final String NETTY = "netty-nio";
    private static final List<String> NETTYS = List.of(NETTY, "netty-epoll", "netty-io-uring");

    private final Results results;

    Targets(Results results) {
        this.results = results;
    }

    List<Check> checks() {
        return Stream.of(lineEcho(), bulk(), connections(), tls(), loop())
                .flatMap(List::stream)
                .toList();
    }

    private List<Check> lineEcho() {
        var checks = new ArrayList<Check>();
        checks.add(atMost("P1", "CPU per message ÷ NIO sketch", 1.05, cpu("P1", OURS, SKETCH)));
        checks.add(atMost("P1", "CPU per message ÷ Netty NIO", 0.97, cpu("P1", OURS, NETTY)));
        checks.add(atMost("P1", "user time, ns", 450, figure("P1", OURS, Metric.USER)));
        checks.add(atMost("P1", "p99.9 ÷ Netty NIO", 1.0, ratio("P1", OURS, NETTY, Metric.P999)));
        for (String workload : List.of("P2-1000", "P2-10000")) {
            checks.add(atMost(workload, "CPU per message ÷ NIO sketch", 1.05, cpu(workload, OURS, SKETCH)));
            checks.add(atMost(workload, "CPU per message ÷ Netty NIO", 1.0, cpu(workload, OURS, NETTY)));
        }
        checks.add(atLeast("P3", "messages/s ÷ the best of Netty", 1.30, bestRate("P3")));
        checks.add(atLeast("P3", "messages/s ÷ NIO sketch", 0.93, ratio("P3", OURS, SKETCH, Metric.RATE)));
        checks.add(atMost("P4", "readUntil: CPU per message ÷ Netty NIO", 1.0, cpu("P4", OURS, NETTY)));
        checks.add(atMost(
                "P4",
                "views or readInto, the better one: CPU per message ÷ Netty NIO",
                0.85,
                least(cpu("P4", OURS + "-views", NETTY), cpu("P4", OURS + "-readInto", NETTY))));
        return checks;
    }

    private List<Check> bulk() {
        return List.of(
                atLeast("P5", "sink: MB/s ÷ Netty NIO", 1.0, throughput("P5-sink")),
                atMost("P5", "sink: CPU per byte ÷ Netty NIO", 0.7, perByte("P5-sink", OURS, NETTY)),
                atLeast("P5", "source: MB/s ÷ Netty NIO", 1.1, throughput("P5-source")),
                atMost("P5", "pipe: CPU per byte ÷ a Netty proxy", 0.8, perByte("P5-pipe", OURS, NETTY)),
                atLeast("P5", "file: MB/s ÷ Netty NIO", 1.0, throughput("P5-file")));
    }

    private List<Check> connections() {
        return List.of(
                atMost("P6", "CPU per connection ÷ NIO sketch", 1.05, ratio("P6", OURS, SKETCH, Metric.CONNECTION_CPU)),
                atMost("P7", "heap of an idle connection, bytes", 1024, figure("P7-plain", OURS, Metric.HEAP)),
                atMost(
                        "P7",
                        "heap of an idle TLS connection, bytes",
                        8192,
                        figure("P7-tls", OURS + "-jdk", Metric.HEAP)),
                atMost(
                        "P7",
                        "memory of an idle connection ÷ Netty NIO",
                        1.0,
                        ratio("P7-plain", OURS, NETTY, Metric.MEMORY)),
                atMost(
                        "P7",
                        "memory of an idle TLS connection ÷ Netty NIO",
                        1.0,
                        ratio("P7-tls", OURS + "-jdk", NETTY + "-jdk", Metric.MEMORY)),
                atMost("P8", "allocated for a line of 64 B", 64 + 64, figure("P8", OURS, Metric.ALLOCATED)),
                atMost(
                        "P8",
                        "allocated with readInto and writeZeroCopy: 0 but for what the server does besides",
                        0.5,
                        figure("P8", OURS + "-readInto", Metric.ALLOCATED)));
    }

    private List<Check> tls() {
        var checks = new ArrayList<Check>();
        for (String engine : List.of("jdk", "conscrypt")) {
            String ours = OURS + "-" + engine;
            String theirs = NETTY + "-" + engine;
            checks.add(atMost("P9", "echo, " + engine + ": CPU ÷ Netty NIO", 1.0, cpu("P9-echo", ours, theirs)));
            checks.add(atMost("P9", "sink, " + engine + ": CPU ÷ Netty NIO", 1.0, perByte("P9-sink", ours, theirs)));
            checks.add(
                    atMost("P9", "source, " + engine + ": CPU ÷ Netty NIO", 1.0, perByte("P9-source", ours, theirs)));
        }
        for (String engine : List.of("jdk", "conscrypt")) {
            String ours = OURS + "-" + engine;
            checks.add(atLeast(
                    "P10",
                    "handshakes/s, " + engine + " ÷ the engine alone",
                    0.9,
                    ratio("P10", ours, "engine-" + engine, Metric.HANDSHAKES)));
            checks.add(atMost(
                    "P10",
                    "p99 of other streams meanwhile, " + engine + " ÷ before",
                    3,
                    figure("P10", ours, Metric.SLOWDOWN)));
        }
        return checks;
    }

    private List<Check> loop() {
        return List.of(
                atMost("P11", "10⁶ timers set and cancelled, s", 1, figure("P11", OURS, Metric.TIMERS)),
                atMost("P11", "10⁶ cross-thread callbacks, s", 1, figure("P11", OURS, Metric.CALLBACKS)),
                atMost("P11", "wake-ups a callback, %", 20, figure("P11", OURS, Metric.WAKEUPS)),
                atMost("P12", "P1: CPU per message, starter ÷ core", 1.05, starter("P1")),
                atMost("P12", "P3: CPU per message, starter ÷ core", 1.05, starter("P3")),
                atMost("P13", "CPU per message at 10,000 connections less C's growth ÷ at 64", 1.15, growth()),
                atLeast(
                        "P13",
                        "messages/s of 2 loops ÷ 1 loop",
                        1.8,
                        ratio("P13-loops", OURS + "-2-loops", OURS + "-1-loop", Metric.RATE)),
                atMost(
                        "P14",
                        "ready, with the starter ÷ without",
                        1.05,
                        ratio("P14", "starter-one-server", "starter-left-out", Metric.START)));
    }

    private Finding cpu(String workload, String ours, String theirs) {
        return ratio(workload, ours, theirs, Metric.CPU);
    }

    private Finding perByte(String workload, String ours, String theirs) {
        return ratio(workload, ours, theirs, Metric.CPU_PER_KIB);
    }

    private Finding throughput(String workload) {
        return ratio(workload, OURS, NETTY, Metric.THROUGHPUT);
    }

    private Finding ratio(String workload, String ours, String theirs, Metric metric) {
        return ratio(workload, ours, theirs, List.of(SKETCH, theirs), metric);
    }

    private Finding ratio(String workload, String ours, String theirs, List<String> beside, Metric metric) {
        return new Finding(
                workload,
                ours,
                beside,
                Set.of(new Basis(workload, ours), new Basis(workload, theirs)),
                results.ratio(workload, ours, theirs, metric));
    }

    private Finding figure(String workload, String ours, Metric metric) {
        return new Finding(
                workload,
                ours,
                List.of(SKETCH, ours.replace(OURS, NETTY)),
                Set.of(new Basis(workload, ours)),
                results.spread(workload, ours, metric));
    }

    /** What the starter adds is seen beside core, not beside what both lack. */
    private Finding starter(String workload) {
        return ratio(workload, "starter", OURS, List.of(OURS), Metric.CPU);
    }

    /** Against whichever of Netty's transports leaves us the least ahead. */
    private Finding bestRate(String workload) {
        return NETTYS.stream()
                .map(netty -> ratio(workload, OURS, netty, Metric.RATE))
                .reduce(Targets::least)
                .orElseThrow();
    }

    /** The lower one of those that were measured. */
    private static Finding least(Finding one, Finding other) {
        return median(one) <= median(other) ? one : other;
    }

    private static double median(Finding finding) {
        return finding.spread().map(Spread::median).orElse(Double.POSITIVE_INFINITY);
    }

    /** What the kernel makes a message cost more with many connections is C's growth, and not ours. */
    private Finding growth() {
        var few = new Basis("P1", OURS);
        var many = new Basis("P2-10000", OURS);
        var fewOfC = new Basis(few.workload(), "c");
        var manyOfC = new Basis(many.workload(), "c");
        return new Finding(
                many.workload(),
                OURS,
                List.of(SKETCH, NETTY),
                Set.of(few, many, fewOfC, manyOfC),
                growth(cpu(few), cpu(many), cpu(fewOfC), cpu(manyOfC)));
    }

    private Optional<Spread> cpu(Basis basis) {
        return results.spread(basis.workload(), basis.entry(), Metric.CPU);
    }

    private static Optional<Spread> growth(
            Optional<Spread> few, Optional<Spread> many, Optional<Spread> fewOfC, Optional<Spread> manyOfC) {
        if (Stream.of(few, many, fewOfC, manyOfC).anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        double kernel = manyOfC.get().median() - fewOfC.get().median();
        double base = few.get().median();
        return many.map(spread -> new Spread(
                (spread.median() - kernel) / base, (spread.min() - kernel) / base, (spread.max() - kernel) / base));
    }
}
