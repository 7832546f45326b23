package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.convert.DurationUnit;

/** How a server stops with the application. */
@ConfigurationPropertiesSource
public class ShutdownProperties {
    /** Whether open connections are let end, or closed at once. */
    private Mode mode = Mode.GRACEFUL;

    /** Time that connections have to end. 0 for none at all; unset, as long as the shutdown phase lasts, less a second. */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration gracePeriod;

    /** Time that connections are still accepted after the application has begun to refuse traffic. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration preDrainDelay = Duration.ZERO;

    public Mode getMode() {
        return mode;
    }

    public void setMode(Mode mode) {
        this.mode = mode;
    }

    public @Nullable Duration getGracePeriod() {
        return gracePeriod;
    }

    public void setGracePeriod(@Nullable Duration gracePeriod) {
        this.gracePeriod = gracePeriod;
    }

    public Duration getPreDrainDelay() {
        return preDrainDelay;
    }

    public void setPreDrainDelay(Duration preDrainDelay) {
        this.preDrainDelay = preDrainDelay;
    }

    /** What becomes of open connections. */
    public enum Mode {
        /** They are let end. */
        GRACEFUL,
        /** They are closed at once. */
        IMMEDIATE
    }
}
