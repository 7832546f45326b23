package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A run, for people and for programs. */
record Report(LocalDate date, String commit, Machine machine, Options options, Results results) {
    private static final List<Peer> BASES = List.of(Peer.SKETCH, Peer.NETTY);

    String markdown() {
        var text = new StringBuilder();
        text.append("# Benchmarks of ").append(date).append("\n\n");
        text.append("* commit ").append(commit).append('\n');
        text.append(
                "* %s, %d cores; %s; %s%n".formatted(machine.cpu(), machine.cores(), machine.kernel(), machine.jdk()));
        text.append("* ").append(options.cores().describe()).append("; loopback\n");
        text.append("* Netty ").append(Peer.nettyVersion()).append('\n');
        text.append("* servers run with ")
                .append(String.join(" ", EchoServer.JVM_FLAGS))
                .append('\n');
        text.append("* %d interleaved rounds, each with a fresh server: %d s of warm-up, %d s measured%n"
                .formatted(options.rounds(), options.warmupSeconds(), options.seconds()));
        for (Workload workload : results.workloads()) {
            text.append("\n## ").append(workload.title()).append("\n\n");
            text.append("Median of the rounds (least to greatest):\n\n");
            text.append(figures(workload).markdown());
            List<Peer> bases =
                    BASES.stream().filter(results.peers(workload)::contains).toList();
            if (!bases.isEmpty()) {
                text.append("\nRatio within a round, median of the rounds (least to greatest):\n\n");
                text.append(ratios(workload, bases).markdown());
            }
            text.append(noise(workload));
        }
        return text.toString();
    }

    private Table figures(Workload workload) {
        List<Metric> metrics = List.of(Metric.values());
        var table = new Table(Stream.concat(Stream.of("peer"), metrics.stream().map(metric -> metric.title))
                .toList());
        for (Peer peer : results.peers(workload)) {
            table.add(Stream.concat(
                            Stream.of(peer.title()),
                            metrics.stream().map(metric -> metric.show(results.spread(workload, peer, metric.figure))))
                    .toList());
        }
        return table;
    }

    private Table ratios(Workload workload, List<Peer> bases) {
        List<Metric> metrics = List.of(Metric.CPU, Metric.RATE);
        var header = new ArrayList<>(List.of("peer"));
        metrics.forEach(metric -> bases.forEach(base -> header.add(metric.title + " ÷ " + base.title())));
        var table = new Table(header);
        for (Peer peer : results.peers(workload)) {
            var row = new ArrayList<>(List.of(peer.title()));
            metrics.forEach(
                    metric -> bases.forEach(base -> row.add(show(results.ratio(workload, peer, base, metric.figure)))));
            table.add(row);
        }
        return table;
    }

    private static String show(Spread ratio) {
        return String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", ratio.median(), ratio.min(), ratio.max());
    }

    /** Says so when other processes were at work: such a run shows little. */
    private String noise(Workload workload) {
        List<Sample> samples = results.peers(workload).stream()
                .flatMap(peer -> results.samples(workload, peer).stream())
                .toList();
        long noisy = samples.stream()
                .filter(sample -> sample.foreign() > Quiet.FOREIGN_LIMIT)
                .count();
        return noisy == 0
                ? ""
                : "%nDuring %d of the %d measurements other processes used more than %.0f %% of a core.%n"
                        .formatted(noisy, samples.size(), Quiet.FOREIGN_LIMIT);
    }

    String json() {
        var report = new LinkedHashMap<String, Object>();
        report.put("date", date);
        report.put("commit", commit);
        report.put("cpu", machine.cpu());
        report.put("cores", machine.cores());
        report.put("kernel", machine.kernel());
        report.put("jdk", machine.jdk());
        report.put("netty", Peer.nettyVersion());
        report.put("pinned", options.cores().pinned());
        report.put("jvmFlags", EchoServer.JVM_FLAGS);
        report.put("rounds", options.rounds());
        report.put("warmupSeconds", options.warmupSeconds());
        report.put("seconds", options.seconds());
        report.put("workloads", results.workloads().stream().map(this::json).toList());
        return Json.write(report) + "\n";
    }

    private Map<String, Object> json(Workload workload) {
        var map = new LinkedHashMap<String, Object>();
        map.put("name", workload.name());
        map.put("connections", workload.connections());
        map.put("bytes", workload.bytes());
        map.put("depth", workload.depth());
        map.put(
                "peers",
                results.peers(workload).stream()
                        .map(peer -> json(workload, peer))
                        .toList());
        return map;
    }

    private Map<String, Object> json(Workload workload, Peer peer) {
        var map = new LinkedHashMap<String, Object>();
        map.put("peer", peer.id());
        map.put("title", peer.title());
        for (Metric metric : Metric.values()) {
            Spread spread = results.spread(workload, peer, metric.figure);
            var figures = new LinkedHashMap<String, Object>();
            figures.put("median", spread.median());
            figures.put("min", spread.min());
            figures.put("max", spread.max());
            figures.put(
                    "rounds",
                    results.samples(workload, peer).stream()
                            .map(metric.figure::applyAsDouble)
                            .toList());
            map.put(metric.key, figures);
        }
        return map;
    }

    /** Writes both forms, named after the day; a second run of a day does not replace the first. */
    Path save(Path directory) throws IOException {
        Files.createDirectories(directory);
        String name = date.toString();
        for (int run = 2; Files.exists(directory.resolve(name + ".md")); run++) {
            name = date + "-" + run;
        }
        Files.writeString(directory.resolve(name + ".json"), json());
        return Files.writeString(directory.resolve(name + ".md"), markdown());
    }
}
