package dev.iostream.event;

import java.util.Map;

/**
 * What the streams of one server or client add up to, at one moment. Everything but {@code active} and the two buffers
 * only grows.
 *
 * @param endpoint the name of the server or client
 * @param active streams that are open now
 * @param opened streams that have opened
 * @param closed streams that have closed, by reason; reasons that never happened are absent
 * @param failed streams that never opened, by reason; reasons that never happened are absent
 * @param received bytes read from transports
 * @param sent bytes taken by transports
 * @param readBuffer bytes held now that no callback has seen
 * @param writeBuffer bytes held now that no transport has taken
 * @param refusedWrites writes that were refused because of a limit
 */
public record EndpointStats(
        String endpoint,
        long active,
        long opened,
        Map<CloseReason, Long> closed,
        Map<CloseReason, Long> failed,
        long received,
        long sent,
        long readBuffer,
        long writeBuffer,
        long refusedWrites) {
    /** How many streams closed for that reason. */
    public long closed(CloseReason reason) {
        return closed.getOrDefault(reason, 0L);
    }

    /** How many streams never opened for that reason. */
    public long failed(CloseReason reason) {
        return failed.getOrDefault(reason, 0L);
    }
}
