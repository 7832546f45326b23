package dev.iostream.client;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.EndpointStats;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client has done, at one moment. Everything but what is open or under way only grows.
 *
 * @param target what is connected to first the next time
 * @param streams what its streams add up to
 * @param connects connections that were made
 * @param connecting attempts that are under way
 * @param failuresByErrno targets that could not be connected to, by the numbers of {@link dev.iostream.event.Errno}
 * @param failuresByReason the same by reason, which tells deadlines from refusals
 * @param lastFailure why the last target that was tried to the end could not be connected to; null when it could, and
 *     before the first
 * @param reconnects times that a supervised connection was up again
 * @param outdatedTls streams open now whose TLS options were replaced since by {@link TCPClient#reload}
 * @param connections its supervised connections, but for closed ones
 */
public record ClientStats(
        SocketAddress target,
        EndpointStats streams,
        long connects,
        long connecting,
        Map<Integer, Long> failuresByErrno,
        Map<CloseReason, Long> failuresByReason,
        @Nullable DialException lastFailure,
        long reconnects,
        long outdatedTls,
        List<ConnectionStatus> connections) {
    /** Where its supervised connection stands, or the best of several; {@code IDLE} when it has none. */
    public ConnectionState state() {
        return connections.stream()
                .map(ConnectionStatus::state)
                .max(Comparator.comparing(ConnectionState::rank))
                .orElse(ConnectionState.IDLE);
    }

    /** How many times a target could not be connected to. */
    public long failures() {
        return failuresByErrno.values().stream().mapToLong(Long::longValue).sum();
    }
}
