package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InboundBufferTest {
    private static final int MOST = InboundBuffer.CHUNK;

    private final ByteBuffer common = ByteBuffer.allocateDirect(IOLoop.READ_BUFFER);
    private final ScriptedTransport transport = new ScriptedTransport();
    private final InboundBuffer inbound = new InboundBuffer();

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private int fill() throws IOException {
        return inbound.fill(transport, common, MOST);
    }

    private String take(int count) {
        return new String(inbound.take(count), ISO_8859_1);
    }

    /** What another stream does to the buffer that all share. */
    private void spoil() {
        common.clear();
        while (common.hasRemaining()) {
            common.put((byte) '!');
        }
    }

    @Test
    void startsEmpty() {
        assertThat(inbound.isEmpty()).isTrue();
        assertThat(inbound.endOf(bytes("x"), 0, MOST)).isEqualTo(-1);
    }

    @Test
    void readsOnceAndTellsWhatTheTransportReturned() throws IOException {
        transport.gives(bytes("ab"), bytes("c"));
        assertThat(fill()).isEqualTo(2);
        assertThat(transport.reads).isEqualTo(1);
        assertThat(fill()).isEqualTo(1);
        assertThat(fill()).isZero();
        transport.ends();
        assertThat(fill()).isEqualTo(-1);
        assertThat(take(3)).isEqualTo("abc");
    }

    @Test
    void readsNoMoreThanItIsAllowedTo() throws IOException {
        transport.gives(bytes("abcdef"));
        assertThat(inbound.fill(transport, common, 4)).isEqualTo(4);
        assertThat(inbound.size()).isEqualTo(4);
    }

    @Test
    void whatIsTakenIsTheUsersOwn() throws IOException {
        transport.gives(bytes("abc"));
        fill();
        byte[] taken = inbound.take(2);
        spoil();
        assertThat(taken).isEqualTo(bytes("ab"));
    }

    @Test
    void whatIsRetainedSurvivesTheNextStream() throws IOException {
        transport.gives(bytes("abc"));
        fill();
        take(1);
        inbound.retain();
        spoil();
        assertThat(take(2)).isEqualTo("bc");
    }

    @Test
    void whatIsReadLaterFollowsWhatWasRetained() throws IOException {
        transport.gives(bytes("ab"), bytes("cd"));
        fill();
        inbound.retain();
        spoil();
        fill();
        inbound.retain();
        spoil();
        assertThat(take(4)).isEqualTo("abcd");
    }

    @Test
    void aReadThatFailsLosesNothingThatWasThere() throws IOException {
        transport.gives(bytes("abc"));
        fill();
        inbound.retain();
        transport.fails(new IOException("Connection reset"));
        assertThatThrownBy(this::fill).hasMessage("Connection reset");
        spoil();
        assertThat(take(3)).isEqualTo("abc");
    }

    @Test
    void aReadThatFindsNothingLosesNothingThatWasThere() throws IOException {
        transport.gives(bytes("abc"));
        fill();
        assertThat(fill()).isZero();
        spoil();
        inbound.retain();
        assertThat(inbound.size()).isEqualTo(3);
    }

    @Test
    void moreThanTheSharedBufferHoldsIsGathered() throws IOException {
        byte[] much = new byte[5 * MOST];
        new Random(1).nextBytes(much);
        transport.gives(much);
        while (inbound.size() < much.length) {
            fill();
        }
        assertThat(inbound.take(much.length)).isEqualTo(much);
        assertThat(inbound.isEmpty()).isTrue();
    }

    @Test
    void aDelimiterIsFoundAcrossReads() throws IOException {
        transport.gives(bytes("head\r"), bytes("\n\r"), bytes("\nbody"));
        for (int i = 0; i < 3; i++) {
            fill();
            inbound.retain();
            spoil();
        }
        assertThat(inbound.endOf(bytes("\r\n\r\n"), 7, MOST)).isEqualTo(8);
    }

    @Test
    void aDelimiterIsLookedForFromTheFirstByteThatIsLeft() throws IOException {
        transport.gives(bytes("a\nb\nc"));
        fill();
        assertThat(inbound.endOf(bytes("\n"), 0, MOST)).isEqualTo(2);
        take(2);
        assertThat(inbound.endOf(bytes("\n"), 0, MOST)).isEqualTo(2);
        take(2);
        assertThat(inbound.endOf(bytes("\n"), 0, MOST)).isEqualTo(-1);
    }

    @Test
    void aDelimiterThatEndsBehindTheLimitIsNotFound() throws IOException {
        transport.gives(bytes("abc\r\n"));
        fill();
        assertThat(inbound.endOf(bytes("\r\n"), 0, 4)).isEqualTo(-1);
        assertThat(inbound.endOf(bytes("\r\n"), 0, 5)).isEqualTo(5);
    }

    @Test
    void aBufferThatIsNeverEmptyDoesNotGrow() throws IOException {
        byte[] piece = new byte[MOST];
        for (int i = 0; i < 4; i++) {
            transport.gives(piece);
            fill();
        }
        ByteBuffer destination = ByteBuffer.allocate(MOST);
        long before = allocatedBytes();
        int rounds = 2000;
        for (int i = 0; i < rounds; i++) {
            transport.gives(piece);
            fill();
            inbound.moveTo(destination.clear());
        }
        assertThat(inbound.size()).isEqualTo(4 * MOST);
        assertThat(allocatedBytes() - before).as("bytes allocated").isLessThan(rounds * (long) MOST / 20);
    }

    @Test
    void memoryThatAPeakHasTakenIsLetGoWithIt() throws IOException {
        byte[] piece = new byte[MOST];
        for (int i = 0; i < 16; i++) {
            transport.gives(piece);
            fill();
            inbound.retain();
        }
        assertThat(inbound.memory()).isGreaterThanOrEqualTo(16 * MOST);

        inbound.take(16 * MOST - 10_000);
        assertThat(inbound.memory()).isBetween(10_000, 40_000);
        inbound.moveTo(ByteBuffer.allocate(9_999));
        assertThat(inbound.memory()).isLessThanOrEqualTo(InboundBuffer.CARRY);
        inbound.takeView(1);
        assertThat(inbound.memory()).isZero();
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Test
    void everyByteComesOutInOrderHoweverItArrivesAndIsTaken() throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] sent = new byte[2_000_000];
        random.nextBytes(sent);
        for (int from = 0; from < sent.length; ) {
            int size = Math.min(sent.length - from, 1 + random.nextInt(random.nextBoolean() ? 50 : 200_000));
            transport.gives(java.util.Arrays.copyOfRange(sent, from, from + size));
            from += size;
        }
        var received = ByteBuffer.allocate(sent.length);
        while (received.hasRemaining()) {
            inbound.fill(transport, common, 1 + random.nextInt(2 * MOST));
            for (int i = random.nextInt(4); i > 0; i--) {
                received.put(inbound.take(random.nextInt(inbound.size() + 1)));
            }
            if (random.nextInt(3) > 0) {
                inbound.retain();
                spoil();
            }
            if (inbound.size() > 500_000) {
                received.put(inbound.take(inbound.size()));
            }
        }
        assertThat(received.array()).as("seed %d", seed).isEqualTo(sent);
    }
}
