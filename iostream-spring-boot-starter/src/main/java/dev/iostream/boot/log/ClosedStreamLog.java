package dev.iostream.boot.log;

import dev.iostream.boot.EndpointRole;
import dev.iostream.event.CloseReason;
import dev.iostream.event.IOListener;
import dev.iostream.event.Printable;
import dev.iostream.event.StreamInfo;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs why streams of a server or client closed or never opened, as far as an operator acts on it: a warning where a limit
 * can be raised or a setting is wrong, and information where the network or a peer is to blame. Ordinary ends, and peers
 * that only look whether anybody listens, are for the debug level.
 *
 * <p>A peer decides how often such things happen. So the first of a kind is told at once, and what follows within a minute
 * is counted and told in one line when the minute is over. What the peer sent is never logged, nor is a stack, except for
 * what a callback threw: that is an error of the application, and told with its stack where it is the first.
 */
public final class ClosedStreamLog implements IOListener {
    private static final Log LOG = LogFactory.getLog(ClosedStreamLog.class);
    private static final int LONGEST = 500;

    private final EndpointRole role;
    private final String endpoint;
    private final LongSupplier nanoTime;
    private final Map<CloseReason, Burst> bursts = new ConcurrentHashMap<>();

    private enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    /** The log of one server or client. */
    public ClosedStreamLog(EndpointRole role, String endpoint) {
        this(role, endpoint, System::nanoTime);
    }

    ClosedStreamLog(EndpointRole role, String endpoint, LongSupplier nanoTime) {
        this.role = role;
        this.endpoint = endpoint;
        this.nanoTime = nanoTime;
    }

    // ---- what has happened

    @Override
    public void streamFailed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        ended(stream, reason, cause);
    }

    @Override
    public void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        ended(stream, reason, cause);
    }

    @Override
    public void callbackFailed(StreamInfo stream, Throwable failure) {
        LoopFailureLog.reported(this, stream, failure);
    }

    /** A callback of the stream threw that, and nobody but the log is to hear of it. */
    void failed(StreamInfo stream, Throwable failure) {
        bursts.computeIfAbsent(CloseReason.CALLBACK_FAILED, Burst::new)
                .happened(Level.ERROR, whose(stream), ": " + oneLine(failure.toString()), failure);
    }

    private void ended(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        Level level = isProbe(stream, reason) ? Level.DEBUG : level(reason, cause);
        if (level != Level.DEBUG) {
            bursts.computeIfAbsent(reason, Burst::new).happened(level, whose(stream), why(reason, cause), null);
        } else if (LOG.isDebugEnabled()) {
            LOG.debug(line(whose(stream), reason, why(reason, cause)));
        }
    }

    /** Whether a peer has only looked whether anybody listens, as load balancers do all the time. */
    private boolean isProbe(StreamInfo stream, CloseReason reason) {
        boolean byPeer = reason == CloseReason.PEER_END || reason == CloseReason.PEER_RESET;
        return role == EndpointRole.SERVER && byPeer && stream.bytesReceived() == 0 && stream.bytesSent() == 0;
    }

    private Level level(CloseReason reason, @Nullable Throwable cause) {
        return switch (reason) {
            case READ_LIMIT,
                    PATTERN_BUDGET,
                    MEMORY_BUDGET,
                    WRITE_STALL,
                    WRITE_FAILED,
                    TLS_FAILED,
                    PLAINTEXT_ON_TLS,
                    HANDSHAKE_DEADLINE -> Level.WARN;
            // an application that connects by itself is told, and decides; that an accepted one fails is the peer's
            // doing
            case CONNECT_FAILED, DNS_DEADLINE, CONNECT_DEADLINE ->
                role == EndpointRole.CLIENT ? Level.WARN : Level.DEBUG;
            case PEER_RESET,
                    TLS_TRUNCATED,
                    FIRST_BYTE_DEADLINE,
                    READ_DEADLINE,
                    CLOSE_DEADLINE,
                    DRAIN_DEADLINE,
                    ACCESS_DENIED -> Level.INFO;
            // what callbacks throw has been told when they did; the loop itself reports what it dies of
            case LOCAL, ABORTED, IDLE_DEADLINE, CALLBACK_FAILED, DRAINED, LOOP_CLOSED, LOOP_DIED, DETACHED ->
                Level.DEBUG;
            // an ordinary end has no cause; a peer that speaks another protocol, such as TLS, is one
            case PEER_END -> cause == null ? Level.DEBUG : Level.INFO;
            // the server itself reports whom it refuses
            case CONNECTION_LIMIT, PROXY_PROTOCOL -> Level.DEBUG;
        };
    }

    // ---- the words

    private String whose(StreamInfo stream) {
        String direction = role == EndpointRole.SERVER ? " from " : " to ";
        return stream.remote() == null ? "connection" : "connection" + direction + Printable.address(stream.remote());
    }

    /** What an exception says, but for one of the application's, which may quote what it was sent. */
    private static String why(CloseReason reason, @Nullable Throwable cause) {
        return cause == null || cause.getMessage() == null || reason == CloseReason.CALLBACK_FAILED
                ? ""
                : ": " + oneLine(cause.getMessage());
    }

    /** Messages quote what peers say of themselves, and none of it is to look like another line of the log. */
    private static String oneLine(String message) {
        String shown = message.length() > LONGEST ? message.substring(0, LONGEST) + "..." : message;
        return shown.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "?");
    }

    private String line(String whose, CloseReason reason, String why) {
        String kind = role.toString();
        String name = Character.toUpperCase(kind.charAt(0)) + kind.substring(1) + " '" + endpoint + "'";
        return name + ", " + whose + ", " + reason + why;
    }

    private static void log(Level level, String line, @Nullable Throwable stack) {
        switch (level) {
            case ERROR -> LOG.error(line, stack);
            case WARN -> LOG.warn(line);
            case INFO -> LOG.info(line);
            case DEBUG -> LOG.debug(line);
        }
    }

    // ---- what is counted

    /** Tells of what was counted, where the minute is over. */
    void tellWhatIsOver() {
        bursts.values().forEach(burst -> burst.tell(false));
    }

    /** Tells of everything that was counted. */
    void tellAll() {
        bursts.values().forEach(burst -> burst.tell(true));
    }

    /** What happens again and again for one reason. */
    private final class Burst {
        private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

        private final CloseReason reason;
        private boolean open;
        private long end;
        private long count;
        private Level level = Level.INFO;
        private String last = "";

        Burst(CloseReason reason) {
            this.reason = reason;
        }

        void happened(Level howBad, String whose, String why, @Nullable Throwable stack) {
            String line = line(whose, reason, why);
            if (isFirst()) {
                log(howBad, line, stack);
            } else {
                count(howBad, whose + why);
                LOG.debug(line, stack);
            }
        }

        private synchronized boolean isFirst() {
            long now = nanoTime.getAsLong();
            if (open && now - end < 0) {
                return false;
            }
            tell(true);
            begin(now);
            return true;
        }

        private void begin(long now) {
            open = true;
            end = now + MINUTE;
            count = 0;
        }

        private synchronized void count(Level howBad, String what) {
            level = howBad;
            last = what;
            count++;
        }

        /** Tells what was counted, if anything was, and counts anew. */
        synchronized void tell(boolean atOnce) {
            long now = nanoTime.getAsLong();
            if (count > 0 && (atOnce || now - end >= 0)) {
                log(level, count + " x " + reason + " on " + role + " '" + endpoint + "' in 60 s, last: " + last, null);
                begin(now);
            }
        }
    }
}
