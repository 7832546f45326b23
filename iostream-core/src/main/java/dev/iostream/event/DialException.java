package dev.iostream.event;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection could not be made: the name was not resolved, no address answered, or a deadline passed first.
 *
 * <p>The message says what was attempted, on what, what happened and what to change. The cause is the last failure
 * underneath, when there was one; those of other addresses are suppressed exceptions.
 */
public final class DialException extends IOException implements CloseCause {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final CloseReason reason;

    /**
     * A failure with its number and reason.
     *
     * @param errno one of {@link Errno}, not 0
     * @param reason what a stream closes with because of it
     */
    public DialException(String message, int errno, CloseReason reason, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        if (errno == 0) {
            throw new IllegalArgumentException("errno must not be 0, which means success");
        }
        this.errno = errno;
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * The name has no address, or none that can be used.
     *
     * @param why what happened and what to change, after the words {@code Could not resolve <host>: }
     */
    public static DialException unknownHost(String host, String why, @Nullable Throwable cause) {
        return new DialException(
                "Could not resolve " + printable(host) + ": " + why,
                Errno.EAI_NONAME,
                CloseReason.CONNECT_FAILED,
                cause);
    }

    /** The name was not resolved within {@code limit}. */
    public static DialException dnsDeadline(String host, Duration limit) {
        return new DialException(
                "Could not resolve " + printable(host) + " within " + text(limit)
                        + " (stage RESOLVING); check the name server, or raise dns_timeout (StreamOptions.dnsTimeout)",
                Errno.ETIMEDOUT,
                CloseReason.DNS_DEADLINE,
                null);
    }

    @Override
    public int errno() {
        return errno;
    }

    @Override
    public CloseReason reason() {
        return reason;
    }

    /** The host in quotes when it is not one at first sight; without control characters, and not longer than a name. */
    private static String printable(String host) {
        int longest = 255;
        String shown = host.length() > longest ? host.substring(0, longest) + "..." : host;
        shown = shown.replaceAll("[^\\p{Graph}\\p{IsAlphabetic} ]", "?");
        return shown.isEmpty() || shown.indexOf(' ') >= 0 ? "'" + shown + "'" : shown;
    }

    private static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
