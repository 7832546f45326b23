package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Timeout;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * What a million timers cost, set and cancelled, and a million callbacks from another thread. Each is done some times
 * before it counts, so that the code is compiled.
 *
 * <p>Turns stand for wake-ups: a wake-up ends one poll, so there are no more of them than turns.
 */
public final class LoopCosts {
    private static final int MILLION = 1_000_000;
    private static final int WARM_UPS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LATER = Duration.ofHours(1);

    private LoopCosts() {}

    public static void main(String[] args) throws InterruptedException {
        double timers;
        try (var loop = new IOLoop()) {
            timers = warm(() -> timers(loop));
        }
        var loop = new IOLoop();
        var thread = new Thread(loop::start, "loop");
        thread.start();
        warm(() -> callbacks(loop));
        long before = loop.stats().turns();
        double callbacks = callbacks(loop);
        double turns = loop.stats().turns() - before;
        loop.stop();
        thread.join();
        System.out.printf("timers_s=%f callbacks_s=%f wakeups_percent=%f%n", timers, callbacks, turns / MILLION * 100);
    }

    private static double warm(DoubleSupplier measured) {
        for (int i = 0; i < WARM_UPS; i++) {
            measured.getAsDouble();
        }
        return measured.getAsDouble();
    }

    private static double timers(IOLoop loop) {
        var timeouts = new Timeout[MILLION];
        long start = System.nanoTime();
        loop.runSync(LIMIT, () -> {
            for (int i = 0; i < MILLION; i++) {
                // deadlines that differ, in no order
                timeouts[i] = loop.addTimeout(LATER.plusNanos(i * 7919L % MILLION), LoopCosts::nothing);
            }
            for (Timeout timeout : timeouts) {
                loop.removeTimeout(timeout);
            }
            loop.stop();
        });
        return seconds(start);
    }

    private static double callbacks(IOLoop loop) {
        var done = new CountDownLatch(1);
        int[] count = new int[1];
        Runnable callback = () -> {
            if (++count[0] == MILLION) {
                done.countDown();
            }
        };
        long start = System.nanoTime();
        for (int i = 0; i < MILLION; i++) {
            loop.addCallback(callback);
        }
        try {
            if (!done.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Callbacks did not run");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return seconds(start);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static void nothing() {}
}
