package dev.iostream.boot.health;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.context.InsecureOptions;
import dev.iostream.client.ClientStats;
import dev.iostream.client.ConnectionState;
import dev.iostream.client.ConnectionStatus;
import dev.iostream.event.Printable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * A client is up while the connection that it keeps is, or when it could connect the last time; nothing is known before it
 * has tried. It does not connect to find out.
 */
public final class ClientHealthIndicator implements HealthIndicator {
    private final ClientBinding binding;

    /** The health of that client. */
    public ClientHealthIndicator(ClientBinding binding) {
        this.binding = binding;
    }

    @Override
    public Health health() {
        ClientStats stats = binding.client().stats();
        ConnectionStatus kept = binding.wantedConnection()
                .map(connection -> connection.status())
                .filter(status -> status.state() != ConnectionState.IDLE)
                .orElse(null);
        Health.Builder health = kept == null ? ofLastAttempt(stats) : ofKept(kept);
        health.withDetail("target", Printable.address(stats.target()))
                .withDetail("connections", stats.streams().active());
        List<String> insecure = InsecureOptions.of(binding.client());
        if (!insecure.isEmpty()) {
            health.withDetail("insecure", insecure);
        }
        return health.build();
    }

    private static Health.Builder ofLastAttempt(ClientStats stats) {
        if (stats.lastFailure() != null) {
            return withError(Health.down(), stats.lastFailure());
        }
        return stats.connects() > 0 ? Health.up() : Health.unknown();
    }

    private static Health.Builder ofKept(ConnectionStatus status) {
        Health.Builder health = Health.status(statusOf(status))
                .withDetail("state", status.state())
                .withDetail("since", status.since().toString())
                .withDetail("failures", status.failures());
        if (status.state() == ConnectionState.UP || status.lastReason() == null) {
            return health;
        }
        return withError(health.withDetail("reason", status.lastReason()), status.lastCause());
    }

    private static Status statusOf(ConnectionStatus status) {
        return switch (status.state()) {
            case UP -> Status.UP;
            case CONNECTING, LOGGING_IN -> status.lastReason() == null ? Status.UNKNOWN : Status.DOWN;
            case WAITING, GAVE_UP, CLOSED -> Status.DOWN;
            case IDLE -> Status.UNKNOWN;
        };
    }

    private static Health.Builder withError(Health.Builder health, @Nullable Throwable cause) {
        return cause == null ? health : health.withDetail("error", String.valueOf(cause.getMessage()));
    }
}
