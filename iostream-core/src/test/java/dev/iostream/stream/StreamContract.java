package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every stream does, whatever carries its bytes. Each transport has a subclass that connects two streams and runs
 * their loop.
 */
abstract class StreamContract {
    /** Two connected streams on one loop. */
    record Pair(IOStream client, IOStream server) {}

    private final Endpoint endpoint = new Endpoint("contract");
    private final List<Throwable> reported = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private boolean loopClosed;
    private IOStream client;
    private IOStream server;

    abstract IOLoop loop();

    /** Two streams, connected to each other; the server's end with these options. */
    abstract Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) throws IOException;

    /** Bytes that are many for this transport: far more than it holds by itself, yet soon carried. */
    abstract int much();

    /** Runs the loop until the condition holds, and fails when it never does. */
    abstract void runUntil(BooleanSupplier condition);

    /** Runs the loop until it has done all that it can do without further events. */
    abstract void runUntilQuiet();

    @BeforeEach
    void open() throws IOException {
        loop().setExceptionHandler(reported::add);
        connect(options());
    }

    @AfterEach
    void nothingIsLeftOpen() {
        if (!loopClosed) {
            client.abort();
            server.abort();
            runUntilQuiet();
        }
        assertThat(endpoint.stats().active()).as("open streams").isZero();
        assertThat(endpoint.stats().readBuffer()).as("unread bytes counted").isEqualTo(server.bufferedBytes());
        assertThat(endpoint.stats().writeBuffer()).as("unsent bytes counted").isZero();
        assertThat(loop().stats().streams()).as("streams of the loop").isZero();
        assertThat(loop().stats().timers()).as("timers of the loop").isZero();
        loop().close();
    }

    StreamOptions.Builder options() {
        return StreamOptions.builder().endpoint(endpoint);
    }

    private void connect(StreamOptions.Builder serverOptions) throws IOException {
        if (client != null) {
            client.abort();
            server.abort();
        }
        Pair pair = connect(StreamOptions.defaults(), serverOptions.build());
        client = pair.client();
        server = pair.server();
    }

    private void record(byte[] data) {
        events.add(new String(data, ISO_8859_1));
    }

    private void expect(String... expected) {
        runUntil(() -> events.size() >= expected.length);
        runUntilQuiet();
        assertThat(events).containsExactly(expected);
    }

    private void whenClosed(IOStream stream, String event) {
        stream.setCloseCallback(() -> events.add(event));
    }

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
    void writeTellsWhenThereIsTooMuchUnsent() throws IOException {
        connect(options().waterMarks(10, 20));
        assertThat(server.write("x".repeat(19))).isTrue();
        assertThat(server.write("x")).isFalse();
    }

    // ---- closing

    @Test
    void closeLosesNothingThatWasWritten() {
        byte[] much = new byte[much()];
        client.write(much);
        client.close();
        assertThat(client.closed()).isTrue();
        server.readBytes(much.length, data -> events.add("read " + data.length));
        whenClosed(server, "server closed");
        expect("read " + much.length, "server closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(server.error()).isNull();
    }

    @Test
    void closeWithUnreadInputLosesNothingThatWasWritten() {
        server.write("noise that nobody reads");
        runUntilQuiet();
        client.write("farewell\n");
        client.close();
        server.readUntil("\n", this::record);
        whenClosed(server, "server closed");
        expect("farewell\n", "server closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @Test
    void theCloseCallbackRunsOnceAndLast() {
        whenClosed(client, "closed");
        server.readUntil("\n", line -> server.close());
        client.write("bye\n", () -> events.add("written"));
        client.readUntil("\n", this::record);
        expect("written", "closed");
        client.close();
        client.abort();
        expect("written", "closed");
        assertThat(client.closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @Test
    void aCloseCallbackSetOnAClosedStreamRunsOnce() {
        client.abort();
        runUntilQuiet();
        whenClosed(client, "closed");
        assertThat(events).isEmpty();
        expect("closed");
    }

    @Test
    void theLastCloseCallbackCountsAndNullClearsIt() {
        whenClosed(client, "first");
        whenClosed(client, "second");
        client.abort();
        expect("second");
        whenClosed(server, "never");
        server.setCloseCallback(null);
        server.abort();
        expect("second");
    }

    @Test
    void bytesThatCameBeforeTheEndAreReadFirst() {
        whenClosed(server, "closed");
        client.write("12");
        client.close();
        server.readBytes(1, first -> {
            record(first);
            server.readBytes(1, this::record);
        });
        expect("1", "2", "closed");
    }

    @Test
    void anEndIsNotNoticedWhileUnreadBytesAreBuffered() {
        client.write("12");
        client.close();
        server.readBytes(1, this::record);
        expect("1");
        assertThat(server.closed()).isFalse();
        server.readBytes(1, this::record);
        expect("1", "2");
        runUntil(server::closed);
    }

    @Test
    void aReadThatTheEndMakesImpossibleIsNotCalled() {
        whenClosed(server, "closed");
        server.readBytes(10, this::record);
        client.write("short");
        client.close();
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(server.reading()).isFalse();
        server.readBytes(5, this::record);
        expect("closed", "short");
    }

    @Test
    void aClosedStreamStillGivesWhatItHasBuffered() {
        client.write("abc\ndef");
        server.readBytes(1, first -> {
            record(first);
            server.readBytes(100, this::record);
        });
        runUntil(() -> server.bufferedBytes() == 6);
        server.close();
        server.readUntil("\n", this::record);
        expect("a", "bc\n");
        assertThatThrownBy(() -> server.readUntil("\n", this::record))
                .isInstanceOf(StreamClosedException.class)
                .hasMessageContaining("LOCAL");
        assertThat(server.reading()).isFalse();
        server.readBytes(3, this::record);
        expect("a", "bc\n", "def");
    }

    @Test
    void aWriteOnAClosedStreamIsRefused() {
        client.close();
        assertThatThrownBy(() -> client.write("x"))
                .isInstanceOf(StreamClosedException.class)
                .hasMessageContaining("write 1 bytes")
                .hasMessageContaining("LOCAL");
    }

    @Test
    void abortDropsWhatWasNotSent() {
        client.write(new byte[much()]);
        client.abort();
        assertThat(client.unsentBytes()).isPositive();
        assertThat(client.writing()).isFalse();
        assertThat(client.closeReason()).isEqualTo(CloseReason.ABORTED);
    }

    @Test
    void anIdleStreamNoticesItsPeersEnd() {
        whenClosed(server, "closed");
        client.close();
        expect("closed");
    }

    @Test
    void closingInsideACallbackIsFine() {
        whenClosed(server, "closed");
        server.readUntil("\n", line -> {
            record(line);
            server.write("bye\n");
            server.close();
        });
        client.write("quit\nignored\n");
        client.readUntil("\n", this::record);
        whenClosed(client, "client closed");
        runUntil(() -> events.size() == 4);
        assertThat(events).startsWith("quit\n").contains("bye\n", "closed", "client closed");
    }

    @Test
    void aCallbackThatThrowsClosesItsStreamOnly() throws IOException {
        Pair other = connect(StreamOptions.defaults(), StreamOptions.defaults());
        var failure = new IllegalArgumentException("the user's mistake");
        whenClosed(server, "closed");
        server.readUntil("\n", line -> {
            throw failure;
        });
        client.write("x\n");
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
        assertThat(server.error()).isSameAs(failure);
        assertThat(reported).containsExactly(failure);
        other.client().write("fine\n");
        other.server().readUntil("\n", this::record);
        expect("closed", "fine\n");
        other.client().abort();
        other.server().abort();
    }

    @Test
    void aCloseCallbackThatThrowsIsReported() {
        client.setCloseCallback(() -> {
            throw new IllegalStateException("in the close callback");
        });
        client.abort();
        runUntil(() -> reported.size() == 1);
        assertThat(client.closeReason()).isEqualTo(CloseReason.ABORTED);
    }

    @Test
    void whatIsHeldAndCarriedIsCounted() {
        client.write("line\npart");
        server.readUntil("\n", line -> {
            record(line);
            server.readUntil("\n", this::record);
        });
        expect("line\n");
        assertThat(endpoint.stats().active()).isEqualTo(1);
        assertThat(endpoint.stats().received()).isEqualTo(9);
        assertThat(endpoint.stats().readBuffer()).isEqualTo(4);
        server.write("12345", () -> events.add("written"));
        expect("line\n", "written");
        assertThat(endpoint.stats().sent()).isEqualTo(5);
        server.abort();
        assertThat(endpoint.stats().closed(CloseReason.ABORTED)).isEqualTo(1);
        assertThat(endpoint.stats().active()).isZero();
    }

    @Test
    void aClosedLoopClosesItsStreams() {
        whenClosed(client, "client closed");
        whenClosed(server, "server closed");
        loop().close();
        loopClosed = true;
        assertThat(events).containsExactlyInAnyOrder("client closed", "server closed");
        assertThat(client.closeReason()).isEqualTo(CloseReason.LOOP_CLOSED);
    }
}
