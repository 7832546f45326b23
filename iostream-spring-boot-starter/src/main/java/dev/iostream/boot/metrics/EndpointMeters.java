package dev.iostream.boot.metrics;

import dev.iostream.boot.EndpointRole;
import dev.iostream.event.CloseReason;
import dev.iostream.event.EndpointStats;
import dev.iostream.stream.StreamOptions;
import io.micrometer.core.instrument.Tags;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters that servers, clients and the factory have in common. */
final class EndpointMeters {
    private final MeterBook book;
    private final Tags tags;
    private final Supplier<EndpointStats> stats;

    EndpointMeters(MeterBook book, EndpointRole role, String endpoint, Supplier<EndpointStats> stats) {
        this.book = book;
        this.tags = tags(role, endpoint);
        this.stats = stats;
    }

    static Tags tags(EndpointRole role, String endpoint) {
        return Tags.of(MeterLabel.ROLE.of(role), MeterLabel.ENDPOINT.of(endpoint));
    }

    Tags tags() {
        return tags;
    }

    /** Registers them. */
    void register(StreamOptions options, LargestBuffers largest) {
        gauge(IOStreamMeters.CONNECTIONS_ACTIVE, tags, EndpointStats::active);
        counter(IOStreamMeters.CONNECTIONS_OPENED, tags, EndpointStats::opened);
        for (CloseReason reason : CloseReason.values()) {
            Tags with = tags.and(MeterLabel.REASON.of(reason));
            counter(IOStreamMeters.CONNECTIONS_CLOSED, with, now -> now.closed(reason));
            counter(IOStreamMeters.CONNECTIONS_FAILED, with, now -> now.failed(reason));
        }
        counter(IOStreamMeters.DATA_RECEIVED, tags, EndpointStats::received);
        counter(IOStreamMeters.DATA_SENT, tags, EndpointStats::sent);
        registerBuffers(options, largest);
        registerCauses();
    }

    private void registerBuffers(StreamOptions options, LargestBuffers largest) {
        Tags read = tags.and(MeterLabel.DIRECTION.of(Direction.READ));
        gauge(IOStreamMeters.BUFFER_USED, read, EndpointStats::readBuffer);
        LongSupplier mostRead = largest.of(options.endpoint(), Direction.READ);
        gauge(IOStreamMeters.BUFFER_USED_MAX, read, now -> Math.min(mostRead.getAsLong(), now.readBuffer()));
        book.gauge(IOStreamMeters.BUFFER_LIMIT, read, options.maxBufferSize()::bytes);
        counter(IOStreamMeters.BUFFER_OVERFLOWS, read, now -> now.closed(CloseReason.READ_LIMIT));

        Tags write = tags.and(MeterLabel.DIRECTION.of(Direction.WRITE));
        gauge(IOStreamMeters.BUFFER_USED, write, EndpointStats::writeBuffer);
        LongSupplier mostWritten = largest.of(options.endpoint(), Direction.WRITE);
        gauge(IOStreamMeters.BUFFER_USED_MAX, write, now -> Math.min(mostWritten.getAsLong(), now.writeBuffer()));
        book.gauge(IOStreamMeters.BUFFER_LIMIT, write, options.maxWriteBufferSize()::bytes);
        counter(IOStreamMeters.BUFFER_OVERFLOWS, write, EndpointStats::refusedWrites);
    }

    private void registerCauses() {
        MeterLabel deadline = IOStreamMeters.DEADLINES.label("kind");
        for (DeadlineKind kind : DeadlineKind.values()) {
            counter(IOStreamMeters.DEADLINES, tags.and(deadline.of(kind)), now -> ended(now, kind.reason()));
        }
        MeterLabel error = IOStreamMeters.ERRORS.label("kind");
        for (ErrorKind kind : ErrorKind.values()) {
            counter(
                    IOStreamMeters.ERRORS,
                    tags.and(error.of(kind)),
                    now -> kind.reasons().stream()
                            .mapToLong(reason -> ended(now, reason))
                            .sum());
        }
    }

    private static long ended(EndpointStats stats, CloseReason reason) {
        return stats.closed(reason) + stats.failed(reason);
    }

    private void gauge(IOStreamMeters meter, Tags with, ToDoubleFunction<EndpointStats> value) {
        book.gauge(meter, with, () -> value.applyAsDouble(stats.get()));
    }

    private void counter(IOStreamMeters meter, Tags with, ToDoubleFunction<EndpointStats> value) {
        book.counter(meter, with, () -> value.applyAsDouble(stats.get()));
    }
}
