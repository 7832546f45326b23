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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
 * <p>What is thrown in a turn is reported and the loop goes on. When turns fail 16 times in a row, none of which got
 * through, it would only spin: the loop dies then, its streams close with {@link CloseReason#LOOP_DIED}, and
 * {@link #start()} throws what the last of these turns has thrown.
 *
 * <pre>{@code
 * var loop = new IOLoop();
 * loop.addTimeout(Duration.ofSeconds(1), loop::stop);
 * loop.start();
 * }</pre>
 */
public final class IOLoop implements Executor, AutoCloseable {
    private static final Logger LOG = System.getLogger(IOLoop.class.getName());

    /** Bytes that the read buffer holds: the largest read, which is a pipe's, and what was left over from the one before. */
    public static final int READ_BUFFER = 260 * 1024;

    /** Timers run in one turn at most, so that a long pause does not keep I/O waiting. */
    private static final int TIMERS_PER_TURN = 1024;

    /**
     * So many turns in a row that fail end the loop. One may fail for want of memory that is there again in the next; what
     * fails so often fails for ever, and nothing but this keeps the loop from spinning.
     */
    static final int FAILED_TURNS = 16;

    private static final AtomicInteger COUNT = new AtomicInteger();

    private static final ThreadLocal<@Nullable IOLoop> CURRENT = new ThreadLocal<>();

    private static final Ending[] ENDINGS = Ending.values();

    // guarded by the class
    private static @Nullable IOLoop global;

    private final String name;
    private final Poller poller;
    private final TaskQueue tasks = new TaskQueue();
    private final TimerQueue timers = new TimerQueue();
    private final LoopMembers members;
    private final ChannelHandlers handlers;
    private final LoopMemory memory;
    private final MemoryBudget budget;
    /** Whether the loop may be waiting in a poll and nobody has woken it up yet. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    private final long blockedThreshold;
    private final Map<Class<?>, Object> locals = new HashMap<>();
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER);
    private final Consumer<Runnable> taskRunner = this::runGuarded;
    private final LoopExceptionHandler failureReporter = this::reportFailure;
    private final Tally timersSet = new Tally();
    private final Tally turns = new Tally();
    private final Tally busyNanos = new Tally();
    private final Tally failures = new Tally();
    /** The number of turns when the poll began, which is still that number while it lasts. */
    private final Tally polling = new Tally();

    private final Tally blocked = new Tally();

    private LoopExceptionHandler exceptionHandler;
    private long now;
    private volatile @Nullable Thread thread;
    private volatile boolean stopRequested;
    private volatile boolean closeRequested;
    private volatile boolean closeChannels;

    private Watchdog.@Nullable Watch watch;
    private boolean disposed;
    /** Turns that have failed since the last one that has not. */
    private int failedTurns;

    /** A loop over a selector and the system's clock. */
    public IOLoop() {
        this(LoopOptions.named("iostream-loop-" + COUNT.incrementAndGet()));
    }

    /** A loop made as the options say. */
    public IOLoop(LoopOptions options) {
        this.name = options.name();
        this.poller = options.poller().get();
        this.members = new LoopMembers(name, failureReporter);
        this.handlers = new ChannelHandlers(poller, failureReporter);
        this.budget = options.memory();
        this.memory = new LoopMemory(this, members, budget);
        this.blockedThreshold = clampedNanos(options.blockedThreshold());
        // a loop that has not polled yet is not polling
        polling.set(-1);
        this.now = poller.nanoTime();
        this.exceptionHandler =
                failure -> LOG.log(Level.ERROR, "A callback failed on loop '" + name + "'; the loop goes on", failure);
    }

    /**
     * The loop of the whole JVM, for programs that need one loop and no more: made on first use, started by whoever
     * calls its {@link #start()}, and a new one once the former was closed. Safe from any thread.
     */
    public static IOLoop instance() {
        synchronized (IOLoop.class) {
            if (global == null || global.closeRequested) {
                global = new IOLoop(LoopOptions.named("iostream"));
            }
            return global;
        }
    }

    /** The loop that the calling thread runs, which must therefore not wait for anything; null when it runs none. */
    public static @Nullable IOLoop current() {
        return CURRENT.get();
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
        // the loop says that it will wait before it looks for tasks a last time, so one of both sees the other
        if (waiting.get() && Thread.currentThread() != thread && waiting.compareAndSet(true, false)) {
            poller.wakeup();
        }
    }

    /** Runs {@code callback} once, when {@code delay} has passed; a delay that is not positive means the next turn. */
    public Timeout addTimeout(Duration delay, Runnable callback) {
        requireUsable("addTimeout");
        return timeoutAt(poller.nanoTime() + clampedNanos(delay), callback);
    }

    /** Runs {@code callback} with {@code arg} once, when {@code delay} has passed. */
    public <A> Timeout addTimeout(Duration delay, Consumer<? super A> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return addTimeout(delay, () -> callback.accept(arg));
    }

    /** Runs {@code callback} once, when {@link #nanoTime()} has reached {@code nanoTime}. */
    public Timeout addTimeoutAt(long nanoTime, Runnable callback) {
        requireUsable("addTimeoutAt");
        return timeoutAt(nanoTime, callback);
    }

    /** The same with {@code arg}. */
    public <A> Timeout addTimeoutAt(long nanoTime, Consumer<? super A> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return addTimeoutAt(nanoTime, () -> callback.accept(arg));
    }

    /** Without the checks of the loop. */
    Timeout timeoutAt(long nanoTime, Runnable callback) {
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

    /**
     * Runs {@code callback} each time another {@code period} has passed since this call. The times are fixed: a callback
     * that takes longer than a period delays none of the later ones, and times that it has missed are left out. One that
     * throws runs again all the same.
     *
     * @throws IllegalArgumentException when {@code period} is not positive
     */
    public Interval setInterval(Duration period, Runnable callback) {
        requireUsable("setInterval");
        Objects.requireNonNull(callback, "callback");
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("The period of an interval must be positive, was " + period);
        }
        var interval = new Interval(this, clampedNanos(period), callback);
        interval.start(clock());
        return interval;
    }

    /** The same; the callback is given {@code arg}. */
    public <A> Interval setInterval(Duration period, Consumer<? super A> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return setInterval(period, () -> callback.accept(arg));
    }

    /** Keeps an interval from running again; false when it was cleared before, or is not of this loop. */
    public boolean clearInterval(Interval interval) {
        requireConfined("clearInterval");
        return interval.isOf(this) && interval.clear();
    }

    /** The time at which this turn's poll returned, in nanoseconds of the loop's clock. */
    public long nanoTime() {
        return now;
    }

    /** The time at this moment, on the same clock; dearer than {@link #nanoTime()}. Safe from any thread. */
    public long clock() {
        return poller.nanoTime();
    }

    // ---- channels and signals

    /**
     * Tells {@code handler} whenever {@code channel} is ready for one of {@code events}, as long as it is: a handler
     * that does not read what there is to read is called again in the next turn. What it throws is reported, and the
     * handler stays.
     *
     * <p>The channel remains its owner's, who closes it; a channel that is closed is not ready any more.
     *
     * @param channel in non-blocking mode; a pipe, a datagram channel or any other that is not a stream's
     * @param events bits of {@link Interest}; {@link Interest#NONE} for nothing yet
     * @throws IllegalStateException when the channel has a handler already, or is in blocking mode
     * @throws IllegalArgumentException when such a channel never has one of the events
     * @throws java.io.UncheckedIOException when the channel is closed
     */
    public void addHandler(SelectableChannel channel, int events, ChannelHandler handler) {
        requireUsable("addHandler");
        handlers.add(channel, events, Objects.requireNonNull(handler, "handler"));
    }

    /** The same; the handler is given {@code arg} first. */
    public <A> void addHandler(SelectableChannel channel, int events, ChannelHandlerWith<? super A> handler, A arg) {
        Objects.requireNonNull(handler, "handler");
        addHandler(channel, events, (ready, what) -> handler.ready(arg, ready, what));
    }

    /**
     * Replaces what the handler of {@code channel} is told of.
     *
     * @param events bits of {@link Interest}
     * @throws IllegalStateException when the channel has no handler
     * @throws IllegalArgumentException when such a channel never has one of the events
     */
    public void updateHandler(SelectableChannel channel, int events) {
        requireUsable("updateHandler");
        handlers.update(channel, events);
    }

    /**
     * Tells the handler of {@code channel} nothing more, not even what this turn has already found; false when it has
     * none. The channel stays open.
     */
    public boolean removeHandler(SelectableChannel channel) {
        requireConfined("removeHandler");
        return handlers.remove(channel);
    }

    /** How many channels have a handler, or had one when they were closed. */
    int handledChannels() {
        return handlers.size();
    }

    /**
     * Runs {@code handler} as a task for each arrival of a signal of the process, in place of what was done before: of
     * the loop's earlier handler, or of what the JVM does by itself, such as to exit. Several arrivals may be one.
     *
     * @param signal such as {@code TERM} or {@code SIGTERM}
     * @throws IllegalArgumentException when there is no such signal, or the JVM or the system keeps it for itself
     * @throws IllegalStateException when another loop handles the signal
     * @throws UnsupportedOperationException when the JVM was started without its module {@code jdk.unsupported}
     */
    public void addSignalHandler(String signal, Runnable handler) {
        requireUsable("addSignalHandler");
        Signals.add(this, signal, Objects.requireNonNull(handler, "handler"));
    }

    /** The same; the handler is given {@code arg}. */
    public <A> void addSignalHandler(String signal, Consumer<? super A> handler, A arg) {
        Objects.requireNonNull(handler, "handler");
        addSignalHandler(signal, () -> handler.accept(arg));
    }

    /** Restores what was done before this loop handled the signal. Does nothing when it does not handle it. */
    public void removeSignalHandler(String signal) {
        requireConfined("removeSignalHandler");
        Signals.remove(this, signal);
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
        run(() -> {});
    }

    /** The same, with something to do at the end, while the loop is still the calling thread's. */
    void run(Runnable last) {
        enter();
        IOLoop outer = CURRENT.get();
        CURRENT.set(this);
        try {
            failedTurns = 0;
            do {
                guardedTurn();
            } while (!stopRequested);
            last.run();
        } catch (Throwable broken) {
            die(broken);
            throw broken;
        } finally {
            try {
                leave();
            } finally {
                CURRENT.set(outer);
            }
        }
    }

    /** The same as {@link #start()}, and keeps no descriptor afterwards if nothing needs one. */
    void runAndRest() {
        run(this::rest);
    }

    /** Keeps no descriptor until the next use, if nothing needs one. */
    void rest() {
        try {
            poller.rest();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Loop '" + name + "' could not let go of its selector: " + e.getMessage(), e);
        }
    }

    /** Gets the descriptor again that {@link #rest()} has given back: a loop that runs without one dies. */
    void endRest() {
        requireIdle();
        try {
            poller.endRest();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Could not start loop '" + name + "', which needs a descriptor for its selector: " + e.getMessage()
                            + ". Raise the process's limit of descriptors, or start again when some are free.",
                    e);
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
     * @throws IllegalStateException when the loop is running, or {@code limit} passes before the stop; and whatever
     *     {@code first} throws
     */
    public void runSync(Duration limit, Runnable first) {
        Objects.requireNonNull(first, "first");
        requireIdle();
        new SyncRun(this, limit).run(first);
    }

    /**
     * Runs {@code first} and then the loop until the stage that it returned completes, for tests and command lines.
     *
     * @return what the stage completed with
     * @throws IllegalStateException when the loop is running, or {@code limit} passes or the loop is stopped before the
     *     stage completes; and whatever {@code first} throws
     * @throws java.util.concurrent.CompletionException when the stage fails, with its cause; a cause that is unchecked is
     *     thrown itself
     */
    public <T extends @Nullable Object> T runSync(Duration limit, Supplier<? extends CompletionStage<T>> first) {
        Objects.requireNonNull(first, "first");
        requireIdle();
        return new SyncRun(this, limit).result(first);
    }

    /**
     * Closes the loop for good: what was accepted is run, its streams close with {@link CloseReason#LOOP_CLOSED}, its
     * signals are handled as before, timers and channel handlers are forgotten, and new tasks and timers are rejected. A
     * running loop closes at the end of its turn. Safe from any thread; a second call does nothing.
     */
    @Override
    public void close() {
        close(false);
    }

    /** The same, and closes the channels that have a handler if told so. */
    public void close(boolean handledChannels) {
        if (handledChannels) {
            closeChannels = true;
        }
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

    /** Whether it has ended for good, or is about to. Safe from any thread. */
    boolean isClosed() {
        return closeRequested;
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
                failures.get(),
                blocked.get(),
                poller.replacements());
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

    /**
     * Shows {@code observer} each stream, those that are still sending included; it must change none. Confined to this
     * loop.
     */
    public void eachMember(Consumer<? super LoopMember> observer) {
        requireConfined("eachMember");
        members.each(observer);
    }

    /** Bytes that all streams of the loop hold in buffers. Confined to this loop. */
    public long held() {
        requireConfined("held");
        return memory.held();
    }

    /** Accounts for so many bytes more that a stream holds, or fewer when negative. */
    public void memoryChanged(long bytes) {
        memory.change(bytes);
    }

    /** Whether the memory budget is spent, so that streams are not to be read; they are told when it is not any more. */
    public boolean memoryIsSpent() {
        return memory.isSpent();
    }

    /** The memory budget that the loop shares with others. Safe from any thread. */
    public MemoryBudget memory() {
        return budget;
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

    /** Takes note that a stream has sent so many bytes before the flush of this turn. */
    public void sentInCall(long bytes) {
        members.sentInCall(bytes);
    }

    /** Whether streams have sent so much before the flush of this turn that whoever sends is to let others come in. */
    public boolean hasHadItsShare() {
        return members.hasHadItsShare();
    }

    /** The buffer that all streams of the loop read into; its content lasts only as long as one stream's handling. */
    public ByteBuffer readBuffer() {
        return readBuffer;
    }

    /** What the loop has one of for all of its streams: made when it is asked for first. Confined to this loop. */
    public <T> T local(Class<T> type, Supplier<? extends T> maker) {
        requireConfined("local");
        Object made = locals.get(type);
        if (made == null) {
            made = maker.get();
            locals.put(type, made);
        }
        return type.cast(made);
    }

    /** Where work that would hold up the loop is done: {@code pool}, or in virtual time the loop itself, as a task. */
    public Executor beside(Executor pool) {
        return poller.isVirtual() ? this : pool;
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

    private void guardedTurn() {
        try {
            turn();
            failedTurns = 0;
        } catch (Throwable failure) {
            failedTurns++;
            if (failedTurns == FAILED_TURNS) {
                throw failure;
            }
            reportFailure(failure);
        }
    }

    private void turn() {
        tasks.drain(taskRunner);
        runTimers();
        members.deliver();
        members.flush();
        try {
            poll();
        } finally {
            // a poll that failed may have found something before
            poller.dispatch(failureReporter);
        }
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
        polling.set(turns.get());
        try {
            if (waitNanos(before) == 0) {
                poller.poll(0);
            } else {
                waiting.set(true);
                // asked again, since who came before this did not wake the loop up
                poller.poll(waitNanos(before));
                waiting.set(false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Loop '" + name + "' could not poll: " + e.getMessage(), e);
        } finally {
            // also of one that failed: timers go on, and the watchdog knows that the loop waits no more
            turns.add(1);
            now = poller.nanoTime();
        }
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
        requireIdle();
        if (blockedThreshold > 0) {
            watch = new Watchdog.Watch(name, Thread.currentThread(), blockedThreshold, turns, polling, blocked);
            Watchdog.SHARED.watch(watch);
        }
        now = poller.nanoTime();
        thread = Thread.currentThread();
    }

    private void requireIdle() {
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
        if (watch != null) {
            Watchdog.SHARED.forget(watch);
            watch = null;
        }
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
        dispose(CloseReason.LOOP_DIED);
        try {
            LOG.log(Level.ERROR, "Loop '" + name + "' died; its streams and listeners are closed", broken);
        } catch (Throwable second) {
            // out of memory, most likely; whoever started the loop is still told of the first
            assert second != null;
        }
    }

    private void disposeAndRelease() {
        dispose(CloseReason.LOOP_CLOSED);
        synchronized (this) {
            thread = null;
        }
    }

    // not under the lock, since callbacks run here; the thread that is here has made itself the loop's
    private void dispose(CloseReason reason) {
        if (disposed) {
            return;
        }
        // each step whatever those before have thrown, and without a list of them: there may be no memory for one
        for (Ending step : ENDINGS) {
            try {
                end(step, reason);
            } catch (Throwable failure) {
                reportFailure(failure);
            }
        }
    }

    private void end(Ending step, CloseReason reason) throws IOException {
        switch (step) {
            case SIGNALS -> Signals.removeAll(this);
            case TASKS -> tasks.drain(taskRunner);
            case MEMBERS -> {
                disposed = true;
                tasks.close();
                members.end(reason);
            }
            case LAST_TASKS -> {
                // what the streams' last callbacks and other threads have queued before the close
                while (tasks.size() > 0 || members.delivering()) {
                    tasks.drain(taskRunner);
                    members.deliver();
                }
            }
            case TIMERS -> {
                timersSet.set(0);
                locals.clear();
                timers.clear();
            }
            case HANDLERS -> handlers.end(closeChannels);
            case POLLER -> poller.close();
        }
    }

    /** The steps in which a loop ends, in their order. */
    private enum Ending {
        SIGNALS,
        TASKS,
        MEMBERS,
        LAST_TASKS,
        TIMERS,
        HANDLERS,
        POLLER
    }

    private static long clampedNanos(Duration delay) {
        if (delay.isNegative() || delay.isZero()) {
            return 0;
        }
        return delay.compareTo(Duration.ofNanos(TimerQueue.LONGEST)) >= 0 ? TimerQueue.LONGEST : delay.toNanos();
    }
}
