package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.convert.DurationUnit;

/** When a supervised connection is made again after it was lost. */
@ConfigurationPropertiesSource
public class ReconnectProperties {
    /** Delay after the first failure. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration initialDelay = Duration.ofMillis(500);

    /** Delay at which delays stop growing. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration maxDelay = Duration.ofSeconds(30);

    /** Factor by which each delay is longer than the one before, at least 1. */
    private double multiplier = 2;

    /** Part of itself by which each delay is shorter or longer, by chance, from 0 to 1. */
    private double jitter = 0.2;

    /** Time that a connection must last for the delays to begin anew. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration resetAfter = Duration.ofSeconds(30);

    /** Time that a connection may take to log in. 0 for no limit. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration logInTimeout = Duration.ofSeconds(10);

    /** Number of attempts in a row that may fail before no more are made. 0 for no limit. */
    private int maxAttempts = 0;

    public Duration getInitialDelay() {
        return initialDelay;
    }

    public void setInitialDelay(Duration initialDelay) {
        this.initialDelay = initialDelay;
    }

    public Duration getMaxDelay() {
        return maxDelay;
    }

    public void setMaxDelay(Duration maxDelay) {
        this.maxDelay = maxDelay;
    }

    public double getMultiplier() {
        return multiplier;
    }

    public void setMultiplier(double multiplier) {
        this.multiplier = multiplier;
    }

    public double getJitter() {
        return jitter;
    }

    public void setJitter(double jitter) {
        this.jitter = jitter;
    }

    public Duration getResetAfter() {
        return resetAfter;
    }

    public void setResetAfter(Duration resetAfter) {
        this.resetAfter = resetAfter;
    }

    public Duration getLogInTimeout() {
        return logInTimeout;
    }

    public void setLogInTimeout(Duration logInTimeout) {
        this.logInTimeout = logInTimeout;
    }

    public int getMaxAttempts() {
        return maxAttempts;
    }

    public void setMaxAttempts(int maxAttempts) {
        this.maxAttempts = maxAttempts;
    }
}
