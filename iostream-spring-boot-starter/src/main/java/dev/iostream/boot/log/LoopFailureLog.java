package dev.iostream.boot.log;

import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.loop.LoopExceptionHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs what failed on a loop: that of a stream in the log of its server or client, which knows whose it is and how often it
 * happens, and everything else in the loop's own words.
 *
 * <p>A stream tells its listener of a failure, and the loop right after. The listener only leaves it here, so that whoever
 * sets another handler on the loop hears of all failures in place of the log, as the loop promises. Confined to the loop.
 */
public final class LoopFailureLog {
    private static final Log LOG = LogFactory.getLog(IOLoop.class);

    private @Nullable Reported reported;

    /** What a stream has reported, on its way to the loop. */
    private record Reported(ClosedStreamLog log, StreamInfo stream, Throwable failure) {}

    private LoopFailureLog() {}

    /** Lets the loops of the group log this way. The group has not started yet. */
    public static void install(IOLoopGroup group) {
        group.loops().forEach(loop -> loop.setExceptionHandler(of(loop).handler(loop.name())));
    }

    private static LoopFailureLog of(IOLoop loop) {
        return loop.local(LoopFailureLog.class, LoopFailureLog::new);
    }

    private LoopExceptionHandler handler(String loop) {
        return failure -> {
            Reported last = reported;
            reported = null;
            if (last != null && last.failure == failure) {
                last.log.failed(last.stream, failure);
            } else {
                LOG.error("A callback failed on loop '" + loop + "'; the loop goes on", failure);
            }
        };
    }

    /** The stream has failed, and the loop is told next. */
    static void reported(ClosedStreamLog log, StreamInfo stream, Throwable failure) {
        IOLoop loop = IOLoop.current();
        if (loop != null) {
            of(loop).reported = new Reported(log, stream, failure);
        }
    }
}
