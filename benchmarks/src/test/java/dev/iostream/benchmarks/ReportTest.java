package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Workload WORKLOAD = Workload.named("P1");
    private static final Machine MACHINE = new Machine("A \"fast\" CPU", 2, "Linux 6.1", "OpenJDK 17");

    private final Results results = new Results();

    @Test
    void showsMedianLeastAndGreatestOfTheRounds() {
        costs(Peer.SKETCH, 100, 300, 200);

        assertThat(report().markdown()).containsPattern("\\| NIO sketch +\\| +200 \\(100 to 300\\) +\\|");
    }

    @Test
    void comparesWithinEachRound() {
        costs(Peer.SKETCH, 100, 200, 400);
        costs(Peer.NETTY, 110, 260, 480);

        Spread ratio = results.ratio(WORKLOAD, Peer.NETTY, Peer.SKETCH, Sample::cpuNanos);

        assertThat(ratio).isEqualTo(new Spread(1.2, 1.1, 1.3));
        assertThat(report().markdown()).contains("1.200 (1.100 to 1.300)");
    }

    @Test
    void comparesWithNobodyWhoWasNotMeasured() {
        costs(Peer.C, 100);

        assertThat(report().markdown()).doesNotContain("Ratio").contains("C epoll");
    }

    @Test
    void saysHowManyMeasurementsWereDisturbed() {
        results.add(new Schedule.Turn(1, WORKLOAD, Peer.C), sample(100, 0));
        results.add(new Schedule.Turn(2, WORKLOAD, Peer.C), sample(100, 50));

        assertThat(report().markdown()).contains("During 1 of the 2 measurements other processes used more than 10 %");
    }

    @Test
    void keepsEveryRoundInTheJson() {
        costs(Peer.SKETCH, 100, 300, 200);

        assertThat(report().json().replaceAll("\\s+", ""))
                .contains("\"cpu\":\"A\\\"fast\\\"CPU\"")
                .contains("\"cpuNanos\":{\"median\":200.0,\"min\":100.0,\"max\":300.0,\"rounds\":[100.0,300.0,200.0]}");
    }

    @Test
    void aSecondRunOfADayDoesNotReplaceTheFirst(@TempDir Path directory) throws Exception {
        costs(Peer.C, 100);

        Path first = report().save(directory);
        Path second = report().save(directory);

        assertThat(List.of(first, second))
                .extracting(Path::getFileName)
                .map(Path::toString)
                .containsExactly("2026-11-23.md", "2026-11-23-2.md");
        assertThat(directory.resolve("2026-11-23-2.json")).exists();
    }

    private Report report() {
        return new Report(LocalDate.of(2026, 11, 23), "abc", MACHINE, Options.parse(), results);
    }

    private void costs(Peer peer, double... cpuNanos) {
        for (int i = 0; i < cpuNanos.length; i++) {
            results.add(new Schedule.Turn(i + 1, WORKLOAD, peer), sample(cpuNanos[i], 0));
        }
    }

    private static Sample sample(double cpuNanos, double foreign) {
        return new Sample(1e9 / cpuNanos, 10, 20, 30, 99, foreign, cpuNanos, cpuNanos / 10);
    }
}
