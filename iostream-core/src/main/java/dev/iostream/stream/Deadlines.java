package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Timeout;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of an open stream: first byte, read, idle and write stall. They run from when it has opened, since what
 * comes before has deadlines of its own, and whether or not the stream reads, since a connection that nobody watches cannot
 * report its death.
 *
 * <p>One timer stands for all of them. It is not moved with each byte: when it runs it looks at what has happened since,
 * and sets itself anew.
 */
final class Deadlines {
    private static final long NEVER = Long.MAX_VALUE;

    private static final CloseReason[] KINDS = {
        CloseReason.FIRST_BYTE_DEADLINE, CloseReason.READ_DEADLINE, CloseReason.WRITE_STALL, CloseReason.IDLE_DEADLINE
    };

    private final StreamDriver driver;
    private final IOLoop loop;
    private final StreamOptions options;
    private @Nullable Timeout timer;
    private long timerAt;
    /** The timer has found a deadline passed, and bytes that came meanwhile have a turn to be seen. */
    private boolean suspected;

    /** When bytes could flow first; nothing runs before. */
    private long openedAt = NEVER;

    private long activeAt;
    private long sendingAt;
    private long messageAt = NEVER;
    private @Nullable ReadRequest message;
    private long received;
    /** Bytes that the transport has and nobody took: of a record that is not whole yet, say. */
    private int inTransport;

    private long sent;
    private boolean sending;

    private Deadlines(StreamDriver driver, IOLoop loop, StreamOptions options) {
        this.driver = driver;
        this.loop = loop;
        this.options = options;
    }

    /** The deadlines that the options set, or null when they set none. */
    static @Nullable Deadlines of(StreamDriver driver, IOLoop loop, StreamOptions options) {
        boolean none = options.firstByteTimeout() == null
                && options.readTimeout() == null
                && options.idleTimeout() == null
                && options.writeStallTimeout() == null;
        return none ? null : new Deadlines(driver, loop, options);
    }

    /** Bytes can flow from now on. */
    void opened() {
        // the loop's own time stands still while it does not run
        openedAt = loop.clock();
        activeAt = openedAt;
    }

    /** Takes note of what has happened since the last call, and sees to it that the timer is early enough. */
    void update() {
        if (openedAt == NEVER) {
            return;
        }
        long now = loop.nanoTime();
        ReadSide reads = driver.reads();
        WriteSide writes = driver.writes();
        int unflushed = driver.transport().unflushed();
        boolean waits = !writes.isEmpty() || unflushed > 0;
        // what is encrypted is more than what was written, so this may fall; only what leaves makes it rise
        long left = writes.sent() - unflushed;
        int undelivered = driver.transport().undelivered();
        if (reads.received() != received || undelivered > inTransport || left > sent) {
            activeAt = now;
        }
        if (left > sent || (waits && !sending)) {
            sendingAt = now;
        }
        received = reads.received();
        inTransport = undelivered;
        sent = left;
        sending = waits;
        ReadRequest pending = reads.pending();
        if (driver.isFinished()) {
            // by its limit, which to ask for the read has found exceeded
            return;
        }
        if (pending != message) {
            message = pending;
            messageAt = NEVER;
        }
        boolean begun =
                pending != null && pending.isMessage() && (pending.hasBegun() || !reads.isEmpty() || undelivered > 0);
        if (messageAt == NEVER && begun) {
            messageAt = now;
        }
        arm();
    }

    /** A read was started, which may be the object that a former one was. */
    void readStarted() {
        message = null;
        messageAt = NEVER;
    }

    void stop() {
        if (timer != null) {
            loop.removeTimeout(timer);
            timer = null;
        }
    }

    private void arm() {
        long next = earliest();
        if (next == NEVER || (timer != null && timerAt - next <= 0)) {
            return;
        }
        stop();
        timerAt = next;
        timer = loop.addTimeoutAt(next, this::reached);
    }

    private void reached() {
        timer = null;
        long now = loop.nanoTime();
        CloseReason passed = passed(now);
        if (passed == null) {
            suspected = false;
            arm();
        } else if (!suspected) {
            // after a long pause of the whole process the timer comes before the bytes that waited as long
            suspected = true;
            timerAt = now;
            timer = loop.addTimeoutAt(now, this::reached);
        } else {
            driver.finish(passed, new SocketTimeoutException(message(passed)));
        }
    }

    private long earliest() {
        long next = NEVER;
        for (CloseReason kind : KINDS) {
            long at = deadline(kind);
            if (at != NEVER && (next == NEVER || at - next < 0)) {
                next = at;
            }
        }
        return next;
    }

    private @Nullable CloseReason passed(long now) {
        for (CloseReason kind : KINDS) {
            long at = deadline(kind);
            if (at != NEVER && at - now <= 0) {
                return kind;
            }
        }
        return null;
    }

    private long deadline(CloseReason kind) {
        return switch (kind) {
            case FIRST_BYTE_DEADLINE ->
                after(received == 0 && message != null && message.isMessage() ? openedAt : NEVER, kind);
            case READ_DEADLINE -> after(messageAt, kind);
            case WRITE_STALL -> after(sending ? sendingAt : NEVER, kind);
            case IDLE_DEADLINE -> after(activeAt, kind);
            default -> NEVER;
        };
    }

    private long after(long start, CloseReason kind) {
        Duration timeout = timeout(kind);
        return start == NEVER || timeout == null ? NEVER : start + timeout.toNanos();
    }

    private @Nullable Duration timeout(CloseReason kind) {
        return switch (kind) {
            case FIRST_BYTE_DEADLINE -> options.firstByteTimeout();
            case READ_DEADLINE -> options.readTimeout();
            case WRITE_STALL -> options.writeStallTimeout();
            case IDLE_DEADLINE -> options.idleTimeout();
            default -> null;
        };
    }

    private String message(CloseReason kind) {
        Duration timeout = timeout(kind);
        return switch (kind) {
            case FIRST_BYTE_DEADLINE -> "No byte came within " + timeout + " (firstByteTimeout)";
            case READ_DEADLINE -> "A message was begun but not completed within " + timeout + " (readTimeout)";
            case WRITE_STALL ->
                "The peer took no bytes for " + timeout + " (writeStallTimeout), with " + driver.unsentBytes()
                        + " unsent";
            default -> "Nothing was read or written for " + timeout + " (idleTimeout)";
        };
    }
}
