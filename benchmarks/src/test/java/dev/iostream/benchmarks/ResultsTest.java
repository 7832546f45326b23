package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultsTest {
    private final Run run = new Run("P1");

    @Test
    void aRatioIsTakenWithinEachRound() {
        run.saw("P1", "sketch", Metric.CPU, 100, 200, 400);
        run.saw("P1", "netty-nio", Metric.CPU, 110, 260, 480);

        assertThat(run.results.ratio("P1", "netty-nio", "sketch", Metric.CPU)).contains(new Spread(1.2, 1.1, 1.3));
    }

    @Test
    void aRoundThatOneOfBothLacksDoesNotCount() {
        run.saw("P1", "sketch", Metric.CPU, 100);
        run.saw("P1", "netty-nio", Metric.CPU, 110, 999);

        assertThat(run.results.ratio("P1", "netty-nio", "sketch", Metric.CPU)).contains(new Spread(1.1, 1.1, 1.1));
    }

    @Test
    void aRoundThatFailedForOneDoesNotShiftTheOthers() {
        run.saw("P1", "sketch", Metric.CPU, 100, 200, 400);
        run.saw("P1", "netty-nio", Metric.CPU, 110);
        run.turn("P1", "netty-nio");
        run.saw("P1", "netty-nio", Metric.CPU, 440);

        assertThat(run.results.ratio("P1", "netty-nio", "sketch", Metric.CPU)).contains(new Spread(1.1, 1.1, 1.1));
    }

    @Test
    void whatWasNotMeasuredHasNoFigures() {
        assertThat(run.results.spread("P1", "c", Metric.CPU)).isEmpty();
        assertThat(run.results.ratio("P1", "c", "sketch", Metric.CPU)).isEmpty();
        assertThat(run.results.workloads()).isEmpty();
    }
}
