package dev.iostream.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A run, for people. */
record Markdown(Report report) {
    private static final String BASE = Peer.C.id();
    private static final String NONE = "–";

    String text() {
        var text = new StringBuilder();
        text.append("# Benchmarks of ").append(report.date()).append("\n\n");
        text.append(conditions());
        text.append(targets());
        text.append(limits());
        report.results().workloads().forEach(workload -> text.append(section(workload)));
        text.append(profiles());
        report.parts().ifPresent(parts -> text.append(parts.markdown()));
        text.append(list("Not measured", report.results().missing()));
        text.append(list("Failed", report.results().failures()));
        return text.toString();
    }

    private String conditions() {
        Machine machine = report.machine();
        Options options = report.options();
        return """
                * commit %s
                * %s, %d cores; %s; %s
                * %s; loopback
                * servers on the JVM run with %s
                * %s
                * %d interleaved rounds of what targets compare, as many again of it where those did not agree, and fewer of the rest; \
                each with a fresh server: %d s of warm-up, %d s measured
                """.formatted(
                        report.commit(),
                        machine.cpu(),
                        machine.cores(),
                        machine.kernel(),
                        machine.jdk(),
                        options.cores().describe(),
                        String.join(" ", Server.JVM_FLAGS),
                        String.join(", ", report.libraries()),
                        options.rounds(),
                        options.warmupSeconds(),
                        options.seconds());
    }

    private String targets() {
        var table = new Table(List.of("target", "what", "demand", "seen", "verdict"), 2);
        List<Check> checks = report.checks();
        checks.forEach(check ->
                table.add(List.of(check.target(), check.what(), check.demand(), check.evidence(), check.verdict())));
        long met = checks.stream().filter(check -> check.met().orElse(false)).count();
        long measured = checks.stream().filter(check -> check.met().isPresent()).count();
        return "\n## Targets\n\n"
                + "%d of %d that were measured are met. Median of the rounds (least to greatest); *close* where the rounds"
                        .formatted(met, measured)
                + " do not agree. P12 asks for instructions a message; CPU time stands in for them, since the"
                + " machine need not have counters.\n\n"
                + table.markdown();
    }

    /** What people know of the targets that this run has missed. */
    private String limits() {
        List<String> missed = report.checks().stream()
                .filter(Check::missed)
                .map(Check::target)
                .distinct()
                .toList();
        var text = new StringBuilder();
        missed.forEach(target -> report.limits()
                .of(target)
                .ifPresent(known -> text.append("\n### ")
                        .append(target)
                        .append("\n\n")
                        .append(known)
                        .append('\n')));
        List<String> unknown = missed.stream()
                .filter(target -> report.limits().of(target).isEmpty())
                .toList();
        if (!unknown.isEmpty()) {
            text.append("\nNot written down yet: ")
                    .append(String.join(", ", unknown))
                    .append(".\n");
        }
        return text.isEmpty() ? "" : "\n## What was tried, and the limit\n" + text;
    }

    private String profiles() {
        if (report.profiles().isEmpty()) {
            return "";
        }
        return """

                ## Profiles of what was missed

                Taken of fresh servers after the rounds, outside the figures above.

                * **Time**: JDK Flight Recorder looks every %d ms for %d s of the same load at the threads that run the loop; shown is \
                their share by the method on top of the stack. *Native* methods are most often the system call below them, the \
                wait for events included, and copies between Java and C.
                * The shares are indicative only. The recorder samples Java methods (`jdk.ExecutionSample`) and native ones \
                (`jdk.NativeMethodSample`) apart: of threads in Java up to five at each look, of threads in native methods one, in \
                turns with those that only wait. Native samples are weighted by how many took turns. A \
                server that waits more than *server %%* leaves room for had less load than in the rounds: other processes were in \
                the way of its clients. What the JVM does by itself, such as collecting garbage, is in no sample, and a stack \
                that cannot be walked is lost.
                * **Memory**: live objects by class (`GC.class_histogram`), while the connections are held less before there were \
                any, for each connection.
                * **Until ready**: what the JVM times by itself (`PerfCounter.print`), the mean of %d starts. Times are as they passed: on one \
                core the compilers' threads took turns with all of it.
                """.formatted(FlightRecording.PERIOD_MILLIS, FlightRecording.SECONDS, StartUp.PROFILED)
                + report.profiles().stream().map(WorkloadProfile::markdown).collect(Collectors.joining());
    }

    private String section(Workload workload) {
        var text = new StringBuilder();
        text.append("\n## ")
                .append(workload.name())
                .append(": ")
                .append(workload.title())
                .append("\n\n");
        text.append("Median of the rounds (least to greatest):\n\n");
        text.append(figures(workload).markdown());
        ratios(workload)
                .ifPresent(table -> text.append("\nRatios within a round, median of the rounds (least to"
                                + " greatest): each entry to C, and iostream to each entry\n\n")
                        .append(table.markdown()));
        text.append(noise(workload));
        return text.toString();
    }

    private Table figures(Workload workload) {
        List<Metric> metrics = workload.metrics();
        var table = new Table(Stream.concat(Stream.of("peer"), metrics.stream().map(metric -> metric.title))
                .toList());
        for (Entry entry : report.results().entries(workload)) {
            table.add(Stream.concat(
                            Stream.of(entry.title()),
                            metrics.stream()
                                    .map(metric -> report.results()
                                            .spread(workload.name(), entry.id(), metric)
                                            .map(metric::show)
                                            .orElse(NONE)))
                    .toList());
        }
        return table;
    }

    private Optional<Table> ratios(Workload workload) {
        List<Entry> entries = report.results().entries(workload);
        List<Entry> ours = entries.stream()
                .filter(entry -> entry.peer() == Peer.IOSTREAM && !entry.id().startsWith("engine"))
                .toList();
        boolean base = entries.stream().anyMatch(entry -> entry.id().equals(BASE));
        if (entries.size() < 2 || ours.isEmpty() && !base) {
            return Optional.empty();
        }
        Metric metric = workload.main();
        var header = new ArrayList<>(List.of("peer"));
        if (base) {
            header.add(metric.title + " ÷ " + Peer.C.title());
        }
        ours.forEach(entry -> header.add(entry.title() + " ÷ this"));
        var table = new Table(header);
        for (Entry entry : entries) {
            var row = new ArrayList<>(List.of(entry.title()));
            if (base) {
                row.add(ratio(workload, entry.id(), BASE));
            }
            ours.forEach(each -> row.add(ratio(workload, each.id(), entry.id())));
            table.add(row);
        }
        return Optional.of(table);
    }

    private String ratio(Workload workload, String entry, String base) {
        return report.results()
                .ratio(workload.name(), entry, base, workload.main())
                .map(ratio ->
                        String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", ratio.median(), ratio.min(), ratio.max()))
                .orElse(NONE);
    }

    /** Says so when other processes were at work: such a run shows little. */
    private String noise(Workload workload) {
        List<Sample> samples = report.results().entries(workload).stream()
                .flatMap(entry -> report.results().samples(workload.name(), entry.id()).stream())
                .toList();
        long noisy = samples.stream()
                .filter(sample -> sample.foreign() > Quiet.FOREIGN_LIMIT)
                .count();
        return noisy == 0
                ? ""
                : "%nDuring %d of the %d measurements other processes used more than %.0f %% of a core.%n"
                        .formatted(noisy, samples.size(), Quiet.FOREIGN_LIMIT);
    }

    private static String list(String title, Collection<String> lines) {
        return lines.isEmpty()
                ? ""
                : lines.stream().collect(Collectors.joining("\n* ", "\n## " + title + "\n\n* ", "\n"));
    }
}
