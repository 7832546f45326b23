package dev.iostream.boot.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.actuate.Diagnosis.Look;
import dev.iostream.event.StreamInfo;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    private static Look look(String state, boolean reading, long received, long sent, long buffered, long unsent) {
        var info = new StreamInfo(
                1,
                "echo",
                "loop-1",
                state,
                null,
                null,
                null,
                Duration.ZERO,
                received,
                sent,
                buffered,
                unsent,
                0,
                0,
                null,
                null,
                null);
        return new Look(info, reading);
    }

    private static Look open(boolean reading, long received, long sent, long buffered, long unsent) {
        return look("OPEN", reading, received, sent, buffered, unsent);
    }

    @Test
    void aPeerThatTakesNothingOfWhatIsQueuedIsSlow() {
        Look stalled = open(true, 10, 20, 0, 5000);
        assertThat(Diagnosis.of(stalled, stalled, false)).isEqualTo(Diagnosis.PEER_SLOW);
        assertThat(Diagnosis.of(stalled, open(true, 99, 20, 0, 6000), false))
                .as("although it goes on sending")
                .isEqualTo(Diagnosis.PEER_SLOW);
        assertThat(Diagnosis.of(stalled, open(true, 10, 30, 0, 4990), false)).isEqualTo(Diagnosis.ACTIVE);
        assertThat(Diagnosis.of(open(true, 10, 20, 0, 0), stalled, false))
                .as("it has had no time to take it")
                .isNotEqualTo(Diagnosis.PEER_SLOW);
        assertThat(Diagnosis.of(look("CLOSING", false, 0, 20, 0, 7), look("CLOSING", false, 0, 20, 0, 7), false))
                .isEqualTo(Diagnosis.PEER_SLOW);
    }

    @Test
    void bytesThatNobodyReadsMeanThatTheApplicationIsSlow() {
        Look unread = open(false, 100, 0, 100, 0);
        assertThat(Diagnosis.of(unread, unread, false)).isEqualTo(Diagnosis.APPLICATION_SLOW);
    }

    @Test
    void bytesThatDoNotSufficeForAReadMeanThatTheMessageIsIncomplete() {
        Look part = open(true, 100, 0, 100, 0);
        assertThat(Diagnosis.of(part, part, false)).isEqualTo(Diagnosis.MESSAGE_INCOMPLETE);
    }

    @Test
    void whereNothingIsToBeDoneItIsIdle() {
        Look quiet = open(true, 100, 50, 0, 0);
        assertThat(Diagnosis.of(quiet, quiet, false)).isEqualTo(Diagnosis.IDLE);
        assertThat(Diagnosis.of(quiet, open(true, 101, 50, 0, 0), false)).isEqualTo(Diagnosis.ACTIVE);
        assertThat(Diagnosis.of(quiet, open(true, 100, 51, 0, 0), false)).isEqualTo(Diagnosis.ACTIVE);
    }

    @Test
    void oneThatHasNotOpenedIsOpening() {
        Look opening = look("OPENING", true, 0, 0, 0, 30);
        assertThat(Diagnosis.of(opening, opening, false)).isEqualTo(Diagnosis.OPENING);
    }

    @Test
    void whereTheLoopIsBusyNothingElseCanBeSaid() {
        Look unread = open(false, 100, 0, 100, 5);
        assertThat(Diagnosis.of(unread, unread, true)).isEqualTo(Diagnosis.LOOP_BUSY);
    }
}
