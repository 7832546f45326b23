package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.SegmentPool;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboundQueueTest {
    private final IOLoop loop = new Simulation(Link.perfect()).loop();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final Queue queue = new Queue();

    private final class Queue extends OutboundQueue {
        long counted;

        @Override
        IOLoop loop() {
            return loop;
        }

        @Override
        void counted(long count) {
            counted += count;
        }
    }

    @AfterEach
    void everySegmentWasGivenBack() {
        queue.clear();
        ByteBuffer first = loop.takeSegment();
        loop.giveSegment(first);
        assertThat(loop.takeSegment()).isSameAs(first);
        loop.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private void add(byte[] data, @Nullable Transport to) throws IOException {
        if (!queue.addIfItFits(data, to)) {
            queue.add(ByteBuffer.wrap(data), to);
        }
    }

    private String taken() {
        return new String(transport.taken(), ISO_8859_1);
    }

    @Test
    void whatIsWrittenInOneTurnLeavesInOneCall() throws IOException {
        add(bytes("ab"), transport);
        queue.add(ByteBuffer.wrap(bytes("cd")), transport);
        add(bytes("ef"), transport);
        assertThat(transport.writes).isZero();
        assertThat(queue.size()).isEqualTo(6);
        queue.flush(transport);
        assertThat(queue.sent()).isEqualTo(6);
        assertThat(transport.writes).isEqualTo(1);
        assertThat(taken()).isEqualTo("abcdef");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void whatIsWrittenBeforeTheTransportIsOpenWaits() throws IOException {
        add(bytes("ab"), null);
        add(bytes("cd"), transport);
        assertThat(transport.writes).isZero();
        queue.flush(transport);
        assertThat(taken()).isEqualTo("abcd");
    }

    @Test
    void aFullSegmentIsOfferedAtOnce() throws IOException {
        byte[] much = new byte[3 * SegmentPool.SEGMENT + 1];
        add(much, transport);
        assertThat(queue.sent()).isEqualTo(3L * SegmentPool.SEGMENT);
        assertThat(queue.size()).isEqualTo(1);
        queue.flush(transport);
        assertThat(transport.taken()).hasSize(much.length);
    }

    @Test
    void aTransportThatTookLessIsNotAskedAgain() throws IOException {
        transport.takes(10);
        byte[] much = new byte[3 * SegmentPool.SEGMENT];
        add(much, transport);
        assertThat(queue.sent()).isEqualTo(10);
        assertThat(transport.writes).isEqualTo(1);
        assertThat(queue.size()).isEqualTo(much.length - 10);
    }

    @Test
    void whatWasNotTakenGoesFirstWhenThereIsRoom() throws IOException {
        transport.takes(3);
        add(bytes("abcdef"), transport);
        queue.flush(transport);
        assertThat(queue.sent()).isEqualTo(3);
        assertThat(queue.size()).isEqualTo(3);
        add(bytes("gh"), transport);
        transport.takes(4);
        queue.flush(transport);
        assertThat(queue.sent()).isEqualTo(7);
        assertThat(taken()).isEqualTo("abcdefg");
        transport.takes(100);
        queue.flush(transport);
        assertThat(taken()).isEqualTo("abcdefgh");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void noSegmentIsHeldByWhatTheTransportDidNotTake() throws IOException {
        transport.takes(0);
        for (int i = 0; i < 100; i++) {
            var stalled = new Queue();
            assertThat(stalled.addIfItFits(bytes("x"), transport)).isTrue();
            stalled.flush(transport);
            assertThat(stalled.size()).isEqualTo(1);
        }
    }

    @Test
    void oneReadinessSendsAMebibyteAtMost() throws IOException {
        transport.takes(0);
        add(new byte[4 * 1024 * 1024], transport);
        transport.takes(Long.MAX_VALUE);
        queue.flush(transport);
        assertThat(queue.sent()).isBetween(1024L * 1024, 1024L * 1024 + 64 * 1024);
    }

    @Test
    void aWriteThatFailsHoldsNoSegment() throws IOException {
        add(bytes("x"), transport);
        transport.fails(new IOException("Broken pipe"));
        assertThatThrownBy(() -> queue.flush(transport)).hasMessage("Broken pipe");
    }

    @Test
    void whatLeftBeforeAFailureIsCounted() {
        transport.takes(SegmentPool.SEGMENT);
        transport.failsWhenFull(new IOException("Broken pipe"));
        ByteBuffer data = ByteBuffer.allocate(3 * SegmentPool.SEGMENT);
        assertThatThrownBy(() -> queue.add(data, transport)).hasMessage("Broken pipe");
        assertThat(queue.sent()).isEqualTo(SegmentPool.SEGMENT);
        assertThat(queue.counted).isEqualTo(SegmentPool.SEGMENT);
        assertThat(queue.size()).isEqualTo(SegmentPool.SEGMENT);
        assertThat(data.remaining()).isEqualTo(SegmentPool.SEGMENT);
    }

    @Test
    void bytesOfTheUsersOwnBarAllOthersUntilTheyHaveLeft() throws IOException {
        ByteBuffer own = ByteBuffer.wrap(bytes("abc"));
        queue.addItself(own);
        assertThat(queue.isBarred()).isTrue();
        transport.takes(1);
        queue.flush(transport);
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.isBarred()).isTrue();
        transport.takes(100);
        queue.flush(transport);
        assertThat(queue.isBarred()).isFalse();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.counted).isEqualTo(3);
    }

    @Test
    void theSameBufferIsSentAgainAsItIsThen() throws IOException {
        ByteBuffer own = ByteBuffer.wrap(bytes("abc"));
        queue.addItself(own);
        queue.flush(transport);
        own.put(0, (byte) 'x').limit(2);
        queue.addItself(own);
        queue.flush(transport);
        assertThat(taken()).isEqualTo("abcxb");
    }

    @Test
    void whatIsWrittenAfterTheUsersOwnBytesIsCopied() throws IOException {
        queue.addItself(ByteBuffer.wrap(bytes("abc")));
        queue.flush(transport);
        add(bytes("de"), transport);
        transport.takes(1);
        queue.flush(transport);
        add(bytes("f"), transport);
        assertThat(queue.isBarred()).isFalse();
        assertThat(queue.size()).isEqualTo(2);
        transport.takes(100);
        queue.flush(transport);
        assertThat(taken()).isEqualTo("abcdef");
    }

    @Test
    void clearForgetsEverything() throws IOException {
        transport.takes(1);
        add(new byte[SegmentPool.SEGMENT + 1], transport);
        queue.clear();
        assertThat(queue.size()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void everyByteLeavesInOrderWhateverTheTransportTakes() throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] bytes = new byte[3_000_000];
        random.nextBytes(bytes);
        int added = 0;
        while (transport.taken().length < bytes.length) {
            transport.takes(random.nextInt(200_000));
            int more = Math.min(bytes.length - added, random.nextInt(random.nextBoolean() ? 100 : 200_000));
            if (random.nextBoolean()) {
                add(Arrays.copyOfRange(bytes, added, added + more), transport);
            } else {
                queue.add(ByteBuffer.wrap(bytes, added, more), transport);
            }
            added += more;
            if (random.nextBoolean() && !queue.isEmpty()) {
                queue.flush(transport);
            }
            assertThat(queue.size() + transport.taken().length)
                    .as("seed %d", seed)
                    .isEqualTo(added);
        }
        assertThat(transport.taken()).as("seed %d", seed).isEqualTo(bytes);
    }
}
