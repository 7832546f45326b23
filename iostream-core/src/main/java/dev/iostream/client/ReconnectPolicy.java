package dev.iostream.client;

import java.time.Duration;

/**
 * When a supervised connection is tried again: after delays that grow from {@code initialDelay} by {@code multiplier} up to
 * {@code maxDelay}, each spread by chance so that many clients of a server that restarts do not all come at once. Immutable.
 *
 * @param initialDelay the delay after the first failure: 500 ms by default
 * @param maxDelay where the delays stop growing: 30 s by default
 * @param multiplier by what each delay is longer than the one before: 2 by default, at least 1
 * @param jitter by what part of itself each delay is shorter or longer, by chance: 0.2 by default, from 0 to 1
 * @param resetAfter how long a connection must last to be no failure, so that the delays begin anew: 30 s by default
 * @param logInTimeout how long {@link ConnectionHandler#logIn} may take: 10 s by default, zero for no limit
 * @param maxAttempts attempts in a row, each through all targets, that may fail or not last before no more are made; 0, the
 *     default, for no limit
 */
public record ReconnectPolicy(
        Duration initialDelay,
        Duration maxDelay,
        double multiplier,
        double jitter,
        Duration resetAfter,
        Duration logInTimeout,
        int maxAttempts) {
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final ReconnectPolicy DEFAULTS = new ReconnectPolicy(
            Duration.ofMillis(500), Duration.ofSeconds(30), 2, 0.2, Duration.ofSeconds(30), Duration.ofSeconds(10), 0);

    /** Checks the ranges. */
    public ReconnectPolicy {
        if (initialDelay.isNegative() || initialDelay.isZero() || maxDelay.compareTo(initialDelay) < 0) {
            throw new IllegalArgumentException("initialDelay must be positive and maxDelay not below it, were "
                    + initialDelay + " and " + maxDelay);
        }
        if (maxDelay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("maxDelay must be at most 365 days, was " + maxDelay);
        }
        // written so that NaN is refused, too
        if (!(multiplier >= 1 && multiplier < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("multiplier must be at least 1, was " + multiplier);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be between 0 and 1, was " + jitter);
        }
        if (resetAfter.isNegative() || logInTimeout.isNegative() || maxAttempts < 0) {
            throw new IllegalArgumentException("resetAfter, logInTimeout and maxAttempts must not be negative, were "
                    + resetAfter + ", " + logInTimeout + " and " + maxAttempts);
        }
    }

    /** 500 ms, twice as long each time, 30 s at most, 20 % more or less, for ever. */
    public static ReconnectPolicy defaults() {
        return DEFAULTS;
    }

    /** The same with other delays. */
    public ReconnectPolicy delays(Duration initial, Duration max) {
        return new ReconnectPolicy(initial, max, multiplier, jitter, resetAfter, logInTimeout, maxAttempts);
    }

    /** The same with delays that grow otherwise. */
    public ReconnectPolicy multiplier(double newMultiplier) {
        return new ReconnectPolicy(
                initialDelay, maxDelay, newMultiplier, jitter, resetAfter, logInTimeout, maxAttempts);
    }

    /** The same with delays that are spread otherwise; 0 for not at all. */
    public ReconnectPolicy jitter(double newJitter) {
        return new ReconnectPolicy(
                initialDelay, maxDelay, multiplier, newJitter, resetAfter, logInTimeout, maxAttempts);
    }

    /** The same with another time after which a connection counts as one that has lasted. */
    public ReconnectPolicy resetAfter(Duration lasting) {
        return new ReconnectPolicy(initialDelay, maxDelay, multiplier, jitter, lasting, logInTimeout, maxAttempts);
    }

    /** The same with another limit for logging in; zero for none. */
    public ReconnectPolicy logInTimeout(Duration limit) {
        return new ReconnectPolicy(initialDelay, maxDelay, multiplier, jitter, resetAfter, limit, maxAttempts);
    }

    /** The same with another number of attempts; 0 for no limit. */
    public ReconnectPolicy maxAttempts(int most) {
        return new ReconnectPolicy(initialDelay, maxDelay, multiplier, jitter, resetAfter, logInTimeout, most);
    }

    /**
     * The delay after so many failures in a row.
     *
     * @param failures at least 1
     * @param chance from 0 to 1; a half leaves the delay as it is
     */
    Duration delay(int failures, double chance) {
        double longest = maxDelay.toNanos();
        // infinity, after very many failures, is more than the longest as well
        double nanos = Math.min(longest, initialDelay.toNanos() * Math.pow(multiplier, failures - 1.0));
        return Duration.ofNanos((long) (nanos * (1 + jitter * (2 * chance - 1))));
    }
}
