package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** Says of a stream in plain that its peer speaks TLS (RFC 8446, section 5.1), where its end would be a riddle otherwise. */
final class TlsOnPlain {
    private static final int HEADER = 5;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int MAJOR = 3;
    private static final int CLIENT_HELLO = 1;
    /** A level and a description. */
    private static final int ALERT_LENGTH = 2;

    private TlsOnPlain() {}

    /**
     * The same cause, of the same type, with what is wrong in words. That the peer has ended, which has no cause otherwise,
     * gets one: the bytes that nobody could use were no message, but a handshake that nobody answered.
     *
     * @param untouched all that the peer has sent, if nobody has had any of it
     */
    static @Nullable Throwable explained(
            CloseReason reason, @Nullable Throwable cause, @Nullable InboundBuffer untouched) {
        String words = untouched == null ? null : words(untouched);
        if (words == null) {
            return cause;
        }
        return switch (reason) {
            case READ_LIMIT, PATTERN_BUDGET, READ_DEADLINE, IDLE_DEADLINE, PEER_END, PEER_RESET ->
                explained(cause, words);
            default -> cause;
        };
    }

    private static @Nullable String words(InboundBuffer bytes) {
        if (bytes.size() <= HEADER || bytes.get(1) != MAJOR) {
            return null;
        }
        if (bytes.get(0) == HANDSHAKE && bytes.get(HEADER) == CLIENT_HELLO) {
            return "the peer began TLS, and this end is plain";
        }
        boolean alert = bytes.get(0) == ALERT && bytes.size() == HEADER + ALERT_LENGTH && bytes.get(4) == ALERT_LENGTH;
        return alert ? "the peer answered with an alert of TLS, and this end is plain" : null;
    }

    private static Throwable explained(@Nullable Throwable cause, String words) {
        if (cause == null) {
            return new IOException("Nobody could use what had come: " + words);
        }
        String message = cause.getMessage() + "; " + words;
        if (cause instanceof PatternBudgetException) {
            return new PatternBudgetException(message, cause);
        }
        Throwable explained = cause instanceof BufferFullException
                ? new BufferFullException(message)
                : cause instanceof SocketTimeoutException
                        ? new SocketTimeoutException(message)
                        : new IOException(message);
        return explained.initCause(cause);
    }
}
