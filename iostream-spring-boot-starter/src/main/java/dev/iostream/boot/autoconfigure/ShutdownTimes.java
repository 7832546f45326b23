package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.ShutdownOptions;
import dev.iostream.boot.context.IOStreamServerDrainLifecycle;
import java.time.Duration;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Refuses what servers may take to stop when the application does not wait for it. */
final class ShutdownTimes {
    private static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase";

    private ShutdownTimes() {}

    /**
     * Compares the times of all servers with that of a shutdown phase.
     *
     * @throws FailureAnalyzedException when it would cut one off
     */
    static void check(IOStreamServers servers, Duration phase) {
        for (ServerBinding binding : servers) {
            ShutdownOptions shutdown = binding.shutdown();
            Duration delay = shutdown.preDrainDelay();
            Duration grace = shutdown.gracePeriod() == null ? Duration.ZERO : shutdown.gracePeriod();
            Duration needed = delay.plus(grace);
            boolean nothingLeft = !delay.isZero() && delay.compareTo(IOStreamServerDrainLifecycle.limit(phase)) >= 0;
            if (shutdown.graceful() && (needed.compareTo(phase) > 0 || nothingLeft)) {
                throw new FailureAnalyzedException(
                        "Server '" + binding.name() + "' may take " + PropertyRules.text(needed) + " to stop ("
                                + IOStreamProperties.ofServer(binding.name(), "shutdown.pre-drain-delay") + " "
                                + PropertyRules.text(delay) + ", grace-period "
                                + (shutdown.gracePeriod() == null ? "not set" : PropertyRules.text(grace))
                                + "), and the application goes on after " + PropertyRules.text(phase) + " ('" + PHASE
                                + "').",
                        "Raise '" + PHASE + "', or lower the times of the server.");
            }
        }
    }
}
