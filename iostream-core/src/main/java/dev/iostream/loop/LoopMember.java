package dev.iostream.loop;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;

/**
 * A stream as its loop sees it: it has callbacks to deliver and bytes to flush, each at its step of the turn. What is no
 * stream, and {@link EndsWithLoop}, is only told when the loop ends.
 */
public interface LoopMember {
    /** Runs callbacks that wait. Called once for each {@link IOLoop#deliverLater}. */
    void deliver();

    /** Gives the transport what was written. Called once for each {@link IOLoop#flushLater}. */
    void flush();

    /** What the stream counts towards. */
    Endpoint endpoint();

    /** Whether it is a stream and counted as one. */
    default boolean isStream() {
        return true;
    }

    /** Bytes that the stream holds and no callback has seen. */
    long readBuffer();

    /** Bytes that it holds and no transport has taken. */
    long writeBuffer();

    /** Bytes that the stream holds in buffers. */
    default long held() {
        return readBuffer() + writeBuffer();
    }

    /** There is memory again: what was put off for want of it can go on. */
    void resume();

    /** Closes the stream at once: its loop has ended and calls nothing any more, or its server has closed. */
    void end(CloseReason reason);
}
