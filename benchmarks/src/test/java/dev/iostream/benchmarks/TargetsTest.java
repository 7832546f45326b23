package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TargetsTest {
    private final Run run = new Run("P1,P2,P3,P4,P7");

    @Test
    void aTargetIsMetOrMissedByTheMedianOfTheRatios() {
        run.saw("P1", "sketch", Metric.CPU, 100, 100, 100);
        run.saw("P1", "netty-nio", Metric.CPU, 100, 100, 100);
        run.saw("P1", "iostream", Metric.CPU, 101, 102, 103);

        assertThat(check("P1", "CPU per message ÷ NIO sketch").verdict()).isEqualTo("met");
        assertThat(check("P1", "CPU per message ÷ Netty NIO").verdict()).isEqualTo("MISSED");
    }

    @Test
    void roundsThatDoNotAgreeAreCalledClose() {
        run.saw("P1", "sketch", Metric.CPU, 100, 100, 100);
        run.saw("P1", "iostream", Metric.CPU, 101, 102, 110);

        assertThat(check("P1", "CPU per message ÷ NIO sketch").verdict()).isEqualTo("met, close");
    }

    @Test
    void whatWasNotMeasuredIsNeitherMetNorMissed() {
        assertThat(new Targets(run.results).checks()).isNotEmpty().allSatisfy(check -> {
            assertThat(check.met()).isEmpty();
            assertThat(check.verdict()).isEqualTo("not measured");
        });
    }

    @Test
    void everyTargetHasACheck() {
        assertThat(new Targets(run.results).checks())
                .extracting(check -> check.target().split("-")[0])
                .containsAll(IntStream.rangeClosed(1, 14)
                        .mapToObj(number -> "P" + number)
                        .toList());
    }

    @Test
    void theBestOfNettyIsTheOneThatIsHardestToBeat() {
        run.saw("P3", "netty-nio", Metric.RATE, 100);
        run.saw("P3", "netty-epoll", Metric.RATE, 120);
        run.saw("P3", "netty-io-uring", Metric.RATE, 110);
        run.saw("P3", "iostream", Metric.RATE, 150);

        assertThat(check("P3", "messages/s ÷ the best of Netty").seen()).contains(new Spread(1.25, 1.25, 1.25));
    }

    @Test
    void theBetterOfViewsAndReadIntoCounts() {
        run.saw("P4", "netty-nio", Metric.CPU, 100);
        run.saw("P4", "iostream-views", Metric.CPU, 90);
        run.saw("P4", "iostream-readInto", Metric.CPU, 80);

        assertThat(check("P4", "views or readInto, the better one: CPU per message ÷ Netty NIO")
                        .verdict())
                .isEqualTo("met");
    }

    @Test
    void growthIsLessWhatTheKernelGrows() {
        run.saw("P1", "c", Metric.CPU, 5_000);
        run.saw("P2-10000", "c", Metric.CPU, 7_000);
        run.saw("P1", "iostream", Metric.CPU, 6_000);
        run.saw("P2-10000", "iostream", Metric.CPU, 9_000);

        double seen = check("P13", "CPU per message at 10,000 connections less C's growth ÷ at 64")
                .seen()
                .orElseThrow()
                .median();
        assertThat(seen).isCloseTo(7_000.0 / 6_000, within(1e-9));
    }

    private Check check(String target, String what) {
        return checks().filter(
                        check -> check.target().equals(target) && check.what().equals(what))
                .findFirst()
                .orElseThrow();
    }

    private Stream<Check> checks() {
        return new Targets(run.results).checks().stream();
    }
}
