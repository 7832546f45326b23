package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Measures the peers side by side and reports. Run in the folder of this module.
 *
 * <p>Ends with status 0; 1 when a measurement failed; 2 when something has to be changed first, and then says what.
 */
public final class Bench {
    private static final Path WORK = Path.of("target", "bench");

    private Bench() {}

    public static void main(String[] args) throws InterruptedException {
        try {
            if (List.of(args).contains("--help")) {
                System.out.println(Options.HELP);
            } else {
                run(Options.parse(args));
            }
        } catch (UsageException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("Not everything could be measured: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void run(Options options) throws IOException, InterruptedException {
        Files.createDirectories(WORK);
        Limits limits = Limits.read(); // before an hour is spent, if it cannot be read
        Programs programs = Programs.compile(options.java(), WORK);
        List<Schedule.Turn> turns = Schedule.of(options, options.workloads());
        System.err.printf(
                "%d measurements, about %d minutes, and up to %d more when other processes disturb them; then as many rounds"
                        + " again of what targets compare where those do not agree%s%n",
                turns.size(),
                Math.round((Schedule.seconds(turns, options) + (options.parts() ? Jmh.seconds(options) : 0)) / 60),
                options.patience().toMinutes(),
                options.quick() ? "" : ", and profiles of what misses its target, a minute for each workload at most");
        long start = System.nanoTime();
        var lab = new Lab(options, programs, WORK);
        var quiet = new Quiet(options.patience());
        var results = new Results(options.workloads());
        LocalDate date = LocalDate.now();
        String name = Report.freeName(options.results(), date);
        String commit = Commit.current();
        Machine machine = Machine.here();
        List<String> libraries = Libraries.of(programs);
        BiFunction<Optional<Parts>, List<WorkloadProfile>, Report> report = (parts, profiles) ->
                new Report(date, commit, machine, libraries, options, results, parts, profiles, limits);

        measure(turns, results, lab, quiet);
        // whoever stops the run from here on has a report all the same
        report.apply(Optional.empty(), List.of()).save(options.results(), name);
        List<Schedule.Turn> again = Schedule.again(options, results);
        System.err.printf(
                "%d measurements again, about %d minutes%n",
                again.size(), Math.round(Schedule.seconds(again, options) / 60));
        measure(again, results, lab, quiet);
        List<WorkloadProfile> profiles = options.quick() ? List.of() : new Profiles(lab, quiet, results).take();
        report.apply(Optional.empty(), profiles).save(options.results(), name);
        Optional<Parts> parts = options.parts() ? Optional.of(new Jmh(lab).measure()) : Optional.empty();
        Report whole = report.apply(parts, profiles);
        System.out.println(whole.markdown());
        System.out.println("Written to " + whole.save(options.results(), name) + " after "
                + Duration.ofNanos(System.nanoTime() - start).toMinutes() + " minutes");
        if (!results.failures().isEmpty()) {
            throw new IOException(String.join("\n", results.failures()));
        }
    }

    private static void measure(List<Schedule.Turn> turns, Results results, Lab lab, Quiet quiet)
            throws InterruptedException {
        var measurement = new Measurement(lab, quiet);
        for (int i = 0; i < turns.size(); i++) {
            Schedule.Turn turn = turns.get(i);
            String what = "%3d of %d  round %d  %-12s %-28s"
                    .formatted(
                            i + 1,
                            turns.size(),
                            turn.round(),
                            turn.workload().name(),
                            turn.entry().title());
            try {
                Sample sample = measurement.take(turn.entry());
                results.add(turn, sample);
                System.err.println(what + " " + summary(turn.workload(), sample));
            } catch (IOException e) {
                // the rest of a long run is not lost for it; the report says so, and so does the status
                results.fail(turn, e.getMessage());
                System.err.println(what + " FAILED: " + e.getMessage());
            } catch (Unavailable e) {
                results.miss(turn, e);
                System.err.println(what + " LEFT OUT: " + e.getMessage());
            }
        }
    }

    private static String summary(Workload workload, Sample sample) {
        var text = new StringBuilder();
        workload.metrics().stream()
                .filter(sample.figures()::containsKey)
                .forEach(metric -> text.append(metric.title)
                        .append(' ')
                        .append(metric.show(sample.figure(metric)))
                        .append("  "));
        return text.toString();
    }
}
