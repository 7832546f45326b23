package dev.iostream.loop;

import java.io.IOException;
import java.nio.channels.SelectableChannel;

/**
 * Where a loop gets time and readiness from: a selector and the system's clock, or a simulation.
 *
 * <p>Confined to the loop's thread, but for {@link #wakeup()}.
 */
public interface Poller extends AutoCloseable {
    /** Nanoseconds of a clock that never goes back; only differences mean something. */
    long nanoTime();

    /**
     * Waits until something is ready, {@link #wakeup()} was called or the time is over, and remembers what is ready.
     *
     * @param timeoutNanos 0 does not wait, {@link Long#MAX_VALUE} waits without limit
     */
    void poll(long timeoutNanos) throws IOException;

    /** Tells the handlers of what the last poll found. A handler that throws keeps no other from being told. */
    void dispatch(LoopExceptionHandler failures);

    /** Ends a poll that waits, or the next one. Safe from any thread. */
    void wakeup();

    /** Watches a channel, which must be non-blocking, for nothing yet. */
    Registration register(SelectableChannel channel, ReadyHandler handler) throws IOException;

    /**
     * Gives back to the system what it does not need while nothing polls and nothing is registered; the next use gets it
     * again.
     */
    default void rest() throws IOException {}

    /** Gets that again now, for those who want to hear whether it is to be had. */
    default void endRest() throws IOException {}

    /** How often what it waits with returned for no reason and was replaced. Safe from any thread. */
    default long replacements() {
        return 0;
    }

    /** Whether time passes by being waited for, so that nothing may go on beside the loop. */
    default boolean isVirtual() {
        return false;
    }

    @Override
    void close() throws IOException;
}
