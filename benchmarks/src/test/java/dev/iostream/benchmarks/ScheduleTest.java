package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void visitsThePeersBackwardsInEverySecondRound() {
        Workload workload = Workload.named("P1");

        List<Schedule.Turn> turns = Schedule.of(3, List.of(workload), List.of(Peer.C, Peer.SKETCH, Peer.NETTY));

        assertThat(turns)
                .extracting(Schedule.Turn::round, Schedule.Turn::peer)
                .containsExactly(
                        tuple(1, Peer.C),
                        tuple(1, Peer.SKETCH),
                        tuple(1, Peer.NETTY),
                        tuple(2, Peer.NETTY),
                        tuple(2, Peer.SKETCH),
                        tuple(2, Peer.C),
                        tuple(3, Peer.C),
                        tuple(3, Peer.SKETCH),
                        tuple(3, Peer.NETTY));
    }

    @Test
    void measuresEveryWorkloadInEveryRound() {
        List<Schedule.Turn> turns = Schedule.of(2, Workload.ALL, List.of(Peer.NETTY));

        assertThat(turns)
                .extracting(turn -> turn.round() + turn.workload().name())
                .containsExactly("1P1", "1P3", "2P1", "2P3");
    }
}
