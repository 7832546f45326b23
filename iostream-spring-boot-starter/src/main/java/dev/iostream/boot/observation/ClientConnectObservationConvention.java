package dev.iostream.boot.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** How the making of a connection is named and described. A bean of this type takes the place of the default. */
public interface ClientConnectObservationConvention extends ObservationConvention<ClientConnectContext> {
    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof ClientConnectContext;
    }
}
