package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.iostream.event.CloseReason;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each deadline in virtual time: when it closes a stream, and when it must not. */
class DeadlinesTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration JUST_BEFORE = LIMIT.minusMillis(1);
    private static final Duration A_LITTLE = Duration.ofMillis(2);

    private final Simulation simulation = new Simulation(Link.perfect().window(1000));
    private final List<String> lines = new ArrayList<>();
    private IOStream client;
    private IOStream server;

    private void connect(StreamOptions.Builder options) {
        Simulation.Peers peers = simulation.connect(StreamOptions.defaults(), options.build());
        client = peers.client();
        server = peers.server();
    }

    private void readLines() {
        server.readUntil("\n", line -> {
            lines.add(new String(line));
            readLines();
        });
    }

    private void assertOpenThenClosed(CloseReason reason, String message) {
        simulation.run(JUST_BEFORE);
        assertThat(server.closed()).isFalse();
        simulation.run(A_LITTLE);
        assertThat(server.closeReason()).isEqualTo(reason);
        assertThat(server.error()).hasMessageContaining(message).hasMessageContaining("PT10S");
    }

    // ---- first byte

    @Test
    void aPeerThatSaysNothingIsClosed() {
        connect(StreamOptions.builder().firstByteTimeout(LIMIT));
        readLines();
        assertOpenThenClosed(CloseReason.FIRST_BYTE_DEADLINE, "No byte came");
    }

    @Test
    void aPeerThatHasSpokenIsNotClosedByTheFirstByteDeadline() {
        connect(StreamOptions.builder().firstByteTimeout(LIMIT));
        readLines();
        client.write("x");
        simulation.run(LIMIT.multipliedBy(3));
        assertThat(server.closed()).isFalse();
    }

    @Test
    void theFirstByteDeadlineIsOnlyForMessages() {
        connect(StreamOptions.builder().firstByteTimeout(LIMIT));
        server.readUntilClose(last -> {}, chunk -> {});
        simulation.run(LIMIT.multipliedBy(3));
        assertThat(server.closed()).isFalse();
    }

    // ---- read

    @Test
    void aMessageThatIsBegunButNotCompletedCloses() {
        connect(StreamOptions.builder().readTimeout(LIMIT));
        readLines();
        simulation.run(LIMIT.multipliedBy(3));
        client.write("begun");
        assertOpenThenClosed(CloseReason.READ_DEADLINE, "begun but not completed");
    }

    @Test
    void drippingBytesDoNotProlongTheReadDeadline() {
        connect(StreamOptions.builder().readTimeout(LIMIT));
        readLines();
        assertDrippingEndsAtTheReadDeadline();
    }

    private void assertDrippingEndsAtTheReadDeadline() {
        for (int second = 0; second < 9; second++) {
            client.write("x");
            simulation.run(Duration.ofSeconds(1));
        }
        assertThat(server.closed()).isFalse();
        client.write("x");
        simulation.run(Duration.ofSeconds(1).plus(A_LITTLE));
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_DEADLINE);
    }

    @Test
    void drippingIntoABufferOfTheCallersDoesNotProlongItEither() {
        connect(StreamOptions.builder().readTimeout(LIMIT));
        server.readInto(ByteBuffer.allocate(1000), count -> lines.add("full"));
        assertDrippingEndsAtTheReadDeadline();
        assertThat(lines).isEmpty();
    }

    @Test
    void eachMessageHasTheWholeTime() {
        connect(StreamOptions.builder().readTimeout(LIMIT));
        readLines();
        for (int message = 0; message < 5; message++) {
            client.write("half ");
            simulation.run(Duration.ofSeconds(9));
            client.write("and half\nand the next begins ");
            simulation.run(A_LITTLE);
        }
        assertThat(server.closed()).isFalse();
        assertThat(lines).hasSize(5);
    }

    @Test
    void streamingHasNoReadDeadline() {
        connect(StreamOptions.builder().readTimeout(LIMIT));
        server.readBytes(1000L, last -> {}, chunk -> {});
        client.write("begun");
        simulation.run(LIMIT.multipliedBy(3));
        assertThat(server.closed()).isFalse();
    }

    // ---- idle

    @Test
    void aStreamOnWhichNothingMovesIsClosed() {
        connect(StreamOptions.builder().idleTimeout(LIMIT));
        readLines();
        client.write("line\n");
        assertOpenThenClosed(CloseReason.IDLE_DEADLINE, "Nothing was read or written");
        assertThat(lines).containsExactly("line\n");
    }

    @Test
    void bytesInEitherDirectionKeepAStreamAlive() {
        connect(StreamOptions.builder().idleTimeout(LIMIT));
        readLines();
        for (int i = 0; i < 5; i++) {
            client.write("x");
            simulation.run(Duration.ofSeconds(9));
            server.write("y");
            simulation.run(Duration.ofSeconds(9));
        }
        assertThat(server.closed()).isFalse();
    }

    @Test
    void theIdleDeadlineRunsWhileNobodyReads() {
        connect(StreamOptions.builder().idleTimeout(LIMIT));
        client.write("unread");
        simulation.run(Duration.ofSeconds(1));
        assertThat(server.bufferedBytes()).isEqualTo(6);
        simulation.run(LIMIT);
        assertThat(server.closeReason()).isEqualTo(CloseReason.IDLE_DEADLINE);
    }

    @Test
    void bytesThatWaitedThroughAPauseOfTheProcessAreSeenBeforeTheDeadline() {
        connect(StreamOptions.builder().idleTimeout(LIMIT));
        readLines();
        simulation.run(JUST_BEFORE);
        client.write("just in time\n");
        simulation.loop().addCallback(() -> simulation.standStill(LIMIT));
        simulation.run(A_LITTLE);
        assertThat(server.closed()).isFalse();
        assertThat(lines).containsExactly("just in time\n");
    }

    // ---- write stall

    @Test
    void aPeerThatTakesNothingIsClosed() {
        connect(StreamOptions.builder().writeStallTimeout(LIMIT));
        client.readBytes(500, first -> client.readBytes(1, unread -> {}));
        server.write(new byte[100_000]);
        simulation.run(Duration.ofSeconds(1));
        long unsent = server.unsentBytes();
        assertThat(unsent).isPositive();
        client.cancelRead();
        simulation.run(LIMIT.plus(A_LITTLE));
        assertThat(server.closeReason()).isEqualTo(CloseReason.WRITE_STALL);
        assertThat(server.error()).hasMessageContaining("took no bytes for PT10S");
        assertThat(server.unsentBytes()).isPositive();
    }

    @Test
    void aPeerThatTakesALittleNowAndThenIsNotClosed() {
        connect(StreamOptions.builder().writeStallTimeout(LIMIT));
        server.write(new byte[8_000]);
        for (int i = 0; i < 8; i++) {
            client.readBytes(1000, data -> lines.add("read"));
            simulation.run(Duration.ofSeconds(9));
        }
        assertThat(server.closed()).isFalse();
        assertThat(lines).hasSize(8);
    }

    // ---- close

    @Test
    void aCloseThatCannotSendEverythingEndsWithItsDeadline() {
        connect(StreamOptions.builder().closeTimeout(LIMIT));
        server.write(new byte[100_000]);
        List<String> events = new ArrayList<>();
        server.setCloseCallback(() -> events.add("unsent " + (server.unsentBytes() > 0)));
        server.close();
        simulation.run(JUST_BEFORE);
        assertThat(server.closed()).isTrue();
        assertThat(events).isEmpty();
        simulation.run(A_LITTLE);
        assertThat(events).containsExactly("unsent true");
        assertThat(server.closeReason()).isEqualTo(CloseReason.CLOSE_DEADLINE);
    }

    @Test
    void whatHasNotLeftAtTheCloseDeadlineIsCountedToTheByte() {
        connect(StreamOptions.builder().closeTimeout(LIMIT));
        // the first thousand are read by the idle client, the second fill the link
        server.write(new byte[2000]);
        simulation.run(A_LITTLE);
        server.write("a few more bytes that find no room");
        server.close();
        simulation.run(LIMIT.plus(A_LITTLE));
        assertThat(server.closeReason()).isEqualTo(CloseReason.CLOSE_DEADLINE);
        assertThat(server.unsentBytes()).isEqualTo(34);
        client.readUntilClose(data -> {});
        simulation.run();
        assertThat(client.closeReason()).as("no end that looks like all").isEqualTo(CloseReason.PEER_RESET);
    }

    @Test
    void aWriteInTheTurnOfTheCloseDeadlineIsCountedAsUnsent() {
        connect(StreamOptions.builder().closeTimeout(Duration.ZERO));
        server.write(new byte[100_000], () -> lines.add("written"));
        server.close();
        simulation.run();
        assertThat(lines).isEmpty();
        assertThat(server.closeReason()).isEqualTo(CloseReason.CLOSE_DEADLINE);
        // the link has taken what fits into its window
        assertThat(server.unsentBytes()).isEqualTo(99_000);
    }

    @Test
    void aCloseWhosePeerNeverEndsIsAnOrdinaryOneAfterItsDeadline() {
        connect(StreamOptions.builder().closeTimeout(LIMIT));
        client.setReadEndCallback(() -> lines.add("end"));
        server.close();
        simulation.run(LIMIT.plus(A_LITTLE));
        assertThat(lines).containsExactly("end");
        assertThat(server.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(server.unsentBytes()).isZero();
    }

    // ---- all

    @Test
    void noTimerIsLeftWhenAStreamWithAllDeadlinesCloses() {
        connect(StreamOptions.builder()
                .firstByteTimeout(LIMIT)
                .readTimeout(LIMIT)
                .idleTimeout(LIMIT)
                .writeStallTimeout(LIMIT));
        readLines();
        client.write("line\npart");
        simulation.run(Duration.ofSeconds(1));
        assertThat(simulation.loop().stats().timers()).isEqualTo(1);
        server.abort();
        client.abort();
        simulation.run();
        assertThat(simulation.loop().stats().timers()).isZero();
    }

    @Test
    void aDeadlineOfNoTimeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamOptions.builder().idleTimeout(Duration.ZERO))
                .withMessageContaining("idleTimeout must be positive");
    }

    @Test
    void aCloseWithoutTimeStillSendsWhatTheTransportTakesAtOnce() {
        connect(StreamOptions.builder().closeTimeout(Duration.ZERO));
        client.readUntilClose(data -> lines.add(new String(data)));
        simulation.loop().addCallback(() -> {
            server.write("farewell");
            server.close();
        });
        simulation.run();
        assertThat(lines).containsExactly("farewell");
        assertThat(server.closeReason()).isEqualTo(CloseReason.LOCAL);
    }
}
