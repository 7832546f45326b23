package dev.iostream.server;

import dev.iostream.event.CloseReason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Connections that a server has refused, by reason. Safe from any thread.
 *
 * <p>Anybody can have one refused, so there is a line in the log only once in a minute, and it says how many were left out;
 * those are logged at debug level.
 */
final class Rejections {
    private static final Logger LOG = System.getLogger(TCPServer.class.getName());
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private static final List<CloseReason> REASONS =
            List.of(CloseReason.ACCESS_DENIED, CloseReason.CONNECTION_LIMIT, CloseReason.PROXY_PROTOCOL);

    private final String server;
    private final Map<CloseReason, AtomicLong> counts = new EnumMap<>(CloseReason.class);
    private final AtomicLong nextLine;
    private final AtomicLong leftOut = new AtomicLong();

    /** None so far. */
    Rejections(String server, long now) {
        this.server = server;
        this.nextLine = new AtomicLong(now);
        REASONS.forEach(reason -> counts.put(reason, new AtomicLong()));
    }

    /**
     * Counts one.
     *
     * @param reason one of those that there are for this
     * @param why what the log is to say, without anything that a peer could have made up
     * @param now nanoseconds
     */
    void add(CloseReason reason, String why, long now) {
        AtomicLong count = counts.get(reason);
        assert count != null;
        count.incrementAndGet();
        String line = "Server '" + server + "' refused a connection: " + why;
        long due = nextLine.get();
        if (now - due >= 0 && nextLine.compareAndSet(due, now + PAUSE)) {
            long others = leftOut.getAndSet(0);
            LOG.log(Level.WARNING, others == 0 ? line : line + " (and " + others + " others since the last such line)");
        } else {
            leftOut.incrementAndGet();
            LOG.log(Level.DEBUG, line);
        }
    }

    /** How many there were, by reason; reasons that never happened are absent. */
    Map<CloseReason, Long> byReason() {
        Map<CloseReason, Long> happened = new EnumMap<>(CloseReason.class);
        counts.forEach((reason, count) -> {
            if (count.get() > 0) {
                happened.put(reason, count.get());
            }
        });
        return Map.copyOf(happened);
    }
}
