package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportTest {
    private static final Limits NO_LIMITS = new Limits(Map.of());

    private final Run run = new Run("P1,size");

    @Test
    void showsMedianLeastAndGreatestOfTheRounds() {
        run.saw("P1", "sketch", Metric.CPU, 100, 300, 200);

        assertThat(run.report().markdown()).containsPattern("\\| NIO sketch +\\| +200 \\(100 to 300\\) +\\|");
    }

    @Test
    void comparesEachWithCAndIostreamWithEach() {
        run.saw("P1", "c", Metric.CPU, 100, 200);
        run.saw("P1", "netty-nio", Metric.CPU, 150, 300);
        run.saw("P1", "iostream", Metric.CPU, 120, 240);

        assertThat(run.report().markdown())
                .containsPattern("\\| Netty NIO +\\| +1\\.500 \\(1\\.500 to 1\\.500\\) +\\|"
                        + " +0\\.800 \\(0\\.800 to 0\\.800\\) \\|");
    }

    @Test
    void comparesWithNobodyWhoWasNotMeasured() {
        run.saw("P1", "netty-nio", Metric.CPU, 100);

        assertThat(run.report().markdown()).doesNotContain("Ratios within").contains("Netty NIO");
    }

    @Test
    void saysWhichTargetsAreMet() {
        run.saw("P1", "sketch", Metric.CPU, 100);
        run.saw("P1", "iostream", Metric.CPU, 106);

        assertThat(run.report().markdown())
                .contains("0 of 1 that were measured are met")
                .containsPattern("P1 +\\| CPU per message ÷ NIO sketch +\\| +≤ 1\\.050 \\|.*1\\.060 .*MISSED");
    }

    @Test
    void saysHowManyMeasurementsWereDisturbed() {
        run.add("P1", "c", Sample.of(Metric.CPU, 100).with(Metric.FOREIGN, 0));
        run.add("P1", "c", Sample.of(Metric.CPU, 100).with(Metric.FOREIGN, 50));

        assertThat(run.report().markdown())
                .contains("During 1 of the 2 measurements other processes used more than 10 %");
    }

    @Test
    void saysWhatCouldNotBeMeasured() {
        run.results.miss(run.turn("P1", "blocking"), new Unavailable("there is no JDK 25"));

        assertThat(run.report().markdown())
                .contains("## Not measured\n\n* P1, java.net, virtual threads: there is no JDK 25");
    }

    @Test
    void showsProfilesSideBySide() {
        String text = run.report(profiles(), NO_LIMITS).markdown();

        assertThat(text)
                .contains("## Profiles of what was missed", "### P1: line echo, 64 connections")
                .containsPattern("\\| top frame +\\| NIO sketch, % \\| iostream, % \\|")
                .containsSubsequence("Kernel.write (native) |", " 90.0 |", " 60.0 |")
                .containsSubsequence("Buffer.find ", " 0.0 |", " 27.0 |")
                .containsSubsequence("Selector.select", " 10.0 |", " 0.0 |")
                .containsPattern("\\| all others +\\| +0\\.0 \\| +3\\.0 \\|");
        assertThat(new JsonReport(run.report(profiles(), NO_LIMITS)).text().replaceAll("\\s+", ""))
                .contains(
                        "\"profiles\":[{\"workload\":\"P1\",\"entries\":[{\"entry\":\"sketch\",\"by\":\"topframe\",\"unit\":\"%\"");
    }

    private List<WorkloadProfile> profiles() {
        Map<String, Double> ours = new HashMap<>(Map.of("Kernel.write (native)", 60.0, "Buffer.find", 27.0));
        for (int i = 1; i <= 13; i++) {
            ours.put("Small.part" + i, 1.0);
        }
        Map<String, Double> theirs = Map.of("Kernel.write (native)", 90.0, "Selector.select", 10.0);
        Schedule.Turn sketch = run.turn("P1", "sketch");
        var profiles = new LinkedHashMap<Entry, Profile>();
        profiles.put(sketch.entry(), new Profile(Profile.Kind.TIME, theirs));
        profiles.put(run.turn("P1", "iostream").entry(), new Profile(Profile.Kind.TIME, ours));
        return List.of(new WorkloadProfile(sketch.workload(), profiles));
    }

    @Test
    void saysWhereTheLimitOfAMissedTargetIs() {
        run.saw("P1", "sketch", Metric.CPU, 100);
        run.saw("P1", "netty-nio", Metric.CPU, 100);
        run.saw("P1", "iostream", Metric.CPU, 106);

        var limits = new Limits(Map.of("P1", "The kernel.", "P3", "Copies."));
        assertThat(run.report(List.of(), limits).markdown())
                .contains("## What was tried, and the limit\n\n### P1\n\nThe kernel.\n")
                .doesNotContain("Copies.", "Not written down yet");
        assertThat(run.report(List.of(), NO_LIMITS).markdown())
                .contains("## What was tried, and the limit\n\nNot written down yet: P1.\n");
    }

    @Test
    void saysNothingOfLimitsWhenNothingIsMissed() {
        run.saw("P1", "sketch", Metric.CPU, 100);
        run.saw("P1", "iostream", Metric.CPU, 100);

        assertThat(run.report(List.of(), new Limits(Map.of("P1", "The kernel.")))
                        .markdown())
                .doesNotContain("## What was tried", "## Profiles");
    }

    @Test
    void listsProfilesThatFailed() {
        Schedule.Turn turn = run.turn("P1", "iostream");
        run.results.failProfile(turn.workload(), turn.entry(), "there is no jcmd");

        assertThat(run.report().markdown()).contains("## Failed\n\n* profile of P1, iostream: there is no jcmd");
    }

    @Test
    void keepsEveryRoundInTheJson() {
        run.saw("P1", "sketch", Metric.CPU, 100, 300, 200);

        assertThat(new JsonReport(run.report()).text().replaceAll("\\s+", ""))
                .contains("\"cpu\":\"A\\\"fast\\\"CPU\"")
                .contains("\"cpuNanos\":{\"median\":200.0,\"min\":100.0,\"max\":300.0,\"rounds\":[100.0,300.0,200.0]}");
    }

    @Test
    void aSecondRunOfADayDoesNotReplaceTheFirst(@TempDir Path directory) throws Exception {
        run.saw("P1", "c", Metric.CPU, 100);

        Path first = save(directory);
        Path second = save(directory);

        assertThat(List.of(first, second))
                .extracting(Path::getFileName)
                .map(Path::toString)
                .containsExactly("2026-11-23.md", "2026-11-23-2.md");
        assertThat(directory.resolve("2026-11-23-2.json")).exists();
    }

    @Test
    void writesWhatCameLaterInItsPlace(@TempDir Path directory) throws Exception {
        run.saw("P1", "c", Metric.CPU, 100);
        run.report().save(directory, "run");
        run.saw("P1", "iostream", Metric.CPU, 120);

        Path whole = run.report().save(directory, "run");

        assertThat(Files.readString(whole)).contains("iostream");
        assertThat(directory.resolve("run-2.md")).doesNotExist();
    }

    @Test
    void drawsWhatItHasMeasured(@TempDir Path directory) throws Exception {
        run.saw("P1", "c", Metric.CPU, 100, 90);
        run.saw("P1", "iostream", Metric.CPU, 120, 130);
        for (int size : List.of(64, 1 << 10, 1 << 20)) {
            run.saw("size-" + size, "iostream", Metric.CPU_PER_KIB, 4096.0 / size);
        }

        save(directory);

        for (String plot : List.of("P1", "sizes")) {
            String svg = Files.readString(directory.resolve("2026-11-23-" + plot + ".svg"));
            assertThat(svg).contains(">iostream</text>").doesNotContain("NaN", "Infinity");
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        }
        assertThat(directory.resolve("2026-11-23-connections.svg")).doesNotExist();
    }

    private Path save(Path directory) throws IOException {
        Report report = run.report();
        return report.save(directory, Report.freeName(directory, report.date()));
    }
}
