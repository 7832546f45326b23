package dev.iostream.boot.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class LoopHealthIndicatorTest {
    private static final Duration THRESHOLD = Duration.ofSeconds(10);

    private final Simulation simulation = new Simulation(Link.perfect());
    private final LoopHeartbeats heartbeats = new LoopHeartbeats(IOLoopGroup.of(simulation.loop()));
    private final LoopHealthIndicator indicator =
            new LoopHealthIndicator(heartbeats.iterator().next(), THRESHOLD);

    @Test
    void nothingIsKnownBeforeItIsStartedAndAfterItIsStopped() {
        assertThat(indicator.health().getStatus()).isEqualTo(Status.UNKNOWN);

        heartbeats.start();
        heartbeats.stop();

        assertThat(indicator.health().getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void aLoopIsUpWhileItBeats() {
        heartbeats.start();
        simulation.run(Duration.ofSeconds(1));
        simulation.loop().addCallback(() -> {
            simulation.standStill(THRESHOLD);
            Health health = indicator.health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsEntry("heartbeatMillis", 10_000L)
                    .containsEntry("lagMillis", 9500L)
                    .containsEntry("streams", 0L)
                    .containsEntry("blocked", 0L);
        });
        simulation.run(Duration.ofSeconds(1));
        assertThat(simulation.loop().stats().failures()).isZero();
    }

    @Test
    void oneThatIsStuckIsDownAndUpAgainAfterwards() {
        heartbeats.start();
        simulation.run(Duration.ofSeconds(1));
        simulation.loop().addCallback(() -> {
            simulation.standStill(THRESHOLD.plusMillis(1));
            Health health = indicator.health();
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails()).containsEntry("error", "The loop has not turned for longer than 10000 ms");
        });
        simulation
                .loop()
                .addTimeout(
                        Duration.ofSeconds(1),
                        () -> assertThat(indicator.health().getStatus()).isEqualTo(Status.UP));
        simulation.run(Duration.ofSeconds(20));
        assertThat(simulation.loop().stats().failures()).isZero();
    }

    @Test
    void oneThatDoesNotRunIsDown() {
        heartbeats.start();

        Health health = indicator.health();

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("error", "The loop does not run");
    }

    @Test
    void askingDoesNotWaitForALoopThatIsStuck() throws Exception {
        IOLoopGroup group = IOLoopGroup.of(1, "stuck-");
        var stuck = new CountDownLatch(1);
        var letGo = new CountDownLatch(1);
        try {
            group.start();
            var real = new LoopHeartbeats(group);
            real.start();
            group.next().addCallback(() -> {
                stuck.countDown();
                awaitUninterrupted(letGo);
            });
            stuck.await();

            var impatient = new LoopHealthIndicator(real.iterator().next(), Duration.ZERO);

            assertThat(impatient.health().getStatus()).isEqualTo(Status.DOWN);
        } finally {
            letGo.countDown();
            group.close();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
