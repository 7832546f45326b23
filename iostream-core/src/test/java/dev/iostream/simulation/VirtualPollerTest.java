package dev.iostream.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class VirtualPollerTest {
    @Test
    void timeStandsStillWhenNothingIsToBeWaitedFor() {
        var simulation = new Simulation(Link.perfect());
        simulation.run();
        assertThat(simulation.loop().nanoTime()).isZero();

        simulation.loop().addTimeout(Duration.ofSeconds(1), () -> {});
        simulation.run();
        assertThat(simulation.loop().nanoTime()).isEqualTo(1_000_000_000);
        simulation.run();
        assertThat(simulation.loop().nanoTime()).isEqualTo(1_000_000_000);
    }
}
