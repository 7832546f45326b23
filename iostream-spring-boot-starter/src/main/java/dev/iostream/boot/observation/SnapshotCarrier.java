package dev.iostream.boot.observation;

import dev.iostream.stream.ContextCarrier;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Carries all thread-locals that Micrometer's context propagation knows of into callbacks that are given while something is
 * observed, and nothing otherwise: a snapshot for each read would be too dear.
 */
public final class SnapshotCarrier implements ContextCarrier {
    private final ObservationRegistry registry;
    private final ContextSnapshotFactory snapshots;

    /** Carries snapshots, while something is current in that registry. */
    public SnapshotCarrier(ObservationRegistry registry, ContextSnapshotFactory snapshots) {
        this.registry = registry;
        this.snapshots = snapshots;
    }

    @Override
    public @Nullable Carried capture() {
        if (registry.getCurrentObservation() == null) {
            return null;
        }
        ContextSnapshot snapshot = snapshots.captureAll();
        return () -> {
            ContextSnapshot.Scope scope = snapshot.setThreadLocals();
            return scope::close;
        };
    }
}
