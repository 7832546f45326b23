package dev.iostream.boot.observation;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.stream.ContextCarrier;
import dev.iostream.stream.StreamOptions;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observes what clients connect, and carries what is observed into the callbacks of all streams. Where nobody observes,
 * nothing is done.
 */
public final class StreamObservations implements StreamOptionsCustomizer {
    private final ObservationRegistry registry;
    private final ContextCarrier carrier;
    private final @Nullable ClientConnectObservationConvention convention;

    /**
     * Observes with that registry.
     *
     * @param convention in place of the default; null for the default
     */
    public StreamObservations(
            ObservationRegistry registry,
            ContextCarrier carrier,
            @Nullable ClientConnectObservationConvention convention) {
        this.registry = registry;
        this.carrier = carrier;
        this.convention = convention;
    }

    @Override
    public StreamOptions customize(EndpointRole role, String endpoint, StreamOptions options) {
        if (registry.isNoop()) {
            return options;
        }
        StreamOptions.Builder builder = options.toBuilder();
        if (options.context() == ContextCarrier.NONE) {
            builder.context(carrier);
        }
        if (role != EndpointRole.SERVER) {
            var observer = new ConnectObserver(role, registry, convention);
            builder.listener(options.listener().and(observer));
        }
        return builder.build();
    }
}
