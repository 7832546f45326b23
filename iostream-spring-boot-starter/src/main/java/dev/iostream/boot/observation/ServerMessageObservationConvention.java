package dev.iostream.boot.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** How the handling of a message is named and described. A bean of this type takes the place of the default. */
public interface ServerMessageObservationConvention extends ObservationConvention<ServerMessageContext> {
    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof ServerMessageContext;
    }
}
