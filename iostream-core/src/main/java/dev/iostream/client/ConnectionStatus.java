package dev.iostream.client;

import dev.iostream.event.CloseReason;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A supervised connection at one moment: immutable, and safe to keep.
 *
 * @param state where it stands
 * @param since when it came there, by the clock on the wall
 * @param target what it is connected to, or tries or tried last; null before the first attempt
 * @param failures attempts in a row that have failed or whose connection did not last
 * @param nextDelay the delay that it is waiting for; null when it is not
 * @param lastReason why there was no connection the last time; null while that has not happened
 * @param lastCause what made it so; null for an ordinary end
 */
public record ConnectionStatus(
        ConnectionState state,
        Instant since,
        @Nullable SocketAddress target,
        int failures,
        @Nullable Duration nextDelay,
        @Nullable CloseReason lastReason,
        @Nullable Throwable lastCause) {
    /** Of a connection that is made now. */
    static ConnectionStatus idle() {
        return new ConnectionStatus(ConnectionState.IDLE, Instant.now(), null, 0, null, null, null);
    }
}
