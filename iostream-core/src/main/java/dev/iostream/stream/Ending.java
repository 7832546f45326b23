package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * How a stream ends. It is made when that begins, so that streams that live do not carry it.
 *
 * @param deadline the timer that ends it at once; null when it has ended
 * @param unsent bytes that were written and will not be sent
 * @param openNanos how long the stream was open
 * @param successor the stream that has the connection instead; null when none has
 */
record Ending(
        CloseReason reason,
        @Nullable Timeout deadline,
        @Nullable Throwable error,
        long unsent,
        long openNanos,
        @Nullable StreamDriver successor) {
    static Ending begun(CloseReason reason, Timeout deadline) {
        return new Ending(reason, deadline, null, 0, 0, null);
    }

    static Ending detached(long unsent, @Nullable StreamDriver successor) {
        return new Ending(CloseReason.DETACHED, null, null, unsent, 0, successor);
    }
}
