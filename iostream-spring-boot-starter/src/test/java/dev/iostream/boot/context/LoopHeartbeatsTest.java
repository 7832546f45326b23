package dev.iostream.boot.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.IOLoopGroup;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heartbeats in virtual time. */
class LoopHeartbeatsTest {
    private final Simulation simulation = new Simulation(Link.perfect());
    private final LoopHeartbeats heartbeats = new LoopHeartbeats(IOLoopGroup.of(simulation.loop()));
    private final LoopHeartbeat heartbeat = heartbeats.iterator().next();
    private final List<Duration> lags = new ArrayList<>();

    private void start() {
        heartbeats.add((loop, lag) -> lags.add(Duration.ofNanos(lag)));
        heartbeats.start();
        // the first turn sets the timer
        simulation.run(Duration.ZERO);
    }

    @Test
    void aLoopBeatsTwiceASecond() {
        start();

        simulation.run(Duration.ofMillis(1999));
        assertThat(lags).containsOnly(Duration.ZERO).hasSize(3);
        assertThat(heartbeat.age()).isEqualTo(Duration.ofMillis(499));
        assertThat(heartbeat.lag()).isZero();

        simulation.run(Duration.ofMillis(1));
        assertThat(lags).hasSize(4);
        assertThat(heartbeat.age()).isZero();
    }

    @Test
    void aCallbackThatTakesLongMakesTheNextBeatLate() {
        start();

        simulation.loop().addTimeout(Duration.ofMillis(400), () -> simulation.standStill(Duration.ofMillis(250)));
        simulation.run(Duration.ofMillis(700));

        assertThat(lags).containsExactly(Duration.ofMillis(150));
        assertThat(heartbeat.lag()).isEqualTo(Duration.ofMillis(150));
    }

    @Test
    void beatsThatWereMissedAreNotMadeUpFor() {
        start();

        simulation.standStill(Duration.ofSeconds(3));
        assertThat(heartbeat.age()).isEqualTo(Duration.ofSeconds(3));
        assertThat(heartbeat.lag()).as("it is late already").isEqualTo(Duration.ofMillis(2500));
        simulation.run(Duration.ofMillis(500));

        assertThat(lags).containsExactly(Duration.ofMillis(2500), Duration.ZERO);
        assertThat(heartbeat.age()).isZero();
    }

    @Test
    void whileItIsStoppedNothingBeatsAndNothingIsLate() {
        start();
        heartbeats.stop();

        simulation.run(Duration.ofSeconds(5));

        assertThat(lags).isEmpty();
        assertThat(heartbeat.isStarted()).isFalse();
        assertThat(heartbeat.age()).isZero();
        assertThat(heartbeat.lag()).isZero();
        assertThat(simulation.loop().stats().timers()).isZero();
    }

    @Test
    void aPauseBetweenStopAndStartIsNoLag() {
        start();
        heartbeats.stop();
        simulation.standStill(Duration.ofHours(1));

        heartbeats.start();
        simulation.run(Duration.ofSeconds(1));

        assertThat(lags).containsExactly(Duration.ZERO, Duration.ZERO);
        assertThat(simulation.loop().stats().timers()).isEqualTo(1);
    }

    @Test
    void aListenerThatThrowsDoesNotEndIt() {
        simulation.loop().setExceptionHandler(failure -> lags.add(Duration.ofDays(1)));
        heartbeats.add((loop, lag) -> {
            throw new IllegalStateException("oops");
        });
        start();

        simulation.run(Duration.ofSeconds(1));

        assertThat(lags).containsExactly(Duration.ofDays(1), Duration.ofDays(1));
    }

    @Test
    void aListenerThatWasRemovedHearsNothing() {
        HeartbeatListener listener = (loop, lag) -> lags.add(Duration.ofNanos(lag));
        heartbeats.add(listener);
        heartbeats.remove(listener);
        heartbeats.start();

        simulation.run(Duration.ofSeconds(1));

        assertThat(lags).isEmpty();
    }

    @Test
    void aClosedLoopCanBeStopped() {
        start();
        simulation.loop().close();

        heartbeats.stop();

        assertThat(heartbeats.isRunning()).isFalse();
    }
}
