package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void visitsTheEntriesBackwardsInEverySecondRound() {
        Options options = Options.parse("--workloads", "P1", "--peers", "c,sketch,netty-nio", "--rounds", "3");

        assertThat(Schedule.of(options, options.workloads()))
                .extracting(Schedule.Turn::round, turn -> turn.entry().peer())
                .containsExactly(
                        tuple(1, Peer.C),
                        tuple(1, Peer.SKETCH),
                        tuple(1, Peer.NETTY_NIO),
                        tuple(2, Peer.NETTY_NIO),
                        tuple(2, Peer.SKETCH),
                        tuple(2, Peer.C),
                        tuple(3, Peer.C),
                        tuple(3, Peer.SKETCH),
                        tuple(3, Peer.NETTY_NIO));
    }

    @Test
    void givesEachWorkloadItsShareOfTheRounds() {
        Options options = Options.parse("--workloads", "P1,growth-18000", "--peers", "c", "--rounds", "5");

        assertThat(Schedule.of(options, options.workloads()))
                .extracting(turn -> turn.round() + turn.workload().name())
                .containsExactly("1P1", "1growth-18000", "2P1", "3P1", "4P1", "5P1");
    }

    @Test
    void measuresWhatTargetsAreAboutAsOftenAsAskedForAtLeast() {
        assertThat(Workloads.ALL)
                .filteredOn(workload -> workload.name().startsWith("P"))
                .isNotEmpty()
                .allSatisfy(workload -> assertThat(workload.share()).isGreaterThanOrEqualTo(1));
    }

    @Test
    void measuresPeersThatNoTargetNamesLessOften() {
        Options options = Options.parse("--workloads", "P1", "--peers", "c,vertx", "--rounds", "5");

        assertThat(Schedule.of(options, options.workloads()))
                .filteredOn(turn -> turn.entry().peer() == Peer.VERTX)
                .hasSize(3);
    }

    @Test
    void measuresWhatTargetsCompareAgainWhereRoundsDoNotAgree() {
        Options options = Options.parse("--workloads", "P1,P6", "--rounds", "2");
        var run = new Run("P1,P6");
        run.saw("P1", "c", Metric.CPU, 90, 90);
        run.saw("P1", "sketch", Metric.CPU, 100, 100);
        run.saw("P1", "iostream", Metric.CPU, 100, 109);
        run.saw("P6", "sketch", Metric.CONNECTION_CPU, 100, 100);
        run.saw("P6", "iostream", Metric.CONNECTION_CPU, 109, 110);

        assertThat(Schedule.again(options, run.results))
                .extracting(Schedule.Turn::round, turn -> turn.entry().peer())
                .containsExactly(
                        tuple(3, Peer.SKETCH), tuple(3, Peer.IOSTREAM), tuple(4, Peer.IOSTREAM), tuple(4, Peer.SKETCH));
    }

    @Test
    void knowsAboutHowLongItTakes() {
        Options options = Options.parse("--workloads", "P1", "--peers", "c", "--rounds", "2");

        assertThat(Schedule.seconds(Schedule.of(options, options.workloads()), options))
                .isBetween(2.0 * (options.warmupSeconds() + options.seconds()), 60.0);
    }
}
