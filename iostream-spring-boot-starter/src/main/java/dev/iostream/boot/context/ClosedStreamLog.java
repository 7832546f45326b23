package dev.iostream.boot.context;

import dev.iostream.event.CloseReason;
import dev.iostream.event.IOListener;
import dev.iostream.event.StreamInfo;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs each stream that reached a limit, which an operator can raise.
 *
 * <p>A peer decides how often that happens, so there is at most one warning in 10 seconds for each server, and it says
 * how many were left out; those are logged at debug level. What the peer sent is never logged.
 */
public final class ClosedStreamLog implements IOListener {
    private static final Log LOG = LogFactory.getLog(ClosedStreamLog.class);
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoTime;
    private final AtomicLong nextWarning;
    private final AtomicLong leftOut = new AtomicLong();

    /** One for each server. */
    public ClosedStreamLog() {
        this(System::nanoTime);
    }

    ClosedStreamLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.nextWarning = new AtomicLong(nanoTime.getAsLong());
    }

    @Override
    public void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        if (reason == CloseReason.READ_LIMIT && cause != null) {
            limitReached(stream, cause);
        }
    }

    private void limitReached(StreamInfo stream, Throwable cause) {
        String message =
                "Server '" + stream.endpoint() + "', connection from " + stream.remote() + ": " + cause.getMessage();
        long now = nanoTime.getAsLong();
        long due = nextWarning.get();
        if (now - due >= 0 && nextWarning.compareAndSet(due, now + PAUSE)) {
            long others = leftOut.getAndSet(0);
            LOG.warn(others == 0 ? message : message + " (and " + others + " others since the last such line)");
        } else {
            leftOut.incrementAndGet();
            LOG.debug(message);
        }
    }
}
