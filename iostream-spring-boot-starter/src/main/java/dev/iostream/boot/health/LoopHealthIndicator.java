package dev.iostream.boot.health;

import dev.iostream.boot.context.LoopHeartbeat;
import dev.iostream.event.LoopStats;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** A loop is up while it beats. One that has not for a while is stuck in a callback, or has died. */
public final class LoopHealthIndicator implements HealthIndicator {
    private final LoopHeartbeat heartbeat;
    private final Duration threshold;

    /**
     * The health of the loop of that heartbeat.
     *
     * @param threshold how old its last beat may be
     */
    public LoopHealthIndicator(LoopHeartbeat heartbeat, Duration threshold) {
        this.heartbeat = heartbeat;
        this.threshold = threshold;
    }

    @Override
    public Health health() {
        LoopStats stats = heartbeat.loop().stats();
        Duration age = heartbeat.age();
        return status(age, stats.running())
                .withDetail("heartbeatMillis", age.toMillis())
                .withDetail("lagMillis", heartbeat.lag().toMillis())
                .withDetail("streams", stats.streams())
                .withDetail("blocked", stats.blocked())
                .build();
    }

    private Health.Builder status(Duration age, boolean running) {
        if (!heartbeat.isStarted()) {
            return Health.unknown();
        }
        if (!running) {
            return Health.down().withDetail("error", "The loop does not run");
        }
        return age.compareTo(threshold) > 0
                ? Health.down()
                        .withDetail("error", "The loop has not turned for longer than " + threshold.toMillis() + " ms")
                : Health.up();
    }
}
