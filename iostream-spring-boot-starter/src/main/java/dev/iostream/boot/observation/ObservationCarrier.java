package dev.iostream.boot.observation;

import dev.iostream.stream.ContextCarrier;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/** Carries the current observation into callbacks, and nothing where there is none. */
public final class ObservationCarrier implements ContextCarrier {
    private final ObservationRegistry registry;

    /** Carries what is current in that registry. */
    public ObservationCarrier(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public @Nullable Carried capture() {
        Observation current = registry.getCurrentObservation();
        return current == null
                ? null
                : () -> {
                    Observation.Scope scope = current.openScope();
                    return scope::close;
                };
    }
}
