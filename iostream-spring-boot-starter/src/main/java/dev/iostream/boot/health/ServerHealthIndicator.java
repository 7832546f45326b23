package dev.iostream.boot.health;

import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.context.InsecureOptions;
import dev.iostream.event.Printable;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.ServerStats;
import dev.iostream.server.TCPServer;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** A server is up while it accepts connections, and down when it should listen and does not. */
public final class ServerHealthIndicator implements HealthIndicator {
    private final ServerBinding binding;
    private final BooleanSupplier shouldListen;

    /**
     * The health of that server.
     *
     * @param shouldListen whether the application has started it, and nobody has stopped it or taken it out of traffic
     */
    public ServerHealthIndicator(ServerBinding binding, BooleanSupplier shouldListen) {
        this.binding = binding;
        this.shouldListen = shouldListen;
    }

    @Override
    public Health health() {
        // asked before the state, so that a server which is just being stopped is not taken for one that is missing
        boolean should = shouldListen.getAsBoolean();
        TCPServer server = binding.server();
        ServerStats stats = server.stats();
        Health.Builder health = status(stats, should)
                .withDetail("state", stats.state())
                .withDetail(
                        "addresses",
                        server.localAddresses().stream().map(Printable::address).toList())
                .withDetail("connections", stats.connections());
        if (server.options().maxConnections() != ServerOptions.UNLIMITED) {
            health.withDetail("limit", server.options().maxConnections());
        }
        if (stats.full()) {
            health.withDetail("full", true);
        }
        if (stats.throttled()) {
            health.withDetail("throttled", true);
        }
        List<String> insecure = InsecureOptions.of(binding);
        if (!insecure.isEmpty()) {
            health.withDetail("insecure", insecure);
        }
        return health.build();
    }

    private static Health.Builder status(ServerStats stats, boolean should) {
        return switch (stats.state()) {
            case ACCEPTING ->
                stats.backingOff()
                        ? Health.outOfService()
                                .withDetail(
                                        "error",
                                        "The system cannot give connections, most likely for want of"
                                                + " descriptors; raise the limit of open files")
                        : Health.up();
            case PAUSED, DRAINING, BOUND -> Health.outOfService();
            case STOPPED ->
                should ? Health.down().withDetail("error", "It should listen and does not") : Health.outOfService();
        };
    }
}
