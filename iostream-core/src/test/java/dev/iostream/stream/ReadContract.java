package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What reading does on every stream. */
abstract class ReadContract extends StreamHarness {
    // ---- readUntil

    @Test
    void readUntilGivesTheBytesUpToAndWithTheDelimiter() {
        client.write("hello\nworld");
        server.readUntil("\n", this::record);
        expect("hello\n");
    }

    @Test
    void readUntilLeavesWhatFollowsInTheBuffer() {
        client.write("one\ntwo\nthree\n");
        server.readUntil("\n", first -> {
            record(first);
            server.readUntil("\n", this::record);
        });
        expect("one\n", "two\n");
        server.readBytes(6, this::record);
        expect("one\n", "two\n", "three\n");
    }

    @Test
    void readUntilFindsADelimiterSplitAcrossWrites() {
        server.readUntil("\r\n\r\n", this::record);
        for (String piece : List.of("head", "\r", "\n", "\r", "\nbody")) {
            client.write(piece);
            runUntilQuiet();
        }
        expect("head\r\n\r\n");
    }

    @Test
    void readUntilFindsADelimiterWhoseStartRepeats() {
        client.write("aaab-ababac");
        server.readUntil("aab", this::record);
        expect("aaab");
        server.readUntil("abac", this::record);
        expect("aaab", "-ababac");
    }

    @Test
    void readUntilTakesDelimitersOfAnyBytes() {
        client.write(new byte[] {1, 0, (byte) 0xFF, '.', '*', 2});
        server.readUntil(new byte[] {0, (byte) 0xFF}, this::record);
        expect("\u0001\u0000\u00FF");
        server.readUntil(".*", this::record);
        expect("\u0001\u0000\u00FF", ".*");
    }

    @Test
    void readUntilRefusesAnEmptyDelimiter() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.readUntil("", this::record))
                .withMessageContaining("at least 1 byte");
        assertThat(server.reading()).isFalse();
    }

    @Test
    void readUntilGivesTheArgumentFirstEvenWhenItIsNull() {
        client.write("a\nb\n");
        server.<String>readUntil("\n", (arg, data) -> events.add(arg + new String(data, UTF_8)), "x");
        expect("xa\n");
        server.<String>readUntil("\n", (arg, data) -> events.add(arg + new String(data, UTF_8)), null);
        expect("xa\n", "nullb\n");
    }

    @Test
    void aMatchThatEndsAtMaxBytesIsWithinIt() {
        client.write("12345\n");
        server.readUntil("\n", 6, this::record);
        expect("12345\n");
    }

    @Test
    void aMatchThatEndsBehindMaxBytesClosesTheStream() {
        whenClosed(server, "closed");
        client.write("123456\n");
        server.readUntil("\n", 6, this::record);
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
        assertThat(server.error()).hasMessageContaining("6 bytes (maxBytes of the read)");
    }

    @Test
    void aLineLongerThanTheBufferClosesTheStreamAndNamesTheSetting() throws IOException {
        connect(options().maxBufferSize(new Limit(64, "my.setting")));
        whenClosed(server, "closed");
        server.readUntil("\n", this::record);
        client.write("x".repeat(65));
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
        assertThat(server.error())
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("readUntil(\"\\n\")")
                .hasMessageContaining("64 bytes (my.setting)");
    }

    @Test
    void aLineOfExactlyTheBufferSizeIsFine() throws IOException {
        connect(options().maxBufferSize(64));
        client.write("x".repeat(63) + "\n" + "y".repeat(63) + "\n");
        server.readUntil("\n", this::record);
        expect("x".repeat(63) + "\n");
        server.readUntil("\n", this::record);
        expect("x".repeat(63) + "\n", "y".repeat(63) + "\n");
    }

    @Test
    void aLineLongerThanTheSharedBufferIsReadWhole() {
        String line = "0123456789".repeat(much() / 10) + "\n";
        client.write(line + "rest");
        server.readUntil("\n", this::record);
        expect(line);
        server.readBytes(4, this::record);
        expect(line, "rest");
    }

    @Test
    void aMatchWithinMaxBytesIsFoundHoweverMuchIsBuffered() {
        receive("1234\n" + "x".repeat(1000));
        server.readUntil("\n", 5, this::record);
        expect("1234\n");
    }

    @Test
    void aDelimiterThatComesWithTheEndIsFound() {
        whenClosed(server, "closed");
        server.readUntil("\n", this::record);
        client.write("last line\n");
        client.close();
        expect("last line\n", "closed");
    }

    // ---- readBytes

    @Test
    void readBytesGivesExactlySoMany() {
        client.write("abcdef");
        server.readBytes(2, first -> {
            record(first);
            server.readBytes(3, this::record);
        });
        expect("ab", "cde");
        server.readBytes(1, this::record);
        expect("ab", "cde", "f");
    }

    @Test
    void readBytesOfNothingCompletesAndLeavesTheBufferAlone() {
        client.write("ab");
        server.readBytes(0, this::record);
        server.readBytes(2, this::record);
        expect("", "ab");
    }

    @Test
    void readBytesRefusesANegativeCount() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.readBytes(-1, this::record))
                .withMessageContaining("-1");
    }

    @Test
    void readBytesOfMoreThanTheBufferMayHoldClosesTheStream() throws IOException {
        connect(options().maxBufferSize(10));
        whenClosed(server, "closed");
        server.readBytes(11, this::record);
        client.write("0123456789");
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
    }

    @Test
    void readBytesOfNothingCompletesOnAClosedStreamToo() {
        server.abort();
        server.readBytes(0, this::record);
        expect("");
    }

    @Test
    void manySmallReadsTakeOneLargeBurst() throws IOException {
        connect(options().maxBufferSize(10 * 1024));
        byte[] sent = randomBytes(100 * 1024);
        var received = ByteBuffer.allocate(sent.length);
        client.write(sent);
        readKibibytes(received);
        runUntil(() -> !received.hasRemaining());
        assertThat(received.array()).isEqualTo(sent);
    }

    private void readKibibytes(ByteBuffer received) {
        if (received.hasRemaining()) {
            server.readBytes(1024, data -> {
                received.put(data);
                readKibibytes(received);
            });
        }
    }

    // ---- all reads

    @Test
    void aSecondReadIsRefusedAndTheFirstGoesOn() {
        server.readUntil("\n", this::record);
        assertThatIllegalStateException()
                .isThrownBy(() -> server.readBytes(1, this::record))
                .withMessageContaining("Already reading")
                .withMessageContaining("readUntil(\"\\n\")");
        client.write("fine\n");
        expect("fine\n");
    }

    @Test
    void noReadOfAnyKindIsAcceptedWhileAnotherIsPending() {
        ByteBuffer destination = ByteBuffer.allocate(1);
        List<Runnable> reads = List.of(
                () -> server.readUntil("x", this::record),
                () -> server.readUntilPattern("x", this::record),
                () -> server.readBytes(1, this::record),
                () -> server.readBytes(1L, this::record, chunk -> {}),
                () -> server.readPartial(1, this::record),
                () -> server.readInto(destination, count -> {}),
                () -> server.readPartialInto(destination, count -> {}),
                () -> server.readUntilClose(this::record),
                () -> server.readUntilClose(this::record, chunk -> {}));
        for (Runnable first : reads) {
            first.run();
            for (Runnable second : reads) {
                assertThatIllegalStateException().isThrownBy(second::run).withMessageContaining("Already reading");
            }
            server.cancelRead();
        }
        server.readUntilPattern("f.ne", this::record);
        assertThatIllegalStateException().isThrownBy(() -> server.readUntilPattern("x", this::record));
        assertThatIllegalStateException().isThrownBy(() -> server.pipeTo(client));
        client.write("fine");
        expect("fine");
    }

    @Test
    void everyReadThatGivesBytesNeedsACallback() {
        ByteBuffer destination = ByteBuffer.allocate(1);
        List<Runnable> reads = List.of(
                () -> server.readUntil("x", null),
                () -> server.readUntilPattern("x", null),
                () -> server.readBytes(1, null),
                () -> server.readBytes(1L, null, chunk -> {}),
                () -> server.readBytes(1L, this::record, null),
                () -> server.readPartial(1, null),
                () -> server.readInto(destination, null),
                () -> server.readPartialInto(destination, null),
                () -> server.readUntilClose(this::record, null));
        for (Runnable read : reads) {
            assertThatNullPointerException().isThrownBy(read::run);
            assertThat(server.reading()).isFalse();
        }
    }

    @Test
    void aReadMayBeStartedBeforeTheCallbackOfTheLastOneHasRun() {
        receive("a\nb\nc\n");
        server.readUntil("\n", this::record);
        assertThat(server.reading()).isFalse();
        server.readUntil("\n", this::record);
        server.readUntil("\n", this::record);
        assertThat(events).isEmpty();
        expect("a\n", "b\n", "c\n");
    }

    @Test
    void everyReadIsGivenItsArgumentFirst() {
        client.write("abcdefghi");
        ByteBuffer destination = ByteBuffer.allocate(2);
        server.<String>readBytes(1, this::recordBoth, "1 ");
        expect("1 a");
        server.<String>readUntilPattern("b", this::recordBoth, "2 ");
        expect("1 a", "2 b");
        server.<String>readPartial(1, this::recordBoth, "3 ");
        expect("1 a", "2 b", "3 c");
        server.<String>readInto(destination, (arg, count) -> events.add(arg + count), "4 ");
        expect("1 a", "2 b", "3 c", "4 2");
        server.<String>readPartialInto(destination.limit(2).position(1), (arg, count) -> events.add(arg + count), null);
        expect("1 a", "2 b", "3 c", "4 2", "null1");
        server.<String>readUntilClose(this::recordBoth, "6 ");
        client.close();
        expect("1 a", "2 b", "3 c", "4 2", "null1", "6 ghi");
    }

    private void recordBoth(String arg, byte[] data) {
        events.add(arg + new String(data, ISO_8859_1));
    }

    @Test
    void anIdleStreamReadsOneChunkAtMost() {
        client.write(new byte[much()]);
        runUntilQuiet();
        assertThat(server.bufferedBytes()).isPositive().isLessThanOrEqualTo(64 * 1024);
        assertThat(client.unsentBytes()).isPositive();
    }

    @Test
    void aLimitSetBelowWhatIsBufferedIsMetByTheNextByteOnly() {
        receive("0123456789");
        whenClosed(server, "closed");
        server.setMaxBufferSize(4);
        server.readBytes(2, this::record);
        expect("01");
        assertThat(server.closed()).isFalse();
        server.readUntil("\n", this::record);
        client.write("x");
        expect("01", "closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
        assertThat(server.error())
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("4 bytes (IOStream.setMaxBufferSize)");
        server.readBytes(8, this::record);
        expect("01", "closed", "23456789");
    }

    @Test
    void anyLimitOfAtLeastOneByteIsTaken() {
        assertThatIllegalArgumentException().isThrownBy(() -> server.setMaxBufferSize(0));
        assertThatIllegalArgumentException().isThrownBy(() -> server.setMaxBufferSize(-1));
        server.setMaxBufferSize(1);
        client.write("ab");
        server.readBytes(1, first -> {
            record(first);
            server.readBytes(1, this::record);
        });
        expect("a", "b");
    }

    @Test
    void callbacksDoNotRunInsideTheCall() {
        client.write("a\n");
        server.readUntil("\n", first -> {
            record(first);
            client.write("b\n", () -> events.add("written"));
            server.readBytes(0, this::record);
            events.add("call returned");
        });
        expect("a\n", "call returned", "", "written");
    }

    @Test
    void whatACallbackDoesAfterAReadDoesNotUndoItWhenItsBytesAreBuffered() {
        receive("a\nb\nc\nd\n");
        server.readUntil("\n", a -> {
            record(a);
            server.readUntil("\n", b -> {
                record(b);
                server.readUntil("\n", c -> {
                    record(c);
                    server.readUntil("\n", this::record);
                    server.close();
                });
                server.cancelRead();
            });
            assertThat(server.reading()).isFalse();
        });
        expect("a\n", "b\n", "c\n", "d\n");
    }

    @Test
    void aReadAfterOneThatExceedsItsLimitIsRefusedAsOnAClosedStream() {
        receive("a\nbcdefgh");
        server.readUntil("\n", a -> {
            record(a);
            server.readUntil("\n", 3, this::record);
            assertThatThrownBy(() -> server.readBytes(100, this::record)).isInstanceOf(StreamClosedException.class);
            events.add("refused");
        });
        expect("a\n", "refused");
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
    }

    @Test
    void aReadOfACallbackIsPendingUntilItsBytesCome() {
        receive("a\n");
        server.readUntil("\n", a -> {
            record(a);
            server.readUntil("\n", this::record);
            assertThat(server.reading()).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> server.readBytes(1, this::record));
        });
        expect("a\n");
        client.write("b\n");
        expect("a\n", "b\n");
    }

    @Test
    void readingIsTrueWhileAReadIsPending() {
        assertThat(server.reading()).isFalse();
        server.readUntil("\n", this::record);
        assertThat(server.reading()).isTrue();
        client.write("x\n");
        expect("x\n");
        assertThat(server.reading()).isFalse();
    }

    @Test
    void aLongChainOfBufferedReadsNeedsConstantStack() {
        int count = Math.min(1_000_000, much());
        client.write(new byte[count]);
        var done = new AtomicInteger();
        readByteByByte(count, done);
        runUntil(() -> done.get() == count);
    }

    private void readByteByByte(int left, AtomicInteger done) {
        if (left > 0) {
            server.readBytes(1, unused -> {
                done.incrementAndGet();
                readByteByByte(left - 1, done);
            });
        }
    }

    @Test
    void aReaderThatPausesHoldsItsPeerBack() throws IOException {
        connect(options().maxBufferSize(4096));
        byte[] much = new byte[much()];
        client.write(much);
        runUntilQuiet();
        assertThat(server.bufferedBytes()).isLessThanOrEqualTo(4096);
        assertThat(client.unsentBytes()).isPositive();
        var got = new AtomicInteger();
        drain(got, much.length);
        runUntil(() -> got.get() == much.length);
        assertThat(client.unsentBytes()).isZero();
    }

    private void drain(AtomicInteger got, int total) {
        int next = Math.min(4096, total - got.get());
        if (next > 0) {
            server.readBytes(next, data -> {
                got.addAndGet(data.length);
                drain(got, total);
            });
        }
    }

    @Test
    void everyByteArrivesInOrderHoweverItIsWrittenAndRead() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] sent = new byte[Math.min(1_000_000, much())];
        random.nextBytes(sent);
        var received = ByteBuffer.allocate(sent.length);
        for (int from = 0; from < sent.length; ) {
            int size = Math.min(sent.length - from, 1 + random.nextInt(30_000));
            client.write(ByteBuffer.wrap(sent, from, size));
            from += size;
        }
        readRandomly(random, received);
        runUntil(() -> !received.hasRemaining());
        assertThat(received.array()).as("seed %d", seed).isEqualTo(sent);
    }

    private void readRandomly(Random random, ByteBuffer received) {
        if (received.hasRemaining()) {
            server.readBytes(Math.min(received.remaining(), random.nextInt(20_000)), data -> {
                received.put(data);
                readRandomly(random, received);
            });
        }
    }

    // ---- readUntilPattern

    @Test
    void readUntilPatternGivesTheBytesUpToAndWithTheMatch() {
        client.write("GET /index HTTP/1.0\r\nHost: x\r\n\r\nbody");
        server.readUntilPattern("\r?\n\r?\n", this::record);
        expect("GET /index HTTP/1.0\r\nHost: x\r\n\r\n");
        server.readBytes(4, this::record);
        expect("GET /index HTTP/1.0\r\nHost: x\r\n\r\n", "body");
    }

    @Test
    void readUntilPatternFindsAMatchSplitAcrossWrites() {
        server.readUntilPattern("en+d", this::record);
        for (String piece : List.of("begin e", "nn", "n", "d more")) {
            client.write(piece);
            runUntilQuiet();
        }
        expect("begin ennnd");
    }

    @Test
    void aPatternsAnchorIsTheFirstUnreadByte() {
        client.write("ab\nab\n");
        server.readUntil("\n", first -> server.readUntilPattern("^ab", this::record));
        expect("ab");
    }

    @Test
    void aPatternSeesEachByteAsOneCharacter() {
        client.write(new byte[] {(byte) 0xC3, (byte) 0xA9, 'x'});
        server.readUntilPattern("[\\x80-\\xFF]{2}x", this::record);
        expect("\u00C3\u00A9x");
    }

    @Test
    void aPatternThatMatchesNothingCompletesOnceAByteIsThere() {
        server.readUntilPattern("z*", this::record);
        runUntilQuiet();
        assertThat(events).isEmpty();
        client.write("abc");
        expect("");
        server.readBytes(3, this::record);
        expect("", "abc");
    }

    @Test
    void aPatternThatDoesNotCompileIsRefusedAtOnce() {
        assertThatThrownBy(() -> server.readUntilPattern("(", this::record))
                .isInstanceOf(java.util.regex.PatternSyntaxException.class);
        assertThat(server.reading()).isFalse();
    }

    @Test
    void aMatchThatEndsBehindMaxBytesClosesTheStreamThatReadsAPattern() {
        whenClosed(server, "closed");
        client.write("123456\n");
        server.readUntilPattern("\n", 6, this::record);
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
        assertThat(server.error()).hasMessageContaining("6 bytes (maxBytes of the read)");
    }

    @Test
    void aPatternMatchThatEndsAtMaxBytesIsWithinIt() {
        client.write("12345\n789");
        server.readUntilPattern("\n", 6, this::record);
        expect("12345\n");
    }

    @Test
    void aPatternThatTakesTooManyStepsClosesItsStream() {
        whenClosed(server, "closed");
        server.readUntilPattern("(a+)+c", this::record);
        client.write("a".repeat(2000) + "b");
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PATTERN_BUDGET);
        assertThat(server.error()).isInstanceOf(PatternBudgetException.class).hasMessageContaining("(a+)+c");
    }

    @Test
    void aPatternThatNeedsTooDeepARecursionClosesItsStream() {
        whenClosed(server, "closed");
        server.readUntilPattern("(?:a|b)*c", this::record);
        client.write("ab".repeat(much() / 4));
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PATTERN_BUDGET);
        assertThat(reported).isEmpty();
    }

    @Test
    void aGreedyPatternTakesWhatIsThereAndWaitsForNoMore() {
        receive("xaaa");
        server.readUntilPattern("a+", this::record);
        runUntil(() -> events.size() == 1);
        assertThat(events.get(0)).isEqualTo("xaaa");
        client.write("a|");
        server.readUntil("|", this::record);
        expect("xaaa", "a|");
    }

    @Test
    void aMatchThatComesWithTheEndIsFound() {
        whenClosed(server, "closed");
        server.readUntilPattern("l.st", this::record);
        client.write("the last");
        client.close();
        expect("the last", "closed");
    }

    // ---- streaming

    @Test
    void readBytesStreamsChunksThatAreTheWholeAndEndsWithNothing() {
        byte[] sent = randomBytes(much());
        var chunks = ByteBuffer.allocate(sent.length);
        client.write(sent);
        client.write("rest");
        server.readBytes(sent.length, last -> events.add("last " + last.length), chunk -> {
            assertThat(chunk.isReadOnly()).isTrue();
            assertThat(chunk.hasRemaining()).isTrue();
            chunks.put(chunk);
        });
        runUntil(() -> events.size() == 1);
        assertThat(events).containsExactly("last 0");
        assertThat(chunks.array()).isEqualTo(sent);
        server.readBytes(4, this::record);
        expect("last 0", "rest");
    }

    @Test
    void streamingIsNotBoundByTheBuffer() throws IOException {
        connect(options().maxBufferSize(100));
        byte[] sent = randomBytes(50_000);
        var count = new AtomicInteger();
        client.write(sent);
        server.readBytes(sent.length, last -> events.add("done"), chunk -> count.addAndGet(chunk.remaining()));
        runUntil(() -> events.size() == 1);
        assertThat(count).hasValue(sent.length);
    }

    @Test
    void readBytesOfNothingStreamsNothing() {
        client.write("x");
        server.readBytes(0L, last -> events.add("last " + last.length), chunk -> events.add("chunk"));
        expect("last 0");
    }

    @Test
    void streamingCallbacksAreGivenTheirOwnArguments() {
        client.write("abc");
        var chunks = new StringBuilder();
        server.<String, StringBuilder>readBytes(
                3L,
                (arg, last) -> events.add(arg + last.length),
                "final ",
                (into, chunk) -> into.append(ISO_8859_1.decode(chunk)),
                chunks);
        expect("final 0");
        assertThat(chunks).hasToString("abc");
    }

    @Test
    void aStreamingReadThatTheEndCutsShortIsNotCalled() {
        whenClosed(server, "closed");
        var chunks = new StringBuilder();
        server.readBytes(10L, last -> events.add("never"), chunk -> chunks.append(ISO_8859_1.decode(chunk)));
        client.write("short");
        client.close();
        expect("closed");
        assertThat(chunks).hasToString("short");
    }

    @Test
    void aStreamingCallbackThatThrowsClosesItsStream() {
        whenClosed(server, "closed");
        server.readBytes(10L, this::record, chunk -> {
            throw new IllegalArgumentException("in the streaming callback");
        });
        client.write("x");
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
    }

    @Test
    void aStreamingCallbackMayCloseTheStream() {
        whenClosed(server, "closed");
        server.readBytes(10L, this::record, chunk -> server.close());
        client.write("abc");
        whenClosed(client, "client closed");
        runUntil(() -> events.size() == 2);
        assertThat(events).containsExactlyInAnyOrder("closed", "client closed");
    }

    // ---- readPartial, readInto

    @Test
    void readPartialGivesWhatIsThere() {
        server.readPartial(100, data -> {
            assertThat(data).isNotEmpty();
            record(data);
        });
        client.write("a");
        expect("a");
    }

    @Test
    void readPartialGivesNoMoreThanAskedFor() {
        client.write("abcdef");
        server.readBytes(1, first -> server.readPartial(2, this::record));
        runUntil(() -> events.size() == 1);
        assertThat("bc").startsWith(events.get(0));
        server.readPartial(0, this::record);
        runUntil(() -> events.size() == 2);
        assertThat(events.get(1)).isEmpty();
    }

    @Test
    void readIntoFillsTheBufferAndKeepsWhatFollows() {
        ByteBuffer destination = ByteBuffer.allocate(10).position(2);
        client.write("ab");
        runUntilQuiet();
        client.write("cdefghijk");
        server.readInto(destination, count -> events.add("into " + count));
        expect("into 8");
        assertThat(new String(destination.array(), 2, 8, UTF_8)).isEqualTo("abcdefgh");
        server.readBytes(3, this::record);
        expect("into 8", "ijk");
    }

    @Test
    void readsIntoBuffersFollowOneAnother() {
        ByteBuffer first = ByteBuffer.allocate(2);
        ByteBuffer second = ByteBuffer.allocate(10);
        server.readInto(first, two -> {
            events.add("first " + two);
            server.readPartialInto(second, some -> {
                events.add("second " + (some >= 1));
                server.readInto(first.clear(), again -> events.add("first again " + again));
            });
        });
        client.write("ab");
        runUntil(() -> events.size() == 1);
        client.write("c");
        runUntil(() -> events.size() == 2);
        client.write("de");
        expect("first 2", "second true", "first again 2");
        assertThat(new String(first.array(), UTF_8)).isEqualTo("de");
        assertThat((char) second.get(0)).isEqualTo('c');
    }

    @Test
    void readIntoIsNotBoundByTheBuffer() throws IOException {
        connect(options().maxBufferSize(100));
        byte[] sent = randomBytes(50_000);
        ByteBuffer destination = ByteBuffer.allocateDirect(sent.length);
        client.write(sent);
        server.readInto(destination, (arg, count) -> events.add(arg + count), "into ");
        expect("into 50000");
        byte[] got = new byte[sent.length];
        destination.flip().get(got);
        assertThat(got).isEqualTo(sent);
    }

    @Test
    void readPartialIntoTakesWhatIsThere() {
        ByteBuffer destination = ByteBuffer.allocate(10);
        server.readPartialInto(destination, count -> events.add("into " + count));
        client.write("a");
        expect("into 1");
        assertThat(destination.get(0)).isEqualTo((byte) 'a');
    }

    // ---- readUntilClose

    @Test
    void readUntilCloseGivesEverythingWhenThePeerHasClosed() {
        whenClosed(server, "closed");
        server.readUntilClose(this::record);
        client.write("every");
        client.write("thing");
        client.close();
        expect("everything", "closed");
        assertThat(server.error()).isNull();
    }

    @Test
    void readUntilCloseStreamsWhatComesAndEndsWithTheRest() {
        byte[] sent = randomBytes(much());
        var all = ByteBuffer.allocate(sent.length);
        client.write(sent);
        client.close();
        server.readBytes(1, first -> {
            all.put(first);
            server.readUntilClose(
                    last -> {
                        all.put(last);
                        events.add("last");
                    },
                    all::put);
        });
        whenClosed(server, "closed");
        expect("last", "closed");
        assertThat(all.array()).isEqualTo(sent);
    }

    /** A stream runs a bounded number of callbacks before others come in, and wherever that falls it has to go on. */
    @Test
    void whatComesBehindLinesIsStreamedHoweverManyTheyWere() throws IOException {
        int more = 10_000;
        for (int lines = 52; lines <= 64; lines++) {
            connect(options());
            events.clear();
            var streamed = new AtomicInteger();
            client.write("x\n".repeat(lines) + "y".repeat(more));
            client.close();
            readLinesAndThenStream(lines, streamed);
            expect("last");
            assertThat(streamed).as("behind %d lines", lines).hasValue(more);
        }
    }

    private void readLinesAndThenStream(int lines, AtomicInteger streamed) {
        if (lines > 0) {
            server.readUntil("\n", line -> readLinesAndThenStream(lines - 1, streamed));
        } else {
            server.readUntilClose(last -> events.add("last"), chunk -> streamed.addAndGet(chunk.remaining()));
        }
    }

    @Test
    void readUntilCloseKeepsToTheLimitOfTheBufferUnlessItStreams() throws IOException {
        connect(options().maxBufferSize(10));
        server.readUntilClose(this::record);
        whenClosed(server, "closed");
        client.write("0123456789X");
        expect("0123456789", "closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
    }

    @Test
    void readUntilCloseKeepsToItsMaxBytesAndGivesThem() {
        server.readUntilClose(10, this::record);
        whenClosed(server, "closed");
        client.write("0123456789X");
        expect("0123456789", "closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
        assertThat(server.error()).hasMessageContaining("10 bytes (maxBytes of the read)");
    }

    @Test
    void readUntilCloseOfExactlyItsMaxBytesIsFine() {
        server.<String>readUntilClose(10, (arg, data) -> events.add(arg + new String(data, UTF_8)), "all ");
        whenClosed(server, "closed");
        client.write("0123456789");
        client.close();
        expect("all 0123456789", "closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @Test
    void readUntilCloseEndsWithALocalClose() {
        client.write("abc");
        server.readUntilClose(this::record);
        runUntil(() -> server.bufferedBytes() == 3);
        server.close();
        whenClosed(server, "closed");
        client.close();
        expect("abc", "closed");
    }

    @Test
    void readUntilCloseOnAClosedStreamGivesTheRest() {
        client.write("abc");
        server.readBytes(100, this::record);
        runUntil(() -> server.bufferedBytes() == 3);
        server.abort();
        server.readUntilClose(this::record);
        expect("abc");
        server.readUntilClose(last -> events.add("last " + last.length), chunk -> events.add("chunk"));
        expect("abc", "last 0");
    }

    @Test
    void readUntilCloseStreamsWhatWasBufferedBeforeIt() {
        receive("abc");
        server.readUntilClose(last -> events.add("last " + last.length), chunk -> record(bytes(chunk)));
        expect("abc");
        assertThat(server.reading()).isTrue();
        client.close();
        expect("abc", "last 0");
    }

    @Test
    void readUntilCloseOnAClosedStreamStreamsTheRest() {
        receive("abc");
        server.abort();
        server.readUntilClose(last -> events.add("last " + last.length), chunk -> record(bytes(chunk)));
        expect("abc", "last 0");
        assertThat(server.reading()).isFalse();
    }

    private static byte[] bytes(ByteBuffer chunk) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.get(bytes);
        return bytes;
    }

    @Test
    void readUntilCloseGivesEachCallbackItsOwnArgument() {
        var chunks = new StringBuilder();
        server.<String, StringBuilder>readUntilClose(
                (arg, last) -> events.add(arg + last.length),
                "last ",
                (into, chunk) -> into.append(ISO_8859_1.decode(chunk)),
                chunks);
        client.write("abc");
        client.close();
        expect("last 0");
        assertThat(chunks).hasToString("abc");
    }

    @Test
    void readUntilCloseNeedsNoCallback() {
        server.readUntilClose(null);
        assertThat(server.reading()).isTrue();
        whenClosed(server, "closed");
        client.write("x");
        client.close();
        expect("closed");
    }

    // ---- cancelRead

    @Test
    void aCancelledReadIsNeverCalledAndLosesNothing() {
        server.readUntil("\n", this::record);
        client.write("abc");
        runUntil(() -> server.bufferedBytes() == 3);
        server.cancelRead();
        assertThat(server.reading()).isFalse();
        server.readBytes(3, this::record);
        expect("abc");
    }
}
