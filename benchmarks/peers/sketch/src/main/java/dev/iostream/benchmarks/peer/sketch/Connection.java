package dev.iostream.benchmarks.peer.sketch;

import java.io.IOException;

/** One accepted connection. */
interface Connection {
    /** Does what the socket is ready for. */
    void ready() throws IOException;
}
