package dev.iostream.loop;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.StreamInfo;

/** A stream as its loop sees it: it has callbacks to deliver and bytes to flush, each at its step of the turn. */
public interface LoopMember {
    /** Runs callbacks that wait. Called once for each {@link IOLoop#deliverLater}. */
    void deliver();

    /** Gives the transport what was written. Called once for each {@link IOLoop#flushLater}. */
    void flush();

    /** What the stream counts towards. */
    Endpoint endpoint();

    /** The stream at this moment. */
    StreamInfo info();

    /** What users know the stream as. */
    Object owner();

    /** Reports what a callback of the stream has thrown, and closes the stream because of it. */
    void callbackFailed(Throwable failure);

    /** Closes the stream at once: its loop has ended and calls nothing any more, or its server has closed. */
    void end(CloseReason reason);
}
