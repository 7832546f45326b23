package dev.iostream.loop;

import dev.iostream.event.Tally;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds loops that a callback keeps from turning, counts them and names the callback.
 *
 * <p>One daemon thread looks at all loops that run, twice within the shortest threshold. A loop that has been in one
 * stretch of work for its threshold is warned of, and again each time the stretch has doubled. The thread ends when no
 * loop has run for a while. Safe from any thread.
 */
final class Watchdog {
    private static final Logger LOG = System.getLogger(Watchdog.class.getName());

    /** Warnings for one loop and minute at most; more are only counted. */
    static final int WARNINGS_PER_MINUTE = 10;

    private static final int FRAMES = 40;
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final Watch[] NONE = {};

    /** Frames of these packages called the callback, and are not what its author looks for. */
    private static final Set<String> OWN_PACKAGES = Set.of(
            "dev.iostream.client",
            "dev.iostream.dns",
            "dev.iostream.loop",
            "dev.iostream.server",
            "dev.iostream.simulation",
            "dev.iostream.stream",
            "dev.iostream.tls",
            "dev.iostream.transport");

    /** For all loops of the JVM. */
    static final Watchdog SHARED = new Watchdog(
            System::nanoTime,
            TimeUnit.SECONDS.toMillis(1),
            warning -> LOG.log(Level.WARNING, warning.message(), warning.where()));

    private final LongSupplier clock;
    private final long lingerMillis;
    private final Consumer<Warning> warnings;
    private final List<Watch> watches = new ArrayList<>();
    private @Nullable Thread thread;

    Watchdog(LongSupplier clock, long lingerMillis, Consumer<Warning> warnings) {
        this.clock = clock;
        this.lingerMillis = lingerMillis;
        this.warnings = warnings;
    }

    private static void log(Warning warning) {
        LOG.log(Level.WARNING, warning.message(), warning.where());
    }

    /** What is said of a loop, and the stack of its thread. */
    record Warning(String message, Throwable where) {}

    // ---- the loops that run

    /** Watches a loop until {@link #forget}. */
    synchronized void watch(Watch watch) {
        watches.add(watch);
        if (thread == null) {
            thread = started();
        } else {
            notifyAll();
        }
    }

    /** The thread; null when there can be none, which keeps no loop from running: the next one to start tries again. */
    private @Nullable Thread started() {
        try {
            var looking = new Thread(null, this::run, "iostream-watchdog", 0, false);
            looking.setDaemon(true);
            // it outlives whoever happens to start it, and must not hold on to an application
            looking.setContextClassLoader(null);
            looking.start();
            return looking;
        } catch (OutOfMemoryError e) {
            warn(new Warning("There is no thread for the watchdog: loops that are blocked go unnoticed", e));
            return null;
        }
    }

    /** Ends the watch. */
    synchronized void forget(Watch watch) {
        watches.remove(watch);
    }

    /** How many loops are watched. */
    synchronized int watched() {
        return watches.size();
    }

    /** The thread that looks, or null when none is needed. */
    synchronized @Nullable Thread thread() {
        return thread;
    }

    // ---- looking

    private void run() {
        long last = clock.getAsLong();
        while (true) {
            try {
                Watch[] watched = awaitNextLook();
                if (watched == null) {
                    return;
                }
                long now = clock.getAsLong();
                long elapsed = now - last;
                last = now;
                look(watched, elapsed);
            } catch (Throwable failure) {
                // out of memory, most likely; the next look comes after a wait and may be luckier
                assert failure != null;
            }
        }
    }

    /** The loops to look at after the time to the next look, or null when the thread is to end. */
    private synchronized Watch @Nullable [] awaitNextLook() {
        try {
            if (watches.isEmpty()) {
                wait(lingerMillis);
            } else {
                wait(period(watches));
            }
        } catch (InterruptedException e) {
            // nobody has reason to interrupt it; a look too early does no harm
            assert e != null;
        }
        if (watches.isEmpty()) {
            thread = null;
            return null;
        }
        return watches.toArray(NONE);
    }

    /** Looks at each loop, so many nanoseconds after the last look. */
    void look(Watch[] watched, long elapsed) {
        // when the whole process stood still, so did this thread, and no callback is to blame for that
        long credible = Math.min(elapsed, 2 * period(Arrays.asList(watched)) * NANOS_PER_MILLI);
        for (Watch watch : watched) {
            look(watch, credible);
        }
    }

    private void look(Watch watch, long elapsed) {
        try {
            Warning warning = watch.look(elapsed);
            if (warning != null) {
                warn(warning);
            }
        } catch (Throwable failure) {
            // the other loops are looked at all the same
            assert failure != null;
        }
    }

    private void warn(Warning warning) {
        try {
            warnings.accept(warning);
        } catch (Throwable failure) {
            // whoever writes the log has failed, so there is nobody to tell; the next look may be luckier
            assert failure != null;
        }
    }

    private static long period(List<Watch> watched) {
        long shortest = Long.MAX_VALUE;
        // by index, since nothing is to be allocated before the wait: want of memory would make its loop spin
        for (int i = 0; i < watched.size(); i++) {
            shortest = Math.min(shortest, watched.get(i).threshold);
        }
        return Math.max(1, shortest / NANOS_PER_MILLI / 2);
    }

    /** The call of user code that the loop waits for to come back, as {@code type.method(file:line)}. */
    static String callbackIn(StackTraceElement[] stack) {
        int lowest = stack.length - 1;
        while (lowest >= 0 && !isOwn(stack[lowest])) {
            lowest--;
        }
        String ofJdk = null;
        // a stack that is very deep lacks its lower end, and with it the loop
        for (int i = (lowest < 0 ? stack.length : lowest) - 1; i >= 0; i--) {
            if (!isOwn(stack[i])) {
                if (!isOfJdk(stack[i])) {
                    return nameOf(stack[i]);
                }
                ofJdk = ofJdk == null ? nameOf(stack[i]) : ofJdk;
            }
        }
        return ofJdk == null ? "the loop itself" : ofJdk;
    }

    private static String nameOf(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
    }

    /** Without the classes that the JVM makes for lambdas, which say nothing; the lambda's own frame is above. */
    static StackTraceElement[] readable(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .filter(frame -> !frame.getClassName().contains("$$Lambda"))
                .toArray(StackTraceElement[]::new);
    }

    private static boolean isOwn(StackTraceElement frame) {
        String type = frame.getClassName();
        return OWN_PACKAGES.contains(type.substring(0, Math.max(0, type.lastIndexOf('.'))));
    }

    private static boolean isOfJdk(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
    }

    // ---- one loop

    /** A loop in one run, as the watchdog sees it. */
    static final class Watch {
        private final String loop;
        private final Thread owner;
        private final long threshold;
        private final Tally turns;
        private final Tally polling;
        private final Tally blocked;
        private long turn = -1;
        private long worked;
        private long warnAt;
        private long minute;
        private int warned;

        /**
         * A watch over a loop.
         *
         * @param threshold nanoseconds of work in one turn that are too many
         * @param turns changes after each poll
         * @param polling equals {@code turns} from the start of a poll to its end
         * @param blocked is counted up when the threshold is reached
         */
        Watch(String loop, Thread owner, long threshold, Tally turns, Tally polling, Tally blocked) {
            this.loop = loop;
            this.owner = owner;
            this.threshold = threshold;
            this.turns = turns;
            this.polling = polling;
            this.blocked = blocked;
        }

        private @Nullable Warning look(long elapsed) {
            minute += elapsed;
            if (!isStillIn(turn)) {
                turn = turns.get();
                worked = 0;
                warnAt = threshold;
                return null;
            }
            worked += elapsed;
            if (worked < warnAt) {
                return null;
            }
            if (warnAt == threshold) {
                blocked.add(1);
            }
            warnAt = 2 * warnAt;
            return mayWarn() ? warning() : null;
        }

        private boolean isStillIn(long aTurn) {
            return turns.get() == aTurn && polling.get() != aTurn;
        }

        private boolean mayWarn() {
            if (minute >= MINUTE) {
                minute = 0;
                warned = 0;
            }
            return ++warned <= WARNINGS_PER_MINUTE;
        }

        private @Nullable Warning warning() {
            StackTraceElement[] stack = readable(owner.getStackTrace());
            if (!isStillIn(turn)) {
                // it has just gone on, and the stack may be that of an innocent
                return null;
            }
            var where = new Throwable("The thread of loop '" + loop + "' is here");
            where.setStackTrace(Arrays.copyOf(stack, Math.min(stack.length, FRAMES)));
            String message = "Loop '" + loop + "' (thread '" + owner.getName() + "') has been blocked for "
                    + worked / NANOS_PER_MILLI + " ms by " + callbackIn(stack)
                    + ". Its streams and timers wait meanwhile: do such work on another thread and come back with"
                    + " loop.addCallback(...)."
                    + (warned == WARNINGS_PER_MINUTE ? " Further warnings of this minute are left out." : "");
            return new Warning(message, where);
        }
    }
}
