package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkQueueTest {
    private final ChunkQueue queue = new ChunkQueue();

    private byte[] takeAll() {
        var all = ByteBuffer.allocate((int) queue.size());
        while (queue.size() > 0) {
            int count = queue.first().remaining();
            all.put(queue.first());
            queue.taken(count);
        }
        return all.array();
    }

    @Test
    void keepsBytesInOrder() {
        queue.append(ByteBuffer.wrap(new byte[] {1, 2}));
        queue.append(ByteBuffer.wrap(new byte[] {3}));
        assertThat(queue.size()).isEqualTo(3);
        assertThat(takeAll()).containsExactly(1, 2, 3);
    }

    @Test
    void smallAppendsShareAPiece() {
        for (int i = 0; i < 100; i++) {
            queue.append(ByteBuffer.wrap(new byte[] {(byte) i}));
        }
        assertThat(queue.first().remaining()).isEqualTo(100);
    }

    @Test
    void noPieceIsLargerThan64KiB() {
        queue.append(ByteBuffer.allocate(1_000_000));
        while (queue.size() > 0) {
            int count = queue.first().remaining();
            assertThat(count).isBetween(1, 64 * 1024);
            queue.first().position(queue.first().limit());
            queue.taken(count);
        }
    }

    @Test
    void takesWhatRemainsOfTheSourceAndMovesItsPosition() {
        ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 2);
        queue.append(source);
        assertThat(source.hasRemaining()).isFalse();
        assertThat(takeAll()).containsExactly(2, 3);
    }

    @Test
    void aPieceOfWhichPartWasTakenGoesOnWithTheRest() {
        queue.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        queue.first().get();
        queue.taken(1);
        queue.append(ByteBuffer.wrap(new byte[] {4}));
        assertThat(queue.size()).isEqualTo(3);
        assertThat(takeAll()).containsExactly(2, 3, 4);
    }

    @Test
    void everyByteComesOutInOrderHoweverItIsAppendedAndTaken() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] bytes = new byte[1_000_000];
        random.nextBytes(bytes);
        var out = ByteBuffer.allocate(bytes.length);
        int appended = 0;
        while (out.hasRemaining()) {
            int more = Math.min(bytes.length - appended, random.nextInt(random.nextBoolean() ? 100 : 100_000));
            queue.append(ByteBuffer.wrap(bytes, appended, more));
            appended += more;
            for (int i = random.nextInt(5); i > 0 && queue.size() > 0; i--) {
                ByteBuffer first = queue.first();
                int count = random.nextInt(first.remaining() + 1);
                for (int b = 0; b < count; b++) {
                    out.put(first.get());
                }
                queue.taken(count);
            }
            assertThat(queue.size()).as("seed %d", seed).isEqualTo(appended - out.position());
        }
        assertThat(out.array()).as("seed %d", seed).isEqualTo(bytes);
    }
}
