package dev.iostream.stream;

import static dev.iostream.stream.StreamState.CLOSED;
import static dev.iostream.stream.StreamState.CLOSING;
import static dev.iostream.stream.StreamState.NEW;
import static dev.iostream.stream.StreamState.OPEN;
import static dev.iostream.stream.StreamState.OPENING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamStateTest {
    private static final Map<StreamState, Set<StreamState>> ALLOWED = Map.of(
            NEW, Set.of(OPENING, CLOSED),
            OPENING, Set.of(OPEN, CLOSED),
            OPEN, Set.of(CLOSING, CLOSED),
            CLOSING, Set.of(CLOSED),
            CLOSED, Set.of());

    @Test
    void onlyTheStepsOfTheDiagramAreAllowed() {
        for (StreamState from : StreamState.values()) {
            for (StreamState to : StreamState.values()) {
                assertThat(from.mayBecome(to))
                        .as("%s to %s", from, to)
                        .isEqualTo(ALLOWED.get(from).contains(to));
            }
        }
    }

    @Test
    void theUserSeesTheEndFromClosingOn() {
        assertThat(StreamState.values()).filteredOn(StreamState::isClosed).containsExactly(CLOSING, CLOSED);
    }
}
