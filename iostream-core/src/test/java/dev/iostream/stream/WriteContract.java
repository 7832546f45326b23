package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.iostream.event.CloseReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What writing does on every stream. */
abstract class WriteContract extends ReadContract {
    // ---- write

    @Test
    void writesKeepTheirOrder() {
        client.write("a");
        client.write(ByteBuffer.wrap("bc".getBytes(UTF_8)));
        client.write(new byte[] {'d', '\n'});
        server.readUntil("\n", this::record);
        expect("abcd\n");
    }

    @Test
    void writeCopiesWhatItIsGiven() {
        byte[] data = {'x', '\n'};
        client.write(data);
        data[0] = 'y';
        server.readUntil("\n", this::record);
        expect("x\n");
    }

    @Test
    void writeOfABufferDoesNotMoveItsPosition() {
        ByteBuffer data = ByteBuffer.wrap("-ab-".getBytes(UTF_8), 1, 2).slice();
        client.write(data);
        assertThat(data.remaining()).isEqualTo(2);
        server.readBytes(2, this::record);
        expect("ab");
    }

    @Test
    void theWriteCallbackRunsWhenEverythingHasLeft() {
        byte[] much = new byte[much()];
        client.write(much, () -> events.add("written"));
        assertThat(client.writing()).isTrue();
        server.readBytes(much.length, data -> events.add("read " + data.length));
        runUntil(() -> events.size() == 2);
        assertThat(events).containsExactlyInAnyOrder("written", "read " + much.length);
        assertThat(client.writing()).isFalse();
    }

    @Test
    void aLaterWriteCallbackReplacesOneThatHasNotRun() {
        client.write("a", () -> events.add("first"));
        client.write("b", () -> events.add("second"));
        client.write("c");
        expect("second");
    }

    @Test
    void aWriteOfNothingCompletes() {
        client.write(new byte[0], () -> events.add("written"));
        expect("written");
    }

    @Test
    void aWriteOfNothingCompletesAfterWhatWasWrittenBefore() {
        byte[] much = new byte[much()];
        client.write(much);
        client.write(new byte[0], () -> events.add("unsent " + client.unsentBytes()));
        runUntilQuiet();
        assertThat(events).isEmpty();
        server.readBytes(much.length, data -> {});
        expect("unsent 0");
    }

    @Test
    void theWriteCallbackOfAClosedStreamRunsWhenEverythingHasLeft() {
        whenClosed(client, "closed");
        client.write(new byte[much()], () -> events.add("written"));
        client.close();
        server.readBytes(much(), data -> {});
        expect("written", "closed");
    }

    @Test
    void theWriteCallbackOfAnAbortedStreamIsNotCalled() {
        whenClosed(client, "closed");
        client.write("x", () -> events.add("never"));
        client.abort();
        expect("closed");
    }

    @Test
    void aCallbackThatIsNullIsRefusedAndNothingIsWritten() {
        assertThatNullPointerException().isThrownBy(() -> client.write(new byte[1], (Runnable) null));
        assertThatNullPointerException().isThrownBy(() -> client.write(ByteBuffer.allocate(1), (Runnable) null));
        assertThatNullPointerException().isThrownBy(() -> client.writeBuffer(new IOBuffer().append("x"), null));
        assertThat(client.writing()).isFalse();
    }

    @Test
    void everyWriteIsGivenItsArgument() {
        client.write(new byte[] {'a'}, events::add, "array");
        expect("array");
        client.write(ByteBuffer.wrap(new byte[] {'b'}), events::add, "buffer");
        expect("array", "buffer");
        client.writeBuffer(new IOBuffer().append("c"), events::add, "io buffer");
        expect("array", "buffer", "io buffer");
        client.writeZeroCopy(new IOBuffer().append("d"), arg -> events.add("" + arg), null);
        expect("array", "buffer", "io buffer", "null");
        server.readBytes(4, this::record);
        expect("array", "buffer", "io buffer", "null", "abcd");
    }

    @Test
    void manyStreamsWrittenInOneTurnKeepTheirBytes() throws IOException {
        for (int count : new int[] {17, 100}) {
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                pairs.add(connect(StreamOptions.defaults(), StreamOptions.defaults()));
            }
            var lines = new AtomicInteger();
            loop().addCallback(() -> {
                for (String piece : List.of("first ", "second ")) {
                    pairs.forEach(pair -> pair.client().write(piece + pairs.indexOf(pair) + " "));
                }
                pairs.forEach(pair -> pair.client().write("last\n"));
            });
            for (Pair pair : pairs) {
                String number = pairs.indexOf(pair) + " ";
                pair.server().readUntil("\n", line -> {
                    assertThat(line).asString().isEqualTo("first " + number + "second " + number + "last\n");
                    lines.incrementAndGet();
                });
            }
            runUntil(() -> lines.get() == count);
            assertThat(reported).isEmpty();
            for (Pair pair : pairs) {
                pair.client().abort();
                pair.server().abort();
            }
        }
    }

    @Test
    void theWriteCallbackIsGivenItsArgument() {
        client.write("a", events::add, "arg");
        expect("arg");
    }

    @Test
    void anOverLimitWriteIsRefusedAndQueuesNothing() throws IOException {
        connect(options().maxBufferSize(1000).maxWriteBufferSize(new Limit(10, "my.write.setting")));
        server.write("12345");
        assertThatThrownBy(() -> server.write("678901"))
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("6 bytes")
                .hasMessageContaining("10 bytes (my.write.setting)");
        server.write("67890");
        client.readBytes(10, this::record);
        expect("1234567890");
    }

    @Test
    void theLimitOfWritesIsThatOfTheBufferUnlessSetAndCountsCopiesOnly() throws IOException {
        connect(options().maxBufferSize(10));
        server.write("1234567890");
        assertThatThrownBy(() -> server.write("1")).isInstanceOf(BufferFullException.class);
        client.readBytes(10, this::record);
        expect("1234567890");
        server.writeZeroCopy(ByteBuffer.wrap("12345678901".getBytes(UTF_8)), () -> events.add("written"));
        expect("1234567890", "written");
    }

    @Test
    void aLimitSetBelowWhatIsUnsentIsMetByTheNextWriteOnly() throws IOException {
        server.write("1234567890");
        server.setMaxBufferSize(4);
        assertThat(server.closed()).isFalse();
        assertThatThrownBy(() -> server.write("1"))
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("4 bytes (IOStream.setMaxBufferSize)");
        client.readBytes(10, this::record);
        expect("1234567890");
        server.write("1234");
        connect(options().maxWriteBufferSize(100));
        server.setMaxBufferSize(4);
        server.write("12345");
    }

    @Test
    void aLimitThatWritesWereGivenStaysTheirsEvenWhileItIsTheSame() throws IOException {
        connect(options().maxBufferSize(10).maxWriteBufferSize(10));
        server.setMaxBufferSize(4);
        server.write("1234567890");
        client.readBytes(10, this::record);
        expect("1234567890");
        connect(options().maxWriteBufferSize(10));
        server.setMaxBufferSize(10);
        server.setMaxBufferSize(4);
        server.write("1234567890");
    }

    @Test
    void writeTellsWhenThereIsTooMuchUnsent() throws IOException {
        connect(options().waterMarks(10, 20));
        assertThat(server.write("x".repeat(19))).isTrue();
        assertThat(server.write("x")).isFalse();
    }

    // ---- writeBuffer, writeZeroCopy

    @Test
    void writeZeroCopySendsTheBufferAndDoesNotMoveIt() {
        byte[] sent = randomBytes(much());
        for (ByteBuffer data : List.of(ByteBuffer.wrap(sent), direct(sent))) {
            var got = new AtomicInteger();
            client.writeZeroCopy(data, () -> events.add("written"));
            assertThat(client.writing()).isTrue();
            server.readBytes(sent.length, received -> {
                assertThat(received).isEqualTo(sent);
                got.set(received.length);
            });
            runUntil(() -> got.get() == sent.length && !client.writing());
            runUntilQuiet();
            assertThat(data.remaining()).isEqualTo(sent.length);
        }
        assertThat(events).containsExactly("written", "written");
    }

    @Test
    void oneBufferCanBeSentAgainWithOtherBounds() {
        ByteBuffer data = ByteBuffer.wrap("abcdef".getBytes(UTF_8));
        server.readBytes(12, this::record);
        client.writeZeroCopy(data.limit(3), () -> {
            events.add("first");
            client.writeZeroCopy(data.limit(6).position(2), () -> {
                events.add("second");
                client.writeZeroCopy(data.position(1), () -> events.add("third"));
            });
        });
        runUntil(() -> events.size() == 4);
        assertThat(events).contains("abccdefbcdef").containsSubsequence("first", "second", "third");
        assertThat(data.position()).isEqualTo(1);
    }

    @Test
    void aBufferCanBeWrittenWithOrWithoutACopy() {
        IOBuffer buffer = new IOBuffer().append("copied ");
        client.writeBuffer(buffer, () -> {
            buffer.clear().append("not copied\n");
            client.writeZeroCopy(buffer, events::add, "written");
        });
        server.readUntil("\n", line -> events.add("read"));
        runUntil(() -> events.size() == 2);
        assertThat(events).containsExactlyInAnyOrder("written", "read");
        assertThat(buffer.toByteArray()).isEqualTo("not copied\n".getBytes(UTF_8));
    }

    @Test
    void writeZeroCopyIsRefusedWhileBytesAreUnsent() {
        client.write("before\n");
        assertThatIllegalStateException()
                .isThrownBy(() -> client.writeZeroCopy(ByteBuffer.allocate(3), null))
                .withMessageContaining("7 bytes written before are unsent");
        server.readUntil("\n", this::record);
        expect("before\n");
        client.writeZeroCopy(ByteBuffer.wrap("after\n".getBytes(UTF_8)), null);
        server.readUntil("\n", this::record);
        expect("before\n", "after\n");
    }

    @Test
    void everyOtherWriteIsRefusedWhileOneWithoutCopyingIsUnderWay() {
        byte[] sent = randomBytes(much());
        client.writeZeroCopy(ByteBuffer.wrap(sent), () -> events.add("written"));
        assertThatIllegalStateException().isThrownBy(() -> client.write("x")).withMessageContaining("under way");
        assertThatIllegalStateException().isThrownBy(() -> client.writeZeroCopy(ByteBuffer.allocate(1), null));
        server.readBytes(sent.length, data -> {
            assertThat(data).isEqualTo(sent);
            server.readBytes(1, this::record);
        });
        runUntil(() -> events.size() == 1);
        client.write("x");
        expect("written", "x");
    }

    @Test
    void writeZeroCopyOfNothingCompletes() {
        client.writeZeroCopy(ByteBuffer.allocate(0), events::add, "written");
        expect("written");
        client.write("x");
        server.readBytes(1, this::record);
        expect("written", "x");
    }

    @Test
    void aNewWriteMayBeMadeInTheCallbackOfOneWithoutCopying() {
        ByteBuffer data = ByteBuffer.wrap(randomBytes(much()));
        client.writeZeroCopy(data, () -> {
            assertThat(client.writing()).isFalse();
            client.writeZeroCopy(ByteBuffer.wrap("a".getBytes(UTF_8)), () -> client.write("b"));
        });
        server.readBytes(data.remaining(), bytes -> server.readBytes(2, this::record));
        expect("ab");
    }

    @Test
    void oneBufferMayBeWrittenToManyStreamsAtOnceWithoutCopying() throws IOException {
        byte[] sent = randomBytes(50_000);
        ByteBuffer shared = ByteBuffer.wrap(sent).asReadOnlyBuffer();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Pair pair = connect(StreamOptions.defaults(), StreamOptions.defaults());
            pairs.add(pair);
            pair.client().writeZeroCopy(shared, null);
            pair.server().readBytes(sent.length, data -> {
                assertThat(data).isEqualTo(sent);
                events.add("whole");
            });
        }
        expect("whole", "whole", "whole", "whole", "whole");
        for (Pair pair : pairs) {
            pair.client().abort();
            pair.server().abort();
        }
    }

    @Test
    void writeZeroCopyCanBeClosed() {
        client.writeZeroCopy(ByteBuffer.allocateDirect(much()), () -> events.add("never"));
        client.abort();
        assertThat(client.writing()).isFalse();
        assertThatThrownBy(() -> client.write("x")).isInstanceOf(StreamClosedException.class);
        runUntilQuiet();
        assertThat(events).isEmpty();
    }

    @Test
    void aPartOfAFileIsSent(@TempDir Path folder) throws IOException {
        byte[] content = randomBytes(much());
        Path path = Files.write(folder.resolve("content"), content);
        try (var file = FileChannel.open(path)) {
            client.writeZeroCopy(file, 10, content.length - 20, () -> events.add("written"));
            server.readBytes(content.length - 20, data -> {
                assertThat(data).isEqualTo(Arrays.copyOfRange(content, 10, content.length - 10));
                events.add("read");
            });
            runUntil(() -> events.size() == 2);
        }
        assertThat(events).containsExactlyInAnyOrder("written", "read");
    }

    @Test
    void aFileThatIsTooShortFailsTheWrite(@TempDir Path folder) throws IOException {
        Path path = Files.write(folder.resolve("content"), new byte[100]);
        whenClosed(client, "closed");
        server.readUntilClose(data -> events.add("read " + data.length));
        try (var file = FileChannel.open(path)) {
            client.writeZeroCopy(file, 0, 101, () -> events.add("never"));
            runUntil(() -> events.size() == 2);
        }
        assertThat(events).contains("closed");
        assertThat(client.closeReason()).isEqualTo(CloseReason.WRITE_FAILED);
        assertThat(client.error()).hasMessageContaining("has ended at byte 100");
    }

    // ---- back pressure

    @Test
    void onWritableRunsWhenLittleIsUnsent() throws IOException {
        connect(options().waterMarks(10_000, 20_000));
        server.onWritable(() -> events.add("at once"));
        expect("at once");
        byte[] sent = new byte[much()];
        assertThat(server.write(sent)).isFalse();
        assertThat(server.writable()).isFalse();
        server.onWritable(() -> events.add("unsent " + (server.unsentBytes() <= 10_000)));
        runUntilQuiet();
        assertThat(events).hasSize(1);
        client.readBytes(sent.length, data -> {});
        expect("at once", "unsent true");
        assertThat(server.writable()).isTrue();
    }

    // ---- half-close

    @Test
    void shutdownWriteEndsTheBytesToThePeerAndGoesOnReading() {
        assumeTrue(halfCloses(), "the protocol ends both directions at once");
        server.readUntilClose(null);
        server.setReadEndCallback(() -> {
            server.write("answer");
            server.close();
        });
        client.write("question");
        client.shutdownWrite(() -> events.add("shut down"));
        client.readUntilClose(this::record);
        expect("shut down", "answer");
        assertThatThrownBy(() -> client.write("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void thePeersEndClosesAStreamThatDoesNotAskForIt() {
        assumeTrue(halfCloses(), "the protocol ends both directions at once");
        whenClosed(server, "closed");
        client.shutdownWrite(null);
        whenClosed(client, "client closed");
        runUntil(() -> events.size() == 2);
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(client.closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @Test
    void theReadEndCallbackComesAfterWhatWasReadBefore() {
        assumeTrue(halfCloses(), "the protocol ends both directions at once");
        server.setReadEndCallback(() -> events.add("end"));
        server.readUntil("\n", line -> {
            record(line);
            server.readUntil("\n", this::record);
        });
        client.write("a\nb\n");
        client.shutdownWrite(null);
        expect("a\n", "b\n", "end");
        assertThat(server.closed()).isFalse();
        assertThatThrownBy(() -> server.readBytes(1, this::record))
                .isInstanceOf(StreamClosedException.class)
                .hasMessageContaining("PEER_END");
        server.write("still open\n");
        client.readUntil("\n", this::record);
        expect("a\n", "b\n", "end", "still open\n");
        whenClosed(server, "closed");
        server.shutdownWrite(null);
        expect("a\n", "b\n", "end", "still open\n", "closed");
    }

    @Test
    void aProtocolWithoutHalfCloseSaysSo() {
        assumeFalse(halfCloses());
        assertThatIllegalStateException()
                .isThrownBy(() -> client.shutdownWrite(null))
                .withMessageContaining("TLS 1.2 has no such thing");
        client.write("still open");
        server.readBytes(10, this::record);
        expect("still open");
    }

    // ---- pipes

    @Test
    void aPipeSendsOnWhatItsSourceReceivesAndClosesBoth() throws IOException {
        byte[] sent = randomBytes(much());
        Pair further = connect(StreamOptions.defaults(), StreamOptions.defaults());
        Pipe pipe = server.pipeTo(further.client());
        pipe.onEnd(() -> events.add("end"));
        client.write(sent);
        client.close();
        further.server().readUntilClose(data -> {
            assertThat(data).isEqualTo(sent);
            events.add("received");
        });
        runUntil(() -> events.size() == 2 && server.closed() && further.client().closed());
        assertThat(pipe.bytes()).isEqualTo(sent.length);
        assertThat(pipe.ended()).isTrue();
    }

    @Test
    void twoPipesCarryAConversationAndItsHalfClose() throws IOException {
        assumeTrue(halfCloses(), "the protocol ends both directions at once");
        Pair further = connect(StreamOptions.defaults(), StreamOptions.defaults());
        server.pipeTo(further.client());
        further.client().pipeTo(server);
        client.write("question");
        client.shutdownWrite(null);
        client.readUntilClose(this::record);
        further.server().setReadEndCallback(() -> {
            further.server().write("answer");
            further.server().close();
        });
        further.server().readUntilClose(this::record);
        expect("question", "answer");
        runUntil(() -> server.closed() && further.client().closed());
    }

    @Test
    void aPipeIsHeldBackByItsTarget() throws IOException {
        connect(options().maxBufferSize(100_000));
        Pair further = connect(
                StreamOptions.builder().waterMarks(1000, 2000).build(),
                StreamOptions.builder().maxBufferSize(1000).build());
        server.pipeTo(further.client());
        byte[] sent = randomBytes(4 * much());
        client.write(sent);
        runUntilQuiet();
        assertThat(further.client().unsentBytes()).isLessThan(100_000);
        assertThat(client.unsentBytes()).isPositive();
        var count = new AtomicInteger();
        further.server()
                .readBytes(sent.length, last -> events.add("done"), chunk -> count.addAndGet(chunk.remaining()));
        runUntil(() -> events.size() == 1);
        assertThat(count).hasValue(sent.length);
        client.close();
        runUntil(() -> further.server().closed());
    }

    @Test
    void twoPipesIntoOneTargetAreBothHeldBackAndBothGoOn() throws IOException {
        Pair second = connect(StreamOptions.defaults(), StreamOptions.defaults());
        Pair target = connect(StreamOptions.builder().waterMarks(1000, 2000).build(), StreamOptions.defaults());
        server.pipeTo(target.client());
        second.server().pipeTo(target.client());
        target.client().onWritable(() -> events.add("writable"));
        client.write(new byte[much()]);
        second.client().write(new byte[much()]);
        var count = new AtomicInteger();
        target.server().readBytes(2L * much(), last -> events.add("done"), chunk -> count.addAndGet(chunk.remaining()));
        runUntil(() -> events.size() == 2);
        assertThat(count).hasValue(2 * much());
        assertThat(events).containsExactlyInAnyOrder("writable", "done");
        client.close();
        second.client().close();
        runUntil(() -> target.server().closed() && second.server().closed());
    }

    @Test
    void aPipeCanBeStoppedAndLeavesBothStreamsOpen() throws IOException {
        Pair further = connect(StreamOptions.defaults(), StreamOptions.defaults());
        Pipe pipe = server.pipeTo(further.client());
        client.write("piped");
        further.server().readBytes(5, this::record);
        expect("piped");
        pipe.stop();
        client.write("kept");
        server.readBytes(4, this::record);
        expect("piped", "kept");
        further.client().write("own");
        further.server().readBytes(3, this::record);
        expect("piped", "kept", "own");
        further.client().abort();
        further.server().abort();
    }

    @Test
    void aPipeEndsWhenItsTargetCloses() throws IOException {
        Pair further = connect(StreamOptions.defaults(), StreamOptions.defaults());
        server.pipeTo(further.client());
        further.server().abort();
        whenClosed(server, "source closed");
        whenClosed(client, "peer closed");
        runUntil(() -> events.size() == 2);
        assertThat(further.client().closed()).isTrue();
    }

    @Test
    void aPipeWhoseSourceIsCutOffCutsOffItsTarget() throws IOException {
        assumeTrue(resets(), "the system knows no reset of such connections");
        Pair further = connect(StreamOptions.defaults(), StreamOptions.defaults());
        server.pipeTo(further.client());
        client.write("part");
        further.server().readBytes(4, this::record);
        expect("part");
        further.server().readUntilClose(rest -> events.add("end"));
        client.write(new byte[much()]);
        client.abort();
        runUntil(() -> further.server().closed() && further.client().closed());
        assertThat(server.closeReason()).isIn(brokenOff());
        assertThat(further.server().closeReason()).isIn(brokenOff());
        assertThat(further.client().closeReason()).isEqualTo(CloseReason.ABORTED);
    }

    @Test
    void ofTwoPipesAStreamThatIsCutOffCutsOffTheOtherOne() throws IOException {
        assumeTrue(resets(), "the system knows no reset of such connections");
        Pair further = connect(StreamOptions.defaults(), StreamOptions.defaults());
        server.pipeTo(further.client());
        further.client().pipeTo(server);
        byte[] answer = new byte[much()];
        client.write("question");
        further.server().readBytes(8, this::record);
        expect("question");
        further.server().write("answer");
        client.readBytes(6, this::record);
        expect("question", "answer");
        further.server().readUntilClose(rest -> events.add("end"));
        // one end fails while the other one's bytes go there
        further.server().write(answer);
        client.write(new byte[much()]);
        client.abort();
        runUntil(() -> further.server().closed() && further.client().closed());
        assertThat(further.server().closeReason()).isIn(brokenOff());
        assertThat(further.client().closeReason()).isEqualTo(CloseReason.ABORTED);
    }

    @Test
    void aPipeWhoseTargetIsClosedByAnotherThreadEndsAsWhenItsTargetCloses() throws IOException {
        Pair further = connect(StreamOptions.defaults(), StreamOptions.defaults());
        int queued = much();
        whenClosed(server, "source closed");
        receive("line\nrest");
        server.readUntil("\n", line -> {
            server.write(new byte[queued]);
            server.pipeTo(further.client()).onEnd(() -> events.add("end"));
            // the loop has this turn to go before it hears of that
            elsewhere(further.client()::close);
        });
        client.readUntilClose(data -> events.add("peer received " + data.length));
        runUntil(() -> events.size() == 3);
        assertThat(events).containsExactlyInAnyOrder("end", "peer received " + queued, "source closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(further.client().closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(reported).isEmpty();
        events.clear();
        server.readBytes(4, this::record);
        expect("rest");
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
