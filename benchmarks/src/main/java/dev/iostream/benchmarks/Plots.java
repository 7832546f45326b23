package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The pictures of a run, by the end of their file's name. */
final class Plots {
    private static final List<String> WITH_BARS =
            List.of("P1", "P2-1000", "P2-10000", "P3", "P4", "P5-sink", "P5-source", "P7-plain", "P8", "P9-echo");

    private final Results results;

    Plots(Results results) {
        this.results = results;
    }

    Map<String, String> svgs() {
        var svgs = new LinkedHashMap<String, String>();
        results.workloads().stream()
                .filter(workload -> WITH_BARS.contains(workload.name()))
                .forEach(workload -> svgs.put(workload.name(), bars(workload)));
        var sizes = new TreeMap<Integer, String>();
        Workloads.SIZES.forEach(size -> sizes.put(size, "size-" + size));
        lines("Cost by message size", "bytes of a line", Metric.CPU_PER_KIB, sizes)
                .ifPresent(svg -> svgs.put("sizes", svg));
        lines("Cost by number of connections", "connections", Metric.CPU, new TreeMap<>(Workloads.CONNECTIONS))
                .ifPresent(svg -> svgs.put("connections", svg));
        return svgs;
    }

    /** What is shown first of a workload, or what is best known. */
    private String bars(Workload workload) {
        Metric metric = workload.name().equals("P3") ? Metric.RATE : workload.main();
        var bars = new ArrayList<BarChart.Bar>();
        for (Entry entry : results.entries(workload)) {
            results.spread(workload.name(), entry.id(), metric)
                    .ifPresent(value -> bars.add(new BarChart.Bar(
                            entry.title(), value, entry.peer() == Peer.IOSTREAM || entry.peer() == Peer.STARTER)));
        }
        return new BarChart(workload.name() + ": " + workload.title(), metric.title, metric::show, bars).svg();
    }

    /** One line for each entry that was measured at two places at least. */
    private Optional<String> lines(String title, String across, Metric metric, TreeMap<Integer, String> workloads) {
        var points = new LinkedHashMap<String, List<LineChart.Point>>();
        workloads.forEach((x, name) -> results.workloads().stream()
                .filter(workload -> workload.name().equals(name))
                .forEach(workload -> results.entries(workload)
                        .forEach(entry -> results.spread(name, entry.id(), metric)
                                .ifPresent(spread -> points.computeIfAbsent(entry.title(), key -> new ArrayList<>())
                                        .add(new LineChart.Point(x, spread.median()))))));
        points.values().removeIf(line -> line.size() < Math.min(3, workloads.size()));
        if (points.isEmpty()) {
            return Optional.empty();
        }
        List<LineChart.Series> series = points.entrySet().stream()
                .map(line -> new LineChart.Series(line.getKey(), colour(line.getKey()), line.getValue()))
                .toList();
        return Optional.of(new LineChart(title, across, metric.title, series).svg());
    }

    /** The same for a peer in every plot. */
    private static String colour(String title) {
        Peer peer = Arrays.stream(Peer.values())
                .filter(each -> each.title().equals(title))
                .findFirst()
                .orElse(Peer.C);
        return switch (peer) {
            case C -> "#57606a";
            case SKETCH -> "#1a7f37";
            case VERTX -> "#8250df";
            case IOSTREAM, STARTER -> BarChart.OURS;
            default -> "#bc4c00";
        };
    }
}
