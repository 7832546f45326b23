package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

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
            System.err.println("The measurement failed: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void run(Options options) throws IOException, InterruptedException {
        Files.createDirectories(WORK);
        var measurement = new Measurement(options, Programs.compile(WORK), WORK);
        var results = new Results();
        List<Schedule.Turn> turns = Schedule.of(options.rounds(), options.workloads(), options.peers());
        for (int i = 0; i < turns.size(); i++) {
            Schedule.Turn turn = turns.get(i);
            Sample sample = measurement.take(turn.peer(), turn.workload());
            results.add(turn, sample);
            System.err.printf(
                    "%3d of %d  round %d  %s  %-10s %,12.0f messages/s %8.0f ns CPU %6.0f ns user  foreign %.0f %%%n",
                    i + 1,
                    turns.size(),
                    turn.round(),
                    turn.workload().name(),
                    turn.peer().title(),
                    sample.perSecond(),
                    sample.cpuNanos(),
                    sample.userNanos(),
                    sample.foreign());
        }
        var report = new Report(LocalDate.now(), Commit.current(), Machine.here(), options, results);
        System.out.println(report.markdown());
        System.out.println("Written to " + report.save(options.results()));
    }
}
