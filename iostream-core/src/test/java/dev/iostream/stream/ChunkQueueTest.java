package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkQueueTest {
    private final ChunkQueue queue = new ChunkQueue();
    private final ScriptedTransport transport = new ScriptedTransport();

    private byte[] sendAll() throws IOException {
        queue.sendTo(transport, Long.MAX_VALUE);
        assertThat(queue.remaining()).isZero();
        return transport.taken();
    }

    @Test
    void keepsBytesInOrder() throws IOException {
        queue.append(ByteBuffer.wrap(new byte[] {1, 2}));
        queue.append(ByteBuffer.wrap(new byte[] {3}));
        assertThat(queue.remaining()).isEqualTo(3);
        assertThat(sendAll()).containsExactly(1, 2, 3);
    }

    @Test
    void smallAppendsShareAPiece() throws IOException {
        for (int i = 0; i < 100; i++) {
            queue.append(ByteBuffer.wrap(new byte[] {(byte) i}));
        }
        assertThat(sendAll()).hasSize(100);
        assertThat(transport.writes).isEqualTo(1);
    }

    @Test
    void noPieceIsLargerThan64KiB() throws IOException {
        queue.append(ByteBuffer.allocate(1_000_000));
        for (int sent = 0; queue.remaining() > 0; sent = transport.taken().length) {
            queue.sendTo(transport, 1);
            assertThat(transport.taken().length - sent).isBetween(1, 64 * 1024);
        }
    }

    @Test
    void takesWhatRemainsOfTheSourceAndMovesItsPosition() throws IOException {
        ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 2);
        queue.append(source);
        assertThat(source.hasRemaining()).isFalse();
        assertThat(sendAll()).containsExactly(2, 3);
    }

    @Test
    void aPieceOfWhichPartWasTakenGoesOnWithTheRest() throws IOException {
        queue.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        transport.takes(1);
        queue.sendTo(transport, Long.MAX_VALUE);
        queue.append(ByteBuffer.wrap(new byte[] {4}));
        assertThat(queue.remaining()).isEqualTo(3);
        transport.takes(3);
        assertThat(sendAll()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aTransportThatTookLessIsNotAskedAgain() throws IOException {
        queue.append(ByteBuffer.allocate(1_000_000));
        transport.takes(10);
        queue.sendTo(transport, Long.MAX_VALUE);
        assertThat(transport.writes).isEqualTo(1);
    }

    @Test
    void everyByteLeavesInOrderHoweverItIsAppendedAndTaken() throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] bytes = new byte[1_000_000];
        random.nextBytes(bytes);
        int appended = 0;
        while (appended < bytes.length) {
            int more = Math.min(bytes.length - appended, 1 + random.nextInt(random.nextBoolean() ? 100 : 100_000));
            queue.append(ByteBuffer.wrap(bytes, appended, more));
            appended += more;
            transport.takes(random.nextInt(200_000));
            queue.sendTo(transport, random.nextInt(200_000));
            byte[] taken = transport.taken();
            assertThat(queue.remaining()).as("seed %d", seed).isEqualTo(appended - taken.length);
            assertThat(taken).as("seed %d", seed).isEqualTo(Arrays.copyOf(bytes, taken.length));
        }
        transport.takes(bytes.length);
        assertThat(sendAll()).as("seed %d", seed).isEqualTo(bytes);
    }
}
