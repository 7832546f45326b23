package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Who waits for a stream to open, and is told once how that has ended. */
final class Opening {
    private static final Logger LOG = System.getLogger(IOStream.class.getName());

    private final StreamDriver stream;
    /** It was asked to connect, so that a failure is somebody's who waits for the outcome. */
    private boolean dialled;

    private @Nullable Delivery connected;
    private @Nullable ConnectFailure failed;
    private @Nullable Delivery opened;

    Opening(StreamDriver stream) {
        this.stream = stream;
    }

    void dialled(@Nullable Delivery onConnected, @Nullable ConnectFailure onFailed) {
        dialled = true;
        connected = onConnected;
        failed = onFailed;
    }

    boolean isDialled() {
        return dialled;
    }

    /** Delivers {@code callback} when the stream opens. */
    void whenOpen(Delivery callback) {
        opened = callback;
    }

    void succeeded() {
        if (connected != null) {
            stream.post(connected);
        }
        if (opened != null) {
            stream.post(opened);
        }
        forget();
    }

    void failed(@Nullable CloseReason reason, @Nullable Throwable cause) {
        int errno = cause == null ? Errno.ECANCELED : Errno.of(cause);
        String message = cause == null || cause.getMessage() == null
                ? "The stream was closed (" + reason + ") while it was connecting"
                : cause.getMessage();
        ConnectFailure told = failed;
        if (told != null) {
            stream.post(Delivery.of(() -> told.failed(errno, message)));
        } else if (cause != null) {
            // anybody can connect to a server and make a handshake fail, and is not to fill its log with that
            LOG.log(
                    dialled ? Level.WARNING : Level.DEBUG,
                    "Nobody asked to be told that a connection failed: " + message);
        }
        forget();
    }

    private void forget() {
        connected = null;
        failed = null;
        opened = null;
    }
}
