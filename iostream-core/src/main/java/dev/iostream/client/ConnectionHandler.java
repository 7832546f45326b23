package dev.iostream.client;

import dev.iostream.event.CloseReason;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Uses the streams of a supervised connection, one after the other. Every method is called on the connection's loop. */
@FunctionalInterface
public interface ConnectionHandler {
    /**
     * Is given each new stream before anybody else can have it: what is written here leaves first. Starts the first read;
     * a stream that nobody reads cannot notice that its peer has gone.
     *
     * @throws Exception closes the stream, which is then replaced as after any other end
     */
    void onUp(IOStream stream) throws Exception;

    /**
     * Logs in, before {@link #onUp}: exchanges what the peer wants to see first, and calls {@code done}, from any thread,
     * when the connection can be used. Until then it is not up. Without need for it there is nothing to do here.
     *
     * <p>A protocol that goes on with TLS does so here, with {@link SSLIOStream#startTls}: the connection is then up with the
     * new stream.
     *
     * <p>To give up, close the stream. One that has not logged in within {@link ReconnectPolicy#logInTimeout} is aborted.
     *
     * @throws Exception closes the stream, which is then replaced as after any other end
     */
    default void logIn(IOStream stream, Runnable done) throws Exception {
        done.run();
    }

    /**
     * Is told that a connection has ended, or could not be made.
     *
     * @param reason why
     * @param cause what made it end; null for an ordinary end
     * @param nextDelay when the next attempt is made; null when none will be, since the connection is stopped or has used
     *     all its attempts
     */
    default void onDown(CloseReason reason, @Nullable Throwable cause, @Nullable Duration nextDelay) {}
}
