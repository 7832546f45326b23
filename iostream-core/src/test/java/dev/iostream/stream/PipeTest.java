package dev.iostream.stream;

import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In what pieces a pipe reads and writes; what it carries and how it ends is in {@link WriteContract}. */
class PipeTest {
    private static final int TURNS = 20;
    private static final int LARGEST = InboundBuffer.PIPED;

    private final IOLoop loop = new IOLoop();
    private final ScriptedTransport from = new ScriptedTransport();
    private final ScriptedTransport to = new ScriptedTransport();
    private IOStream source;

    @BeforeEach
    void open() throws IOException {
        source = IOStream.over(from, loop, StreamOptions.defaults());
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private IOStream pipeInto(StreamOptions options) throws IOException {
        IOStream target = IOStream.over(to, loop, options);
        source.pipeTo(target);
        return target;
    }

    private void runTurns() {
        for (int i = 0; i < TURNS; i++) {
            loop.stop();
            loop.start();
        }
    }

    private static byte[] some(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void sendsOnInOnePieceWhatCameInOne() throws IOException {
        byte[] sent = some(LARGEST);
        from.gives(sent);
        pipeInto(StreamOptions.defaults());
        runTurns();
        assertThat(to.taken()).isEqualTo(sent);
        assertThat(to.writes).isOne();
    }

    @Test
    void oneThatIsRefusedLeavesTheSourceAsItWas() throws IOException {
        var ends = new ArrayList<String>();
        IOStream target = IOStream.over(to, loop, StreamOptions.defaults());
        source.setReadEndCallback(() -> ends.add("peer ended"));
        source.readBytes(1, data -> {});
        assertThatIllegalStateException()
                .isThrownBy(() -> source.pipeTo(target))
                .withMessageContaining("Already reading");
        from.ends();
        runTurns();
        assertThat(ends).containsExactly("peer ended");
    }

    @Test
    void readsNothingWhileTheTargetHasSomethingUnsent() throws IOException {
        byte[] sent = some(LARGEST + 1000);
        from.gives(sent);
        to.takes(LARGEST - 1);
        IOStream target = pipeInto(StreamOptions.defaults());
        runTurns();
        assertThat(from.reads).isOne();
        assertThat(from.watched).isEqualTo(Interest.NONE);
        assertThat(target.unsentBytes()).isOne();

        to.takes(Long.MAX_VALUE);
        to.becomesReady(Interest.WRITE);
        runTurns();
        assertThat(to.taken()).isEqualTo(sent);
        assertThat(from.watched).isEqualTo(Interest.READ);
    }

    @Test
    void readsNoMoreAtOnceThanTheTargetMayHaveUnsent() throws IOException {
        int high = 100_000;
        from.gives(some(LARGEST));
        to.takes(0);
        IOStream target =
                pipeInto(StreamOptions.builder().waterMarks(1000, high).build());
        runTurns();
        assertThat(target.unsentBytes()).isEqualTo(high);
    }

    @Test
    void readsNoMoreAtOnceThanTheTargetsWriteLimitHasRoomFor() throws IOException {
        byte[] sent = some(LARGEST);
        from.gives(sent);
        IOStream target =
                pipeInto(StreamOptions.builder().maxWriteBufferSize(50_000).build());
        runTurns();
        assertThat(to.taken()).isEqualTo(sent);
        assertThat(target.closed()).isFalse();
    }

    @Test
    void aTargetThatLivesOnKeepsNothingOfPipesThatHaveEnded() throws IOException {
        IOStream target = IOStream.over(to, loop, StreamOptions.defaults());
        WeakReference<Pipe> stopped = stopped(target);
        eventually("the pipe is let go", () -> {
            System.gc();
            return stopped.refersTo(null);
        });
        assertThat(target.closed()).isFalse();
    }

    private WeakReference<Pipe> stopped(IOStream target) {
        Pipe pipe = source.pipeTo(target);
        pipe.stop();
        runTurns();
        return new WeakReference<>(pipe);
    }

    @Test
    void aPipeMayBeStoppedByWhoHearsThatItsTargetHasClosed() throws IOException {
        IOStream target = IOStream.over(to, loop, StreamOptions.defaults());
        var pipes = new ArrayList<Pipe>();
        pipes.add(source.pipeTo(target));
        target.async().close().thenRun(() -> pipes.forEach(Pipe::stop));
        target.abort();
        runTurns();
        assertThat(pipes.get(0).ended()).isTrue();
    }

    @Test
    void whatASourceHadBufferedWhenItClosedIsSentOn() throws IOException {
        byte[] rest = some(1000);
        from.gives(rest);
        source.readBytes(2000, data -> {});
        runTurns();
        source.close();
        IOStream target = pipeInto(StreamOptions.defaults());
        runTurns();
        assertThat(to.taken()).isEqualTo(rest);
        assertThat(target.closeReason()).isEqualTo(CloseReason.LOCAL);
    }

    @Test
    void movesAMebibyteForOneReadinessAtMost() throws IOException {
        pipeInto(StreamOptions.defaults());
        runTurns();
        from.gives(some(LARGEST), some(LARGEST), some(LARGEST), some(LARGEST), some(LARGEST));
        from.becomesReady(Interest.READ);
        assertThat(to.taken()).hasSize(4 * LARGEST);
        runTurns();
        assertThat(to.taken()).hasSize(5 * LARGEST);
    }
}
