package dev.iostream.loop;

import dev.iostream.event.CloseReason;

/** A stream as its loop sees it: it has callbacks to deliver and bytes to flush, each at its step of the turn. */
public interface LoopMember {
    /** Runs callbacks that wait. Called once for each {@link IOLoop#deliverLater}. */
    void deliver();

    /** Gives the transport what was written. Called once for each {@link IOLoop#flushLater}. */
    void flush();

    /** The loop has ended and will call nothing any more. */
    void loopEnded(CloseReason reason);
}
