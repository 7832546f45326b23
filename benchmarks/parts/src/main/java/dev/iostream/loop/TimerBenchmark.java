package dev.iostream.loop;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to set a timer and to remove it again, as deadlines do for each message, among {@code waiting} others. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimerBenchmark {
    private static final long SPREAD = 1_000_003;

    /** Timers that are set all the while. */
    @Param({"100", "100000"})
    int waiting;

    private final TimerQueue timers = new TimerQueue();
    private long next;

    /** Sets the others. */
    @Setup
    public void fill() {
        for (int i = 0; i < waiting; i++) {
            timers.add(deadline(), TimerBenchmark::nothing);
        }
    }

    /** Set and removed. */
    @Benchmark
    public boolean setAndRemove() {
        return timers.remove(timers.add(deadline(), TimerBenchmark::nothing));
    }

    private long deadline() {
        next += 7919;
        return next % SPREAD;
    }

    private static void nothing() {}
}
