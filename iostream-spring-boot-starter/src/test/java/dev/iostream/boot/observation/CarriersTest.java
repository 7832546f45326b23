package dev.iostream.boot.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.ContextCarrier;
import dev.iostream.stream.StreamOptions;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Observations, and what else belongs to them, in the callbacks of streams. */
class CarriersTest {
    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    private final ObservationRegistry registry = TestObservationRegistry.create();
    private final Simulation simulation = new Simulation(Link.perfect());
    private final List<String> seen = new ArrayList<>();

    private final ContextRegistry thingsToCarry =
            new ContextRegistry().loadThreadLocalAccessors().registerThreadLocalAccessor("tenant", TENANT);
    private final ContextCarrier snapshots = new SnapshotCarrier(
            registry,
            ContextSnapshotFactory.builder()
                    .contextRegistry(thingsToCarry)
                    .clearMissing(true)
                    .build());

    @AfterEach
    void theThreadIsClean() {
        TENANT.remove();
        assertThat(registry.getCurrentObservation()).isNull();
    }

    private Simulation.Peers peers(ContextCarrier carrier) {
        return simulation.connect(StreamOptions.builder().context(carrier).build(), StreamOptions.defaults());
    }

    private void see() {
        Observation current = registry.getCurrentObservation();
        seen.add((current == null ? "nothing" : current.getContext().getName()) + " for " + TENANT.get());
    }

    private void readOneLineObservedAndOneNot(ContextCarrier carrier) {
        Simulation.Peers peers = peers(carrier);
        TENANT.set("acme");
        Observation.createNotStarted("payment", registry)
                .observe(() -> peers.client().readUntil("\n", line -> see()));
        TENANT.remove();
        peers.server().write("one\n");
        simulation.run();
        peers.client().readUntil("\n", line -> see());
        peers.server().write("two\n");
        simulation.run();
    }

    @Test
    void theObservationUnderWhichACallbackWasGivenIsCurrentInIt() {
        readOneLineObservedAndOneNot(new ObservationCarrier(registry));

        assertThat(seen).containsExactly("payment for null", "nothing for null");
    }

    @Test
    void withContextPropagationEverythingThatIsRegisteredThereIsCarried() {
        readOneLineObservedAndOneNot(snapshots);

        assertThat(seen).containsExactly("payment for acme", "nothing for null");
    }

    @Test
    void whereNothingIsObservedNothingIsCaptured() {
        TENANT.set("acme");

        assertThat(snapshots.capture()).isNull();
        assertThat(new ObservationCarrier(registry).capture()).isNull();
    }

    @Test
    void whatACallbackLeavesBehindDoesNotReachTheNextOne() {
        Simulation.Peers peers = peers(snapshots);
        Observation.createNotStarted("payment", registry)
                .observe(() -> peers.client().readUntil("\n", line -> TENANT.set("left behind")));
        peers.client().write("x", this::see);
        peers.server().write("one\n");
        simulation.run();
        peers.client().readUntil("\n", line -> see());
        peers.server().write("two\n");
        simulation.run();

        assertThat(seen).last().isEqualTo("nothing for null");
    }
}
