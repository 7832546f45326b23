package dev.iostream.boot.metrics;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.stream.StreamOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Listens to the streams of all servers and clients, for what {@link IOStreamMetrics} cannot read afterwards. */
public final class StreamRecorders implements StreamOptionsCustomizer {
    private final List<StreamRecorder> all = new CopyOnWriteArrayList<>();

    /** Listens to none yet. */
    public StreamRecorders() {}

    @Override
    public StreamOptions customize(EndpointRole role, String endpoint, StreamOptions options) {
        var recorder = new StreamRecorder(role, endpoint);
        all.add(recorder);
        return options.toBuilder().listener(options.listener().and(recorder)).build();
    }

    List<StreamRecorder> all() {
        return all;
    }
}
