package dev.iostream;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other threads do. */
public final class Eventually {
    /** How long to wait at most. */
    public static final Duration LIMIT = Duration.ofSeconds(30);

    private static final long STEP = Duration.ofMillis(1).toNanos();

    private Eventually() {}

    /** Returns when the condition holds, and fails with what is the case when it does not come to that. */
    public static void eventually(BooleanSupplier condition, Supplier<String> otherwise) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("Not within " + LIMIT + ": " + otherwise.get());
            }
            LockSupport.parkNanos(STEP);
        }
    }

    /** The same. */
    public static void eventually(String what, BooleanSupplier condition) {
        eventually(condition, () -> what);
    }
}
