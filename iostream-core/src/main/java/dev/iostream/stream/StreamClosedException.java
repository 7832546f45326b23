package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The stream is closed, so the operation could not be started. */
public final class StreamClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;

    StreamClosedException(String operation, CloseReason reason, @Nullable Throwable error) {
        super("Could not " + operation + ": the stream is closed (" + reason
                + (error == null || error.getMessage() == null ? "" : ", " + error.getMessage()) + ")");
        this.reason = reason;
        if (error != null) {
            initCause(error);
        }
    }

    /** Why the stream had closed. */
    public CloseReason reason() {
        return reason;
    }

    /** The same as a checked exception, for callers that deal in those. */
    public IOException asIOException() {
        return new IOException(getMessage(), this);
    }
}
