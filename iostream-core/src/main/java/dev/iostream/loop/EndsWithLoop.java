package dev.iostream.loop;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;

/** A member that is no stream: it goes with its loop, as a listener does. */
@FunctionalInterface
public interface EndsWithLoop extends LoopMember {
    /** Closes what goes with the loop. */
    @Override
    void end(CloseReason reason);

    @Override
    default boolean isStream() {
        return false;
    }

    @Override
    default Endpoint endpoint() {
        throw new UnsupportedOperationException("What is no stream counts towards no endpoint");
    }

    @Override
    default void deliver() {
        // has no callbacks
    }

    @Override
    default void flush() {
        // has no bytes
    }

    @Override
    default long readBuffer() {
        return 0;
    }

    @Override
    default long writeBuffer() {
        return 0;
    }

    @Override
    default void resume() {
        // puts nothing off
    }
}
