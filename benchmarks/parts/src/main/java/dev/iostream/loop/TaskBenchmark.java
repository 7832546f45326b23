package dev.iostream.loop;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to hand {@code tasks} tasks to a loop and to run them, without a second thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TaskBenchmark {
    /** Tasks of one turn. */
    @Param({"1", "64"})
    int tasks;

    private final TaskQueue queue = new TaskQueue();
    private final Consumer<Runnable> runner = Runnable::run;
    private int run;
    private final Runnable task = () -> run++;

    /** Starts with nothing run. */
    @Setup
    public void reset() {
        run = 0;
    }

    /** As a turn does. */
    @Benchmark
    public int addAndDrain() {
        for (int i = 0; i < tasks; i++) {
            queue.add(task);
        }
        queue.drain(runner);
        return run;
    }
}
