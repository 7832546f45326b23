package dev.iostream.boot.context;

import dev.iostream.loop.IOLoop;

/** Is told of each beat of each loop: for what is to be done there again and again, and how late it comes. */
@FunctionalInterface
public interface HeartbeatListener {
    /**
     * A loop has beaten. Called on its thread, twice a second.
     *
     * @param lagNanos how much later than it was to
     */
    void beat(IOLoop loop, long lagNanos);
}
