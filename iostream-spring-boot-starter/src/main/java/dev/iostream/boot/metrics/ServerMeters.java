package dev.iostream.boot.metrics;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.context.InsecureOptions;
import dev.iostream.event.CloseReason;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.ServerState;
import dev.iostream.server.ServerStats;
import dev.iostream.server.TCPServer;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;

/** The meters of a server, whether it listens or not. */
final class ServerMeters {
    private ServerMeters() {}

    static void register(MeterBook book, ServerBinding binding, LargestBuffers largest) {
        TCPServer server = binding.server();
        ServerOptions options = server.options();
        var streams = new EndpointMeters(
                book, EndpointRole.SERVER, options.name(), () -> server.stats().streams());
        streams.register(options.stream(), largest);
        Tags tags = streams.tags();
        book.gauge(IOStreamMeters.CONNECTIONS_OPENING, tags, () -> opening(server.stats()));
        book.gauge(IOStreamMeters.TLS_OUTDATED, tags, () -> server.stats().outdatedTls());
        book.gauge(
                IOStreamMeters.INSECURE_OPTIONS,
                tags,
                () -> InsecureOptions.of(binding).size());
        if (options.maxConnections() != ServerOptions.UNLIMITED) {
            book.gauge(IOStreamMeters.CONNECTIONS_LIMIT, tags, options::maxConnections);
        }
        for (String reason : IOStreamMeters.CONNECTIONS_REJECTED.label("reason").values()) {
            CloseReason rejection = CloseReason.valueOf(reason.toUpperCase(Locale.ROOT));
            book.counter(
                    IOStreamMeters.CONNECTIONS_REJECTED,
                    tags.and(MeterLabel.REASON.of(rejection)),
                    () -> server.stats().rejected(rejection));
        }
        Tags named = Tags.of(MeterLabel.ENDPOINT.of(options.name()));
        book.counter(
                IOStreamMeters.SERVER_ACCEPT_FAILURES,
                named,
                () -> server.stats().acceptFailures());
        MeterLabel state = IOStreamMeters.SERVER_STATE.label("state");
        for (ServerState each : ServerState.values()) {
            book.gauge(
                    IOStreamMeters.SERVER_STATE,
                    named.and(state.of(each)),
                    () -> server.stats().state() == each ? 1 : 0);
        }
    }

    /** Those that are held and have not opened as streams yet, but for the moment between two counts. */
    private static long opening(ServerStats stats) {
        return Math.max(0, stats.connections() - stats.active());
    }
}
