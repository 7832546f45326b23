package dev.iostream.loop;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Loops over which streams are spread, each on a daemon thread of its own once the group has started.
 *
 * <p>Safe from any thread.
 */
public final class IOLoopGroup implements AutoCloseable {
    private final List<IOLoop> loops;
    private final List<LoopThread> threads = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private boolean closed;

    private IOLoopGroup(List<IOLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    /** So many loops, named {@code prefix} and a number from 1 on. */
    public static IOLoopGroup of(int count, String prefix) {
        MemoryBudget memory = MemoryBudget.quarterOfHeap();
        return of(count, number -> LoopOptions.named(prefix + number).memory(memory));
    }

    /** So many loops, each made as {@code options} says for its number from 1 on. */
    public static IOLoopGroup of(int count, IntFunction<LoopOptions> options) {
        if (count < 1) {
            throw new IllegalArgumentException("A loop group needs at least 1 loop, was " + count);
        }
        List<IOLoop> loops = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            loops.add(new IOLoop(options.apply(i)));
        }
        return new IOLoopGroup(loops);
    }

    /** A group of these loops. If they run already, the group is not to be started. */
    public static IOLoopGroup of(IOLoop... loops) {
        if (loops.length == 0) {
            throw new IllegalArgumentException("A loop group needs at least 1 loop, was 0");
        }
        return new IOLoopGroup(List.of(loops));
    }

    /** The loops in turn, one more at each call, without those that are closed or have died as long as there are others. */
    public IOLoop next() {
        IOLoop loop = inTurn();
        for (int i = 1; loop.isClosed() && i < loops.size(); i++) {
            loop = inTurn();
        }
        return loop;
    }

    private IOLoop inTurn() {
        return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    }

    /** What all streams of the group may hold together, unless its loops were made with budgets of their own. */
    public MemoryBudget memory() {
        return loops.get(0).memory();
    }

    /** All loops. */
    public List<IOLoop> loops() {
        return loops;
    }

    /**
     * Starts each loop on a daemon thread that has the loop's name.
     *
     * @throws IllegalStateException when the group is started already, or closed
     * @throws UncheckedIOException when there is no descriptor for a loop that had given its own back; none is started
     *     then, and a later call may succeed
     */
    public synchronized void start() {
        // a stop by another thread takes the threads before it has waited for them
        if (closed || !threads.isEmpty() || loops.stream().anyMatch(IOLoop::running)) {
            throw new IllegalStateException("The loop group is " + (closed ? "closed" : "started already"));
        }
        endRest();
        for (IOLoop loop : loops) {
            var thread = new LoopThread(loop);
            threads.add(thread);
            thread.start();
        }
    }

    private void endRest() {
        try {
            loops.forEach(IOLoop::endRest);
        } catch (UncheckedIOException e) {
            loops.forEach(IOLoop::rest);
            throw e;
        }
    }

    /**
     * Stops each loop that {@link #start()} started, and waits for its thread, for 10 seconds each at most and not for the
     * caller's own. What the loops hold stays: streams, timers and queued tasks go on when the group is started again. A
     * loop without streams and channels holds no descriptor meanwhile.
     * Without effect on a group that is not started.
     */
    public void stop() {
        takeThreads().forEach(LoopThread::stop);
    }

    /**
     * Closes each loop for good, and waits for the threads that {@link #start()} made, for 10 seconds each at most. A
     * second call does nothing.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        // not while holding the lock: a loop that closes the group, too, would wait for it, and be waited for
        takeThreads().forEach(LoopThread::close);
        loops.forEach(IOLoop::close);
    }

    private synchronized List<LoopThread> takeThreads() {
        List<LoopThread> taken = List.copyOf(threads);
        threads.clear();
        return taken;
    }
}
