package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.IOListener;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a stream makes of a transport that fails, or that takes less than it is given. */
class StreamFailuresTest {
    private static final int TURNS = 20;

    private final IOLoop loop = new IOLoop();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final Endpoint endpoint = new Endpoint("failing");
    private final List<String> events = new ArrayList<>();
    private IOStream stream;

    @BeforeEach
    void open() throws IOException {
        stream = IOStream.over(
                transport, loop, StreamOptions.builder().endpoint(endpoint).build());
        stream.setCloseCallback(() -> events.add("closed"));
    }

    @AfterEach
    void nothingIsLeft() {
        stream.abort();
        runTurns();
        assertThat(transport.isClosed()).isTrue();
        assertThat(endpoint.stats().writeBuffer()).isZero();
        assertThat(endpoint.stats().readBuffer()).isZero();
        loop.close();
    }

    private void runTurns() {
        for (int i = 0; i < TURNS; i++) {
            loop.stop();
            loop.start();
        }
    }

    private void record(byte[] data) {
        events.add(new String(data, UTF_8));
    }

    @Test
    void aFailureOnItsBehalfClosesItAndIsReportedLikeOneOfACallback() {
        var failure = new IllegalStateException("worker");
        loop.setExceptionHandler(thrown -> events.add("reported " + thrown.getMessage()));
        stream.readUntil("\n", this::record);
        stream.callbackFailed(failure);
        runTurns();
        assertThat(events).containsExactly("reported worker", "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
        assertThat(stream.error()).isSameAs(failure);
        assertThat(endpoint.stats().closed(CloseReason.CALLBACK_FAILED)).isEqualTo(1);
    }

    // ---- what nobody foresaw

    @Test
    void aReadThatBreaksDownClosesTheStreamAndGivesNobodyElseItsBytes() throws IOException {
        var outOfMemory = new OutOfMemoryError("made up");
        loop.setExceptionHandler(thrown -> events.add("reported " + thrown.getMessage()));
        var others = new ScriptedTransport();
        IOStream other = IOStream.over(others, loop, StreamOptions.defaults());
        stream.readUntil("\n", this::record);
        transport.gives("secret of one\n".getBytes(UTF_8));
        transport.breaksDownWith(outOfMemory);
        others.gives("ours\n".getBytes(UTF_8));
        other.readUntil("\n", this::record);
        runTurns();
        assertThat(events).containsExactlyInAnyOrder("reported made up", "closed", "ours\n");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
        assertThat(stream.error()).isSameAs(outOfMemory);
        assertThat(stream.bufferedBytes()).isZero();
        other.abort();
        runTurns();
    }

    @Test
    void aWriteThatBreaksDownCutsThePeerOffSinceNobodyKnowsHowMuchIsQueued() {
        var outOfMemory = new OutOfMemoryError("made up");
        transport.takes(0);
        transport.breaksDownWhenFullWith(outOfMemory);
        assertThatThrownBy(() -> stream.write(new byte[200_000])).isSameAs(outOfMemory);
        assertThat(transport.isReset()).isTrue();
        assertThat(stream.closeReason()).isEqualTo(CloseReason.WRITE_FAILED);
        assertThat(stream.error()).isSameAs(outOfMemory);
        runTurns();
        assertThat(events).containsExactly("closed");
    }

    @Test
    void aCloseThatBreaksDownLeavesNothingUndone() {
        var outOfMemory = new OutOfMemoryError("made up");
        transport.breaksDownAtCloseWith(outOfMemory);
        assertThatThrownBy(stream::abort).isSameAs(outOfMemory);
        assertThat(loop.stats().streams()).isZero();
        runTurns();
        assertThat(events).containsExactly("closed");
    }

    @Test
    void aListenerThatThrowsIsReportedAndHoldsNothingUp() throws IOException {
        stream.abort();
        runTurns();
        events.clear();
        IOListener throwing = new IOListener() {
            @Override
            public void streamOpened(StreamInfo opened) {
                throw new IllegalStateException("opened");
            }

            @Override
            public void callbackFailed(StreamInfo failed, Throwable failure) {
                throw new IllegalStateException("failed");
            }

            @Override
            public void streamClosed(StreamInfo ended, CloseReason reason, @Nullable Throwable cause) {
                throw new IllegalStateException("ended");
            }
        };
        loop.setExceptionHandler(thrown -> events.add("reported " + thrown.getMessage()));
        var wire = new ScriptedTransport();
        stream = IOStream.over(
                wire, loop, StreamOptions.builder().listener(throwing).build());
        stream.setCloseCallback(() -> events.add("closed too"));
        stream.callbackFailed(new IllegalStateException("callback"));
        runTurns();
        assertThat(events)
                .containsExactly(
                        "reported opened", "reported failed", "reported callback", "reported ended", "closed too");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
        assertThat(wire.isClosed()).isTrue();
    }

    @Test
    void aBufferThatCannotBeWrittenIsRefusedBeforeAnythingIsRead() {
        ByteBuffer readOnly = ByteBuffer.allocate(8).asReadOnlyBuffer();
        assertThatThrownBy(() -> stream.readInto(readOnly, count -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("read-only");
        assertThatThrownBy(() -> stream.readPartialInto(readOnly, count -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("read-only");
        assertThat(stream.reading()).isFalse();
    }

    // ---- what others are owed

    @Test
    void whoWritesAsLongAsThatIsGoodLetsOthersComeIn() {
        byte[] piece = new byte[64 * 1024];
        int pieces = 1;
        while (stream.write(piece) && pieces < 1000) {
            pieces++;
        }
        assertThat(pieces)
                .as("a peer that takes everything is no reason to go on")
                .isBetween(16, 20);
        stream.onWritable(() -> events.add("writable"));
        assertThat(events).isEmpty();
        runTurns();
        assertThat(events).containsExactly("writable");
        assertThat(transport.taken()).hasSize(pieces * piece.length);
    }

    @Test
    void whoWritesToTwoByTurnsLetsOthersComeInAsWell() throws IOException {
        IOStream other = IOStream.over(new ScriptedTransport(), loop, StreamOptions.defaults());
        byte[] piece = new byte[64 * 1024];
        int pieces = 1;
        while (stream.write(piece) & other.write(piece) && pieces < 1000) {
            pieces++;
        }
        assertThat(pieces).isBetween(8, 10);
        other.abort();
        runTurns();
    }

    @Test
    void theMarksAreBelowTheLimitHoweverSmallThatIs() throws IOException {
        var wire = new ScriptedTransport();
        IOStream small = IOStream.over(
                wire, loop, StreamOptions.builder().maxBufferSize(64 * 1024).build());
        wire.takes(0);
        byte[] line = new byte[1001];
        int lines = 1;
        while (small.write(line) && lines < 1000) {
            lines++;
        }
        assertThat(lines).isBetween(32, 34);
        small.onWritable(() -> events.add("writable"));
        runTurns();
        assertThat(events).isEmpty();
        wire.takes(Long.MAX_VALUE);
        wire.becomesReady(Interest.WRITE);
        runTurns();
        assertThat(events).containsExactly("writable");
        small.abort();
        runTurns();
    }

    @Test
    void whoMissesBytesSeesAResetAndWhoHasAllOfThemAnEnd() throws IOException {
        transport.takes(3);
        stream.write("hello");
        runTurns();
        stream.abort();
        assertThat(transport.isReset()).isTrue();
        var wire = new ScriptedTransport();
        IOStream other = IOStream.over(wire, loop, StreamOptions.defaults());
        other.write("hello");
        runTurns();
        other.abort();
        assertThat(wire.isClosed()).isTrue();
        assertThat(wire.isReset()).isFalse();
        runTurns();
    }

    // ---- reading

    @Test
    void aReadThatFailsClosesWithItsCauseAndKeepsWhatCameBefore() {
        var reset = new IOException("Connection reset");
        stream.readUntil("\n", this::record);
        transport.gives("part".getBytes(UTF_8));
        transport.endsWith(reset);
        runTurns();
        assertThat(events).containsExactly("closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.PEER_RESET);
        assertThat(stream.error()).isSameAs(reset);
        stream.readBytes(4, this::record);
        runTurns();
        assertThat(events).containsExactly("closed", "part");
    }

    @Test
    void aMatchThatCameBeforeTheFailureIsFound() {
        stream.readUntilPattern("[a-z]+!", this::record);
        transport.gives("match!".getBytes(UTF_8));
        transport.endsWith(new IOException("Connection reset"));
        runTurns();
        assertThat(events).containsExactly("match!", "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.PEER_RESET);
    }

    @Test
    void readUntilCloseGivesWhatCameBeforeTheFailureAndTheErrorTells() {
        stream.readUntilClose(data -> events.add(new String(data, UTF_8) + ", " + stream.error()));
        transport.gives("part".getBytes(UTF_8));
        transport.endsWith(new IOException("Connection reset"));
        runTurns();
        assertThat(events).containsExactly("part, java.io.IOException: Connection reset", "closed");
    }

    // ---- writing

    @Test
    void aWriteThatFailsClosesWithItsCauseAndIsNotCalledBack() {
        var broken = new IOException("Broken pipe");
        transport.fails(broken);
        stream.write("lost", () -> events.add("never"));
        runTurns();
        assertThat(events).containsExactly("closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.PEER_RESET);
        assertThat(stream.error()).isSameAs(broken);
        assertThatThrownBy(() -> stream.write("x"))
                .isInstanceOf(StreamClosedException.class)
                .hasCause(broken);
    }

    @Test
    void aWriteThatFailsForAnotherReasonSaysSo() {
        transport.takes(0);
        transport.failsWhenFull(new IOException("No buffer space available"));
        stream.write("lost");
        runTurns();
        assertThat(stream.closeReason()).isEqualTo(CloseReason.WRITE_FAILED);
    }

    @Test
    void whatAFailedWriteHasLostIsCountedAsUnsent() {
        transport.takes(0);
        transport.failsWhenFull(new IOException("Broken pipe"));
        stream.write("123456789");
        assertThat(stream.unsentBytes()).isEqualTo(9);
        runTurns();
        assertThat(stream.closeReason()).isEqualTo(CloseReason.PEER_RESET);
        assertThat(stream.unsentBytes()).isEqualTo(9);
    }

    @Test
    void whatALargeFailedWriteHasLostIsCountedAsUnsent() {
        int size = 1_000_000;
        for (int taken : new int[] {0, 1, 64 * 1024, 100_000}) {
            var failing = new ScriptedTransport();
            IOStream writer = over(failing);
            failing.takes(taken);
            failing.failsWhenFull(new IOException("Broken pipe"));
            writer.write(new byte[size]);
            sendTheRest(failing);
            assertThat(writer.closeReason()).isEqualTo(CloseReason.PEER_RESET);
            assertThat(writer.unsentBytes()).as("%d taken", taken).isEqualTo(size - taken);
        }
    }

    @Test
    void whatAFailedWriteWithoutCopyingHasLostIsCountedAsUnsent() {
        int size = 1_000_000;
        for (int taken : new int[] {0, 1, 64 * 1024, 100_000}) {
            var failing = new ScriptedTransport();
            IOStream writer = over(failing);
            failing.takes(taken);
            failing.failsWhenFull(new IOException("Broken pipe"));
            writer.writeZeroCopy(ByteBuffer.allocate(size), null);
            sendTheRest(failing);
            assertThat(writer.unsentBytes()).as("%d taken", taken).isEqualTo(size - taken);
        }
    }

    private void sendTheRest(ScriptedTransport failing) {
        runTurns();
        failing.becomesReady(Interest.WRITE);
        runTurns();
    }

    private IOStream over(ScriptedTransport other) {
        try {
            return IOStream.over(other, loop, StreamOptions.defaults());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
