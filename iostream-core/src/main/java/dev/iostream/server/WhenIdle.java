package dev.iostream.server;

import dev.iostream.event.CloseReason;
import dev.iostream.stream.IOStream;
import java.time.Duration;

/** Closes streams of a draining server when they are idle. */
final class WhenIdle {
    private static final Duration NEXT_LOOK = Duration.ofMillis(100);

    private WhenIdle() {}

    /** Closes {@code stream} now if it is idle, and otherwise when it is found so. */
    static void close(IOStream stream) {
        if (stream.closed()) {
            return;
        }
        if (stream.bufferedBytes() == 0 && stream.unsentBytes() == 0) {
            stream.close(CloseReason.DRAINED);
        } else {
            stream.loop().addTimeout(NEXT_LOOK, WhenIdle::close, stream);
        }
    }
}
