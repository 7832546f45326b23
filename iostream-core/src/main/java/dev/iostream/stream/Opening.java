package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import dev.iostream.event.Stage;
import dev.iostream.stream.ContextCarrier.Carried;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** How far a stream has come towards opening, and who waits for that and is told once how it has ended. */
final class Opening {
    private static final Logger LOG = System.getLogger(IOStream.class.getName());

    private final StreamDriver stream;
    /** It was asked to connect, so that a failure is somebody's who waits for the outcome. */
    private boolean dialled;

    /** Which stage it is in; null while none was begun, as with connections that were accepted in plain. */
    private @Nullable Stage stage;

    private long stageBegan;

    /** What comes before all else, once it is known whom the stream is from. */
    private @Nullable Delivery first;

    private @Nullable Delivery connected;
    private @Nullable ConnectFailure failed;
    /** What is to be there when {@link #failed} is called. */
    private @Nullable Carried carried;

    private @Nullable Delivery opened;

    Opening(StreamDriver stream) {
        this.stream = stream;
    }

    void dialled(@Nullable Delivery onConnected, @Nullable ConnectFailure onFailed) {
        dialled = true;
        stageBegan = stream.loop().clock();
        connected = onConnected;
        failed = onFailed;
        carried = onFailed == null ? null : stream.options().context().capture();
    }

    boolean isDialled() {
        return dialled;
    }

    void first(@Nullable Delivery callback) {
        first = callback;
    }

    boolean isFirstDue() {
        return first != null;
    }

    /** Delivers {@code callback} when the stream opens. */
    void whenOpen(Delivery callback) {
        opened = callback;
    }

    /**
     * Tells observers of the stage that has ended, if another one is reached now, and lets the first callback be called
     * unless a proxy has still to say whom the stream is from; true when bytes can flow.
     */
    boolean reached(Stage now) {
        Stage before = stage;
        if (now != before) {
            boolean ready = now == Stage.READY;
            if (before == null && dialled && ready) {
                // so near that the connection was there before anybody could look
                before = Stage.CONNECTING;
            }
            stage = ready ? null : now;
            long time = before == null && ready ? 0 : stream.loop().clock();
            if (before != null) {
                stream.tellStageEnded(before, time - stageBegan, null);
            }
            stageBegan = time;
        }
        if (first != null && now != Stage.INTRODUCING) {
            stream.post(first);
            first = null;
        }
        return now == Stage.READY;
    }

    /** Tells observers that it will never open. */
    void ended(CloseReason reason, @Nullable Throwable cause) {
        Stage last = stage == null && dialled ? Stage.CONNECTING : stage;
        if (last != null && cause != null) {
            stream.tellStageEnded(last, stream.loop().clock() - stageBegan, cause);
        }
        stream.tellFailed(reason, cause);
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
            Runnable tell = () -> told.failed(errno, message);
            Carried here = carried;
            stream.post(Delivery.of(here == null ? tell : () -> here.run(tell)));
        } else if (cause != null) {
            // anybody can connect to a server and make a handshake fail, and is not to fill its log with that
            LOG.log(
                    dialled ? Level.WARNING : Level.DEBUG,
                    "Nobody asked to be told that a connection failed: " + message);
        }
        forget();
    }

    private void forget() {
        first = null;
        connected = null;
        failed = null;
        carried = null;
        opened = null;
    }
}
