package dev.iostream.boot.log;

import dev.iostream.boot.EndpointRole;
import dev.iostream.event.CloseReason;
import dev.iostream.event.IOListener;
import dev.iostream.event.Printable;
import dev.iostream.event.StreamInfo;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Locale;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs a line for each connection when it ends, at level INFO under the category {@code dev.iostream.access}:
 *
 * <pre>
 * server=orders connection=17 peer=203.0.113.9:51022 proxy=- identity="CN=term-1" tls=TLSv1.3 duration=12.345 in=1234 out=567 reason=peer_end
 * </pre>
 *
 * <p>Durations are seconds while bytes could flow, {@code in} and {@code out} are bytes; what there is none of is a dash. A
 * peer that has come through a proxy is the one of which the proxy says so. What the peer says of itself is escaped, so
 * that a line is always one line, and splits at its blanks but for those in quotes. Bytes that were exchanged are never in
 * it. A connection that is refused at once has no line: the server counts it.
 */
public final class AccessLog implements IOListener {
    /** Where the lines go. */
    public static final String CATEGORY = "dev.iostream.access";

    private static final Log LOG = LogFactory.getLog(CATEGORY);
    private static final int LONGEST_IDENTITY = 128;
    private static final int MILLIS = 1000;

    private final String endpoint;

    /** The lines of one server or client. */
    public AccessLog(EndpointRole role, String name) {
        this.endpoint = role + "=" + (isPlain(name) ? name : quoted(name));
    }

    @Override
    public void streamFailed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        log(stream, reason);
    }

    @Override
    public void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        log(stream, reason);
    }

    private void log(StreamInfo stream, CloseReason reason) {
        if (LOG.isInfoEnabled()) {
            LOG.info(line(stream, reason));
        }
    }

    private String line(StreamInfo stream, CloseReason reason) {
        return endpoint + " connection=" + stream.id()
                + " peer=" + address(stream.remote())
                + " proxy=" + address(stream.proxy())
                + " identity=" + (stream.identity() == null ? "-" : quoted(stream.identity()))
                + " tls=" + (stream.tlsProtocol() == null ? "-" : stream.tlsProtocol())
                + " duration=" + seconds(stream.open())
                + " in=" + stream.bytesReceived()
                + " out=" + stream.bytesSent()
                + " reason=" + reason.name().toLowerCase(Locale.ROOT);
    }

    private static String address(@Nullable SocketAddress address) {
        if (address == null) {
            return "-";
        }
        String shown = Printable.address(address);
        return isPlain(shown) ? shown : "\"" + shown + "\"";
    }

    private static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return String.format(Locale.ROOT, "%d.%03d", millis / MILLIS, millis % MILLIS);
    }

    private static boolean isPlain(String text) {
        return text.chars().noneMatch(c -> c == ' ' || c == '"' || c == '=' || c < ' ' || c > '~');
    }

    private static String quoted(String text) {
        return "\"" + Printable.escaped(text, LONGEST_IDENTITY) + "\"";
    }
}
