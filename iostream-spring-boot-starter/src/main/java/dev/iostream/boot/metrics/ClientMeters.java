package dev.iostream.boot.metrics;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.context.InsecureOptions;
import dev.iostream.client.TCPClient;
import io.micrometer.core.instrument.Tags;

/** The meters of a client. */
final class ClientMeters {
    private ClientMeters() {}

    static void register(MeterBook book, TCPClient client, LargestBuffers largest) {
        var streams = new EndpointMeters(
                book, EndpointRole.CLIENT, client.name(), () -> client.stats().streams());
        streams.register(client.streamOptions(), largest);
        Tags tags = streams.tags();
        book.gauge(
                IOStreamMeters.CONNECTIONS_OPENING, tags, () -> client.stats().connecting());
        book.gauge(IOStreamMeters.TLS_OUTDATED, tags, () -> client.stats().outdatedTls());
        book.gauge(
                IOStreamMeters.INSECURE_OPTIONS,
                tags,
                () -> InsecureOptions.of(client).size());
        Tags named = Tags.of(MeterLabel.ENDPOINT.of(client.name()));
        book.counter(
                IOStreamMeters.CLIENT_RECONNECTS, named, () -> client.stats().reconnects());
        for (String state : IOStreamMeters.CLIENT_STATE.label("state").values()) {
            book.gauge(
                    IOStreamMeters.CLIENT_STATE,
                    named.and(IOStreamMeters.CLIENT_STATE.label("state").of(state)),
                    () -> inState(client, state));
        }
    }

    private static long inState(TCPClient client, String state) {
        return client.stats().connections().stream()
                .filter(connection -> MeterLabel.word(connection.state()).equals(state))
                .count();
    }
}
