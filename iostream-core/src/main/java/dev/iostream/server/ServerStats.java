package dev.iostream.server;

import dev.iostream.event.CloseReason;
import dev.iostream.event.EndpointStats;
import java.util.Map;

/**
 * A server at one moment: immutable, and safe to keep. Counts are since the server was made and only grow, those of
 * {@code streams} that its own page says, {@code connections}, {@code introducing} and {@code outdatedTls} excepted.
 *
 * @param streams what its streams add up to
 * @param state what it does about new connections
 * @param full whether it holds as many connections as it may, so that the next wait
 * @param throttled whether it lets connections wait because of its {@linkplain Admission#acceptRate() rate}
 * @param backingOff whether it waits because the system could not give it a connection, for want of descriptors most
 *     likely
 * @param connections held now, also those that have not opened as streams yet
 * @param introducing those of them of which a proxy has still to say whom they are from
 * @param accepted connections admitted, to be given to the handler
 * @param rejected connections refused before that, by reason: {@code ACCESS_DENIED}, {@code CONNECTION_LIMIT}, {@code
 *     PROXY_PROTOCOL}; reasons that never happened are absent. One that was refused once a proxy had spoken, or had not,
 *     is also among the {@code streams} that never opened
 * @param acceptFailures how often the system could not give a connection
 * @param outdatedTls streams open now whose TLS options were replaced since by {@link TCPServer#reload}
 */
public record ServerStats(
        EndpointStats streams,
        ServerState state,
        boolean full,
        boolean throttled,
        boolean backingOff,
        long connections,
        long introducing,
        long accepted,
        Map<CloseReason, Long> rejected,
        long acceptFailures,
        long outdatedTls) {
    /** Streams that are open now. */
    public long active() {
        return streams.active();
    }

    /** Streams that have opened. */
    public long opened() {
        return streams.opened();
    }

    /** Bytes read from transports. */
    public long received() {
        return streams.received();
    }

    /** Bytes taken by transports. */
    public long sent() {
        return streams.sent();
    }

    /** Bytes held now that no callback has seen. */
    public long readBuffer() {
        return streams.readBuffer();
    }

    /** Bytes held now that no transport has taken. */
    public long writeBuffer() {
        return streams.writeBuffer();
    }

    /** How many streams closed for that reason. */
    public long closed(CloseReason reason) {
        return streams.closed(reason);
    }

    /** How many streams never opened for that reason, such as a handshake that failed. */
    public long failed(CloseReason reason) {
        return streams.failed(reason);
    }

    /** How many connections were rejected for that reason. */
    public long rejected(CloseReason reason) {
        return rejected.getOrDefault(reason, 0L);
    }
}
