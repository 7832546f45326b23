package dev.iostream.boot;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a server stops with the application. Immutable.
 *
 * @param graceful whether open connections are let end; otherwise they are closed at once
 * @param preDrainDelay how long the server still accepts connections after the application has begun to refuse traffic, for
 *     load balancers to notice; zero for not at all
 * @param gracePeriod how long connections then have to end; null for as long as the shutdown phase lasts
 */
public record ShutdownOptions(
        boolean graceful, Duration preDrainDelay, @Nullable Duration gracePeriod) {
    private static final ShutdownOptions GRACEFUL = new ShutdownOptions(true, Duration.ZERO, null);
    private static final ShutdownOptions IMMEDIATE = new ShutdownOptions(false, Duration.ZERO, null);

    /** Checks the ranges. */
    public ShutdownOptions {
        if (preDrainDelay.isNegative() || (gracePeriod != null && gracePeriod.isNegative())) {
            throw new IllegalArgumentException("preDrainDelay and gracePeriod must not be negative, were "
                    + preDrainDelay + " and " + gracePeriod);
        }
    }

    /** Connections have as long as the shutdown phase lasts. */
    public static ShutdownOptions whenDrained() {
        return GRACEFUL;
    }

    /** Connections are closed at once. */
    public static ShutdownOptions immediate() {
        return IMMEDIATE;
    }
}
