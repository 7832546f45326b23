package dev.iostream.stream;

import org.jspecify.annotations.Nullable;

/**
 * Carries what belongs to a thread, such as a trace, from where a callback is given to a stream to where it is called: on
 * the loop's thread, which belongs to nobody in particular and is left as it was found.
 *
 * <p>It is for what streams read, write and connect, with callbacks and with futures, and for what clients connect; not for
 * the tasks and timers of a loop. A callback that is given from within another one is given what that one was.
 */
@FunctionalInterface
public interface ContextCarrier {
    /** Carries nothing, at no cost. */
    ContextCarrier NONE = () -> null;

    /**
     * What belongs to the calling thread now and is to be there when the callback is called; null for nothing. Called for
     * each callback, so it has to be quick where there is nothing.
     */
    @Nullable
    Carried capture();

    /** The task, to be run with what belongs to the calling thread now. */
    default Runnable carry(Runnable task) {
        Carried carried = capture();
        return carried == null ? task : () -> carried.run(task);
    }

    /** What was captured. It may be put in place on any thread, and more than once. */
    @FunctionalInterface
    interface Carried {
        /** Puts it in place on the calling thread. */
        Placed place();

        /** Runs the task with it. */
        default void run(Runnable task) {
            Placed placed = place();
            try {
                task.run();
            } finally {
                placed.close();
            }
        }
    }

    /** What was put in place. */
    @FunctionalInterface
    interface Placed extends AutoCloseable {
        /** Puts back what was there before, on the same thread. */
        @Override
        void close();
    }
}
