package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.simulation.Simulation;
import java.time.Duration;

/** A connection on the loop of a test that asks and is answered all the time, and shows whether that was disturbed. */
final class Canary {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Simulation simulation;
    private final Simulation.Peers peers;
    private int asked;
    private int answered;
    private boolean retired;

    Canary(Simulation simulation) {
        this.simulation = simulation;
        peers = simulation.connect();
        TlsFixture.echo(peers.server());
        ask();
    }

    private void ask() {
        if (retired) {
            return;
        }
        asked++;
        peers.client().write("tweet\n");
        peers.client().readUntil("\n", line -> {
            answered++;
            simulation.loop().addTimeout(PAUSE, this::ask);
        });
    }

    /** Ends it, and checks that it was answered to the last. */
    void isUnharmed() {
        retired = true;
        simulation.run(PAUSE.multipliedBy(2));
        assertThat(answered).as("answers to another connection").isPositive().isEqualTo(asked);
        assertThat(peers.client().closed()).isFalse();
        assertThat(peers.server().closed()).isFalse();
        peers.client().abort();
        peers.server().abort();
    }
}
