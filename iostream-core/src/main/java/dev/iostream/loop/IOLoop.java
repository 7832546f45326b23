package dev.iostream.loop;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.LoopStats;
import dev.iostream.event.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An event loop: one thread that runs tasks, timers and the callbacks of its streams, one after the other.
 *
 * <p>{@link #start()} runs it on the caller's thread until {@link #stop()}. While it runs it is confined to that thread;
 * while it does not, to whoever uses it, so that streams can be set up before it starts. {@link #addCallback},
 * {@link #execute}, {@link #stop}, {@link #close}, {@link #running}, {@link #inLoop} and {@link #stats} are safe from any
 * thread.
 *
 * <p>A turn is, in this order: the tasks queued before it; the timers that are due; the callbacks of streams that tasks
 * and timers have filled; the flush of streams that were written to; the poll, which waits only when none of these is
 * left; and what each ready stream has to do.
 *
 * <pre>{@code
 * var loop = new IOLoop();
 * loop.addTimeout(Duration.ofSeconds(1), loop::stop);
 * loop.start();
 * }</pre>
 */
public final class IOLoop implements Executor, AutoCloseable {
    private static final Logger LOG = System.getLogger(IOLoop.class.getName());

    /** Bytes that the read buffer holds: one read, and what was left over from the one before. */
    public static final int READ_BUFFER = 68 * 1024;

    /** Timers run in one turn at most, so that a long pause does not keep I/O waiting. */
    private static final int TIMERS_PER_TURN = 1024;

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;
    private final Poller poller;
    private final TaskQueue tasks = new TaskQueue();
    private final TimerQueue timers = new TimerQueue();
    private final LoopMembers members;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER);
    private final Consumer<Runnable> taskRunner = this::runGuarded;
    private final LoopExceptionHandler failureReporter = this::reportFailure;
    private final Tally timersSet = new Tally();
    private final Tally turns = new Tally();
    private final Tally busyNanos = new Tally();
    private final Tally failures = new Tally();

    private LoopExceptionHandler exceptionHandler;
    private long now;
    private volatile @Nullable Thread thread;
    private volatile boolean stopRequested;
    private volatile boolean closeRequested;
    private boolean disposed;

    /** A loop over a selector and the system's clock. */
    public IOLoop() {
        this(LoopOptions.named("iostream-loop-" + COUNT.incrementAndGet()));
    }

    /** A loop made as the options say. */
    public IOLoop(LoopOptions options) {
        this.name = options.name();
        this.poller = options.poller().get();
        this.members = new LoopMembers(name, failureReporter);
        this.now = poller.nanoTime();
        this.exceptionHandler =
                failure -> LOG.log(Level.ERROR, "A callback failed on loop '" + name + "'; the loop goes on", failure);
    }

    // ---- tasks and timers

    /** Runs {@code callback} in a coming turn, in the order of the calls. Safe from any thread. */
    public IOLoop addCallback(Runnable callback) {
        execute(callback);
        return this;
    }

    /** Runs {@code callback} with {@code arg} in a coming turn. Safe from any thread. */
    public <A> IOLoop addCallback(Consumer<? super A> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return addCallback(() -> callback.accept(arg));
    }

    /**
     * The same as {@link #addCallback(Runnable)}.
     *
     * @throws RejectedExecutionException when the loop is closed
     */
    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        if (!tasks.add(task)) {
            throw new RejectedExecutionException("Loop '" + name + "' is closed and runs nothing more");
        }
        if (Thread.currentThread() != thread) {
            poller.wakeup();
        }
    }

    /** Runs {@code callback} once, when {@code delay} has passed; a delay that is not positive means the next turn. */
    public Timeout addTimeout(Duration delay, Runnable callback) {
        requireUsable("addTimeout");
        return set(poller.nanoTime() + clampedNanos(delay), callback);
    }

    /** Runs {@code callback} with {@code arg} once, when {@code delay} has passed. */
    public <A> Timeout addTimeout(Duration delay, Consumer<? super A> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return addTimeout(delay, () -> callback.accept(arg));
    }

    /** Runs {@code callback} once, when {@link #nanoTime()} has reached {@code nanoTime}. */
    public Timeout addTimeoutAt(long nanoTime, Runnable callback) {
        requireUsable("addTimeoutAt");
        return set(nanoTime, callback);
    }

    private Timeout set(long nanoTime, Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        // what has passed counts as now: a timer that keeps setting itself in the past would come before all others
        Timeout timeout = timers.add(nanoTime - now < 0 ? now : nanoTime, callback);
        timersSet.set(timers.size());
        return timeout;
    }

    /** Keeps a timeout from running; false when it has run or was removed before. */
    public boolean removeTimeout(Timeout timeout) {
        requireConfined("removeTimeout");
        boolean removed = timers.remove(timeout);
        timersSet.set(timers.size());
        return removed;
    }

    /** The time at which this turn's poll returned, in nanoseconds of the loop's clock. */
    public long nanoTime() {
        return now;
    }

    /** Whom to tell of tasks, timers and handlers that threw, instead of the log. */
    public void setExceptionHandler(LoopExceptionHandler handler) {
        requireConfined("setExceptionHandler");
        this.exceptionHandler = Objects.requireNonNull(handler, "handler");
    }

    // ---- running

    /**
     * Runs turns on the calling thread until {@link #stop()}. A stop that came before lets one turn run. Can be called
     * again after it has returned.
     *
     * @throws IllegalStateException when the loop is running or closed
     */
    public void start() {
        enter();
        try {
            do {
                turn();
            } while (!stopRequested);
        } catch (Throwable broken) {
            die(broken);
            throw broken;
        } finally {
            leave();
        }
    }

    /** Lets the current turn end and {@link #start()} return. What is queued stays queued. Safe from any thread. */
    public void stop() {
        stopRequested = true;
        poller.wakeup();
    }

    /**
     * Runs {@code first} and then the loop until {@link #stop()}, for tests and command lines.
     *
     * @throws IllegalStateException when {@code limit} passes before the stop; and whatever {@code first} throws
     */
    public void runSync(Duration limit, Runnable first) {
        Objects.requireNonNull(first, "first");
        requireStartable();
        List<Throwable> thrown = new ArrayList<>();
        addCallback(() -> {
            try {
                first.run();
            } catch (RuntimeException | Error failure) {
                thrown.add(failure);
                stop();
            }
        });
        Timeout timeout = addTimeout(limit, () -> {
            thrown.add(new IllegalStateException(
                    "Loop '" + name + "' was not stopped within " + limit + "; call stop() when the work is done"));
            stop();
        });
        start();
        removeTimeout(timeout);
        if (!thrown.isEmpty()) {
            if (thrown.get(0) instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown.get(0);
        }
    }

    /**
     * Closes the loop for good: what was accepted is run, its streams close with {@link CloseReason#LOOP_CLOSED}, new
     * tasks are rejected. A running loop closes at the end of its turn. Safe from any thread.
     */
    @Override
    public void close() {
        synchronized (this) {
            closeRequested = true;
            if (thread != null) {
                stop();
                return;
            }
            thread = Thread.currentThread();
        }
        disposeAndRelease();
    }

    /** Whether a thread is in {@link #start()} or, after it, in the last callbacks of {@link #close()}. Safe from any thread. */
    public boolean running() {
        return thread != null;
    }

    /** Whether the calling thread may use what is confined to this loop. Safe from any thread. */
    public boolean inLoop() {
        Thread owner = thread;
        return owner == null || owner == Thread.currentThread();
    }

    /**
     * Checks that the calling thread may use what is confined to this loop.
     *
     * @param what the thing and the call, for the message
     * @throws IllegalStateException when it may not
     */
    public void requireConfined(String what) {
        Thread owner = thread;
        if (owner != null && owner != Thread.currentThread()) {
            throw new IllegalStateException(what + " is confined to loop '" + name + "' (thread '" + owner.getName()
                    + "'); called from thread '" + Thread.currentThread().getName() + "'. Use loop.addCallback(...).");
        }
    }

    private void requireUsable(String what) {
        requireConfined(what);
        if (disposed) {
            throw new RejectedExecutionException("Loop '" + name + "' is closed and runs nothing more");
        }
    }

    /** The loop's name. */
    public String name() {
        return name;
    }

    /** The loop at this moment. Safe from any thread. */
    public LoopStats stats() {
        return new LoopStats(
                name,
                running(),
                members.count(),
                tasks.size(),
                timersSet.get(),
                turns.get(),
                busyNanos.get(),
                failures.get());
    }

    @Override
    public String toString() {
        return "IOLoop[" + name + (running() ? ", running" : ", not running") + "]";
    }

    // ---- for streams and transports

    /** Watches a channel, which must be non-blocking, for nothing yet. */
    public Registration register(SelectableChannel channel, ReadyHandler handler) throws IOException {
        return poller.register(channel, handler);
    }

    /** Takes in a stream, to be told when the loop ends. */
    public void join(LoopMember member) {
        if (disposed) {
            throw new RejectedExecutionException("Loop '" + name + "' is closed and takes no more streams");
        }
        members.add(member);
    }

    /** Lets go of a stream. */
    public void leave(LoopMember member) {
        members.remove(member);
    }

    /** Closes the streams that count towards {@code endpoint}, at once. Confined to this loop. */
    public void end(Endpoint endpoint, CloseReason reason) {
        requireConfined("end");
        members.end(endpoint, reason);
    }

    /** The streams that count towards {@code endpoint}, those that are still sending included. Confined to this loop. */
    public List<LoopMember> members(Endpoint endpoint) {
        requireConfined("members");
        return members.of(endpoint);
    }

    /** Calls {@link LoopMember#deliver} at its step of this turn or the next. */
    public void deliverLater(LoopMember member) {
        members.deliverLater(member);
    }

    /** Calls {@link LoopMember#flush} at its step of this turn or the next. */
    public void flushLater(LoopMember member) {
        members.flushLater(member);
    }

    /** An empty segment to write into. When all are taken, the stream that was written to first is flushed. */
    public ByteBuffer takeSegment() {
        return members.takeSegment();
    }

    /** Gives back what {@link #takeSegment} returned. */
    public void giveSegment(ByteBuffer segment) {
        members.giveSegment(segment);
    }

    /** The buffer that all streams of the loop read into; its content lasts only as long as one stream's handling. */
    public ByteBuffer readBuffer() {
        return readBuffer;
    }

    /** Tells the exception handler, and counts. */
    public void reportFailure(Throwable failure) {
        failures.add(1);
        try {
            exceptionHandler.failed(failure);
        } catch (Throwable second) {
            reportLast(second);
        }
    }

    private void reportLast(Throwable failure) {
        try {
            LOG.log(Level.ERROR, "The exception handler of loop '" + name + "' failed", failure);
        } catch (Throwable third) {
            // out of memory or of stack, most likely; that the loop lives matters more than that this is heard of
            assert third != null;
        }
    }

    // ---- the turn

    private void turn() {
        turns.add(1);
        tasks.drain(taskRunner);
        runTimers();
        members.deliver();
        members.flush();
        poll();
        poller.dispatch(failureReporter);
    }

    private void runTimers() {
        long end = timers.sequence();
        for (int i = 0; i < TIMERS_PER_TURN; i++) {
            Timeout due = timers.pollDue(now, end);
            if (due == null) {
                return;
            }
            timersSet.set(timers.size());
            runGuarded(due.callback);
        }
    }

    private void poll() {
        long before = poller.nanoTime();
        busyNanos.add(before - now);
        try {
            poller.poll(waitNanos(before));
        } catch (IOException e) {
            throw new UncheckedIOException("Loop '" + name + "' could not poll: " + e.getMessage(), e);
        }
        now = poller.nanoTime();
    }

    private long waitNanos(long time) {
        if (stopRequested || tasks.size() > 0 || members.waiting()) {
            return 0;
        }
        Timeout next = timers.first();
        return next == null ? Long.MAX_VALUE : Math.max(0, next.deadline - time);
    }

    private void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            reportFailure(failure);
        }
    }

    // ---- the ends of running

    private synchronized void enter() {
        requireStartable();
        thread = Thread.currentThread();
        now = poller.nanoTime();
    }

    private synchronized void requireStartable() {
        if (closeRequested) {
            throw new IllegalStateException("Loop '" + name + "' is closed and cannot be started");
        }
        Thread owner = thread;
        if (owner != null) {
            throw new IllegalStateException(
                    "Loop '" + name + "' is already running on thread '" + owner.getName() + "'");
        }
    }

    private void leave() {
        synchronized (this) {
            stopRequested = false;
            if (!closeRequested) {
                thread = null;
                return;
            }
        }
        disposeAndRelease();
    }

    private void die(Throwable broken) {
        closeRequested = true;
        try {
            dispose(CloseReason.LOOP_DIED);
        } finally {
            LOG.log(Level.ERROR, "Loop '" + name + "' died; its streams are closed", broken);
        }
    }

    private void disposeAndRelease() {
        try {
            dispose(CloseReason.LOOP_CLOSED);
        } finally {
            synchronized (this) {
                thread = null;
            }
        }
    }

    // not under the lock, since callbacks run here; the thread that is here has made itself the loop's
    private void dispose(CloseReason reason) {
        if (disposed) {
            return;
        }
        tasks.drain(taskRunner);
        disposed = true;
        tasks.close();
        members.end(reason);
        // what the streams' last callbacks and other threads have queued before the close
        while (tasks.size() > 0 || members.delivering()) {
            tasks.drain(taskRunner);
            members.deliver();
        }
        timers.clear();
        timersSet.set(0);
        try {
            poller.close();
        } catch (IOException e) {
            reportFailure(e);
        }
    }

    private static long clampedNanos(Duration delay) {
        if (delay.isNegative() || delay.isZero()) {
            return 0;
        }
        return delay.compareTo(Duration.ofNanos(TimerQueue.LONGEST)) >= 0 ? TimerQueue.LONGEST : delay.toNanos();
    }
}
