package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.convert.DurationUnit;

/** The event loops. */
@ConfigurationPropertiesSource
public class LoopProperties {
    /** Number of event loops, each with a thread of its own. Defaults to the number of processors. */
    private @Nullable Integer count;

    /** Prefix of the names of loops and their threads, which a number follows. */
    private String threadNamePrefix = "iostream-loop-";

    /** Time that a callback may keep a loop before it is warned of. 0 for no warnings. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration blockedThreshold = Duration.ofMillis(100);

    /** Time without a turn after which a loop is taken for stuck, and its health is down. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration healthThreshold = Duration.ofSeconds(10);

    public @Nullable Integer getCount() {
        return count;
    }

    public void setCount(@Nullable Integer count) {
        this.count = count;
    }

    public String getThreadNamePrefix() {
        return threadNamePrefix;
    }

    public void setThreadNamePrefix(String threadNamePrefix) {
        this.threadNamePrefix = threadNamePrefix;
    }

    public Duration getBlockedThreshold() {
        return blockedThreshold;
    }

    public void setBlockedThreshold(Duration blockedThreshold) {
        this.blockedThreshold = blockedThreshold;
    }

    public Duration getHealthThreshold() {
        return healthThreshold;
    }

    public void setHealthThreshold(Duration healthThreshold) {
        this.healthThreshold = healthThreshold;
    }
}
