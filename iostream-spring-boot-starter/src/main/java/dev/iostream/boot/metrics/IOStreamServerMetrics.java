package dev.iostream.boot.metrics;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.metrics.IOStreamMeters.Key;
import dev.iostream.event.CloseReason;
import dev.iostream.event.EndpointStats;
import dev.iostream.server.TCPServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The meters of all servers, whether they listen or not. Nothing is counted here: each meter reads what the server's
 * loops have counted when somebody asks for it, so counters go on where they were after a stop and a start.
 */
public final class IOStreamServerMetrics implements MeterBinder, AutoCloseable {
    private final IOStreamServers servers;
    private final List<Registered> registered = new ArrayList<>();

    /** Meters for these servers. */
    public IOStreamServerMetrics(IOStreamServers servers) {
        this.servers = servers;
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        for (ServerBinding binding : servers) {
            bind(registry, binding.server(), Tags.of(Key.ROLE.asString(), "server"));
        }
    }

    private void bind(MeterRegistry registry, TCPServer server, Tags role) {
        Tags tags = role.and(Key.ENDPOINT.asString(), server.options().name());
        gauge(registry, IOStreamMeters.CONNECTIONS_ACTIVE, tags, server, EndpointStats::active);
        counter(registry, IOStreamMeters.CONNECTIONS_OPENED, tags, server, EndpointStats::opened);
        for (CloseReason reason : CloseReason.values()) {
            Tags closed = tags.and(Key.REASON.asString(), reason.name().toLowerCase(Locale.ROOT));
            counter(registry, IOStreamMeters.CONNECTIONS_CLOSED, closed, server, stats -> stats.closed(reason));
        }
        counter(registry, IOStreamMeters.DATA_RECEIVED, tags, server, EndpointStats::received);
        counter(registry, IOStreamMeters.DATA_SENT, tags, server, EndpointStats::sent);
        Tags read = tags.and(Key.DIRECTION.asString(), "read");
        gauge(registry, IOStreamMeters.BUFFER_USED, read, server, EndpointStats::readBuffer);
        Tags write = tags.and(Key.DIRECTION.asString(), "write");
        gauge(registry, IOStreamMeters.BUFFER_USED, write, server, EndpointStats::writeBuffer);
    }

    // a registry holds the object of a meter weakly, but its function strongly: the server is in the function too

    private void gauge(
            MeterRegistry registry,
            IOStreamMeters meter,
            Tags tags,
            TCPServer server,
            ToDoubleFunction<EndpointStats> value) {
        remember(
                registry,
                Gauge.builder(
                                meter.getName(),
                                server,
                                unused -> value.applyAsDouble(server.stats().streams()))
                        .description(meter.getDescription())
                        .baseUnit(meter.getBaseUnit())
                        .tags(tags)
                        .register(registry));
    }

    private void counter(
            MeterRegistry registry,
            IOStreamMeters meter,
            Tags tags,
            TCPServer server,
            ToDoubleFunction<EndpointStats> value) {
        remember(
                registry,
                FunctionCounter.builder(
                                meter.getName(),
                                server,
                                unused -> value.applyAsDouble(server.stats().streams()))
                        .description(meter.getDescription())
                        .baseUnit(meter.getBaseUnit())
                        .tags(tags)
                        .register(registry));
    }

    private void remember(MeterRegistry registry, Meter meter) {
        registered.add(new Registered(registry, meter));
    }

    /** Removes the meters from every registry that they were bound to, since a registry may outlive the servers. */
    @Override
    public synchronized void close() {
        registered.forEach(entry -> entry.registry.remove(entry.meter));
        registered.clear();
    }

    private record Registered(MeterRegistry registry, Meter meter) {}
}
