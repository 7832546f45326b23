package dev.iostream.benchmarks.peer.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** What a million timers cost, set and cancelled, and a million tasks from another thread. */
public final class LoopCosts {
    private static final int MILLION = 1_000_000;
    private static final int WARM_UPS = 3;
    private static final long LIMIT_SECONDS = 60;
    private static final long LATER = TimeUnit.HOURS.toNanos(1);

    private LoopCosts() {}

    public static void main(String[] args) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        EventLoop loop = group.next();
        double timers = 0;
        double tasks = 0;
        for (int i = 0; i <= WARM_UPS; i++) {
            timers = loop.submit(() -> timers(loop)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            tasks = tasks(loop);
        }
        System.out.printf("timers_s=%f callbacks_s=%f%n", timers, tasks);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static double timers(EventLoop loop) {
        var timeouts = new Future<?>[MILLION];
        long start = System.nanoTime();
        for (int i = 0; i < MILLION; i++) {
            timeouts[i] = loop.schedule(LoopCosts::nothing, LATER + i * 7919L % MILLION, TimeUnit.NANOSECONDS);
        }
        for (Future<?> timeout : timeouts) {
            timeout.cancel(false);
        }
        return seconds(start);
    }

    private static double tasks(EventLoop loop) throws InterruptedException {
        var done = new CountDownLatch(1);
        int[] count = new int[1];
        Runnable task = () -> {
            if (++count[0] == MILLION) {
                done.countDown();
            }
        };
        long start = System.nanoTime();
        for (int i = 0; i < MILLION; i++) {
            loop.execute(task);
        }
        if (!done.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Tasks did not run");
        }
        return seconds(start);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static void nothing() {}
}
