package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** Says of a stream in plain that its peer speaks TLS, where its end would be a riddle otherwise. */
final class TlsOnPlain {
    private static final String WORDS = "the peer speaks TLS, and this port is plain";

    private TlsOnPlain() {}

    /** The same cause, of the same type, with these words in it; an ordinary end gets one. */
    static @Nullable Throwable explained(CloseReason reason, @Nullable Throwable cause) {
        return switch (reason) {
            case READ_LIMIT, PATTERN_BUDGET, READ_DEADLINE, IDLE_DEADLINE, PEER_END, PEER_RESET -> explained(cause);
            default -> cause;
        };
    }

    private static Throwable explained(@Nullable Throwable cause) {
        if (cause == null) {
            return new IOException("A handshake was begun and nobody answered: " + WORDS);
        }
        String message = cause.getMessage() + "; " + WORDS;
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
