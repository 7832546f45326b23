package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IOBufferTest {
    private final IOBuffer buffer = new IOBuffer();

    private static String text(IOBuffer buffer) {
        return new String(buffer.toByteArray(), UTF_8);
    }

    @Test
    void aNewBufferIsEmptyAndHasRoom() {
        assertThat(buffer.size()).isZero();
        assertThat(buffer.isEmpty()).isTrue();
        assertThat(buffer.capacity()).isEqualTo(1024);
        assertThat(new IOBuffer(0).capacity()).isZero();
        assertThat(new IOBuffer(5).append("12345").capacity()).isEqualTo(5);
        assertThatIllegalArgumentException().isThrownBy(() -> new IOBuffer(-1)).withMessageContaining("was -1");
    }

    @Test
    void appendAddsAtTheEndAndPrependAtTheStart() {
        buffer.append("c".getBytes(UTF_8))
                .append(ByteBuffer.wrap("d".getBytes(UTF_8)))
                .append("é")
                .append(new IOBuffer().append("f"))
                .prepend("b".getBytes(UTF_8))
                .prepend(ByteBuffer.wrap("a".getBytes(UTF_8)))
                .prepend("ä")
                .prepend(new IOBuffer().append("0"));
        assertThat(text(buffer)).isEqualTo("0äabcdéf");
        assertThat(buffer.size()).isEqualTo(10);
        assertThat(buffer.isEmpty()).isFalse();
    }

    @Test
    void aByteBufferIsTakenFromItsPositionWhichDoesNotMove() {
        for (ByteBuffer source : new ByteBuffer[] {ByteBuffer.allocate(6), ByteBuffer.allocateDirect(6)}) {
            source.put("xabcyz".getBytes(UTF_8)).position(1).limit(4);
            assertThat(text(new IOBuffer().append(source))).isEqualTo("abc");
            assertThat(text(new IOBuffer().prepend(source.asReadOnlyBuffer()))).isEqualTo("abc");
            assertThat(source.position()).isEqualTo(1);
        }
    }

    @Test
    void whatIsAddedIsACopy() {
        byte[] data = {1, 2, 3};
        buffer.append(data).prepend(data);
        data[0] = 9;
        assertThat(buffer.toByteArray()).containsExactly(1, 2, 3, 1, 2, 3);
    }

    @Test
    void aBufferCanBeAddedToItself() {
        var small = new IOBuffer(0).append("ab");
        assertThat(text(small.append(small))).isEqualTo("abab");
        assertThat(text(small.prepend(small))).isEqualTo("abababab");
        small.append("c").consume(6);
        assertThat(text(small.append(small).prepend(small))).isEqualTo("abcabcabcabc");
    }

    @Test
    void consumeTakesFromTheStartAndPopFromTheEnd() {
        buffer.append("abcdef").consume(2);
        assertThat(text(buffer)).isEqualTo("cdef");
        buffer.pop(1);
        assertThat(text(buffer)).isEqualTo("cde");
        assertThat(text(buffer.consume(0).pop(0))).isEqualTo("cde");
        assertThat(buffer.consume(3).isEmpty()).isTrue();
        assertThat(text(buffer.append("again"))).isEqualTo("again");
        assertThat(buffer.pop(5).isEmpty()).isTrue();
    }

    @Test
    void moreThanThereIsCannotBeRemovedAndNothingChanges() {
        buffer.append("abc");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> buffer.consume(4))
                .withMessage("Cannot consume 4 bytes of a buffer that holds 3");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> buffer.pop(4))
                .withMessage("Cannot pop 4 bytes of a buffer that holds 3");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.consume(-1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.pop(Integer.MIN_VALUE));
        assertThat(text(buffer)).isEqualTo("abc");
    }

    @Test
    void getCountsFromTheFirstByte() {
        buffer.append("xabc").consume(1).prepend("-");
        assertThat(buffer.get(0)).isEqualTo((byte) '-');
        assertThat(buffer.get(3)).isEqualTo((byte) 'c');
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> buffer.get(4))
                .withMessage("No byte 4 in a buffer of 4 bytes");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.get(-1));
    }

    @Test
    void clearKeepsTheMemoryAndWipesItWhenToldSo() {
        buffer.append(new byte[5000]);
        int capacity = buffer.capacity();
        assertThat(buffer.clear().isEmpty()).isTrue();
        assertThat(buffer.capacity()).isEqualTo(capacity);

        var secret = new IOBuffer().append("secret");
        ByteBuffer memory = secret.asReadOnlyByteBuffer();
        secret.clear();
        assertThat(memory.get(0)).isEqualTo((byte) 's');
        secret.append("secret").clear(true);
        assertThat(memory.get(0)).isZero();
        assertThat(secret.isEmpty()).isTrue();
    }

    @Test
    void afterCompactTheCapacityIsTrueAndTheBufferGrowsAgain() {
        // the original kept the former capacity and wrote out of bounds at the next append
        buffer.append(new byte[8000]).consume(7990).compact();
        assertThat(buffer.capacity()).isEqualTo(10);
        assertThat(buffer.size()).isEqualTo(10);
        buffer.append("more").prepend("less");
        assertThat(text(buffer)).isEqualTo("less" + "\0".repeat(10) + "more");
        assertThat(buffer.capacity()).isGreaterThanOrEqualTo(18);
        assertThat(buffer.clear().compact().capacity()).isZero();
        assertThat(text(buffer.append("a"))).isEqualTo("a");
        assertThat(text(new IOBuffer(0).compact().prepend("a"))).isEqualTo("a");
    }

    @Test
    void aCopySharesNothing() {
        buffer.append("abc");
        IOBuffer copy = buffer.copy();
        buffer.append("d").consume(1);
        assertThat(text(copy)).isEqualTo("abc");
        copy.clear(true);
        assertThat(text(buffer)).isEqualTo("bcd");
        buffer.toByteArray()[0] = 'x';
        assertThat(text(buffer)).isEqualTo("bcd");
    }

    @Test
    void theViewShowsTheBytesAndCannotChangeThem() {
        buffer.append("xabc").consume(1);
        ByteBuffer view = buffer.asReadOnlyByteBuffer();
        assertThat(view.position()).isZero();
        assertThat(view.capacity()).isEqualTo(3);
        assertThat(UTF_8.decode(view.duplicate()).toString()).isEqualTo("abc");
        assertThatThrownBy(() -> view.put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
        assertThat(view.hasArray()).isFalse();
    }

    @Test
    void buffersWithTheSameBytesAreEqual() {
        var same = new IOBuffer(0).prepend("bc").prepend("a").append("d").pop(1);
        buffer.append("abc");
        assertThat(buffer).isEqualTo(same).hasSameHashCodeAs(same).isEqualTo(buffer);
        assertThat(buffer).isNotEqualTo(new IOBuffer().append("abd")).isNotEqualTo(new IOBuffer().append("ab"));
        assertThat(buffer.equals(null)).isFalse();
        assertThat(buffer).isNotEqualTo("abc");
        assertThat(new IOBuffer(3)).isEqualTo(new IOBuffer(7)).hasSameHashCodeAs(new IOBuffer());
    }

    @Test
    void itsTextDoesNotShowTheBytes() {
        assertThat(buffer.append("secret")).hasToString("IOBuffer[6 bytes, capacity 1024]");
    }

    @Test
    void nullIsRefusedAndChangesNothing() {
        buffer.append("abc");
        assertThatNullPointerException().isThrownBy(() -> buffer.append((byte[]) null));
        assertThatNullPointerException().isThrownBy(() -> buffer.append((ByteBuffer) null));
        assertThatNullPointerException().isThrownBy(() -> buffer.append((String) null));
        assertThatNullPointerException().isThrownBy(() -> buffer.append((IOBuffer) null));
        assertThatNullPointerException().isThrownBy(() -> buffer.prepend((byte[]) null));
        assertThatNullPointerException().isThrownBy(() -> buffer.prepend((ByteBuffer) null));
        assertThatNullPointerException().isThrownBy(() -> buffer.prepend((String) null));
        assertThatNullPointerException().isThrownBy(() -> buffer.prepend((IOBuffer) null));
        assertThat(text(buffer)).isEqualTo("abc");
    }

    @Test
    void anyMixtureOfCallsGivesWhatAnArrayGives() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            var tested = new IOBuffer(random.nextInt(20));
            byte[] model = {};
            for (int step = 0; step < 300; step++) {
                byte[] data = new byte[random.nextInt(random.nextInt(10) == 0 ? 300 : 10)];
                random.nextBytes(data);
                int count = random.nextInt(model.length + 1);
                switch (random.nextInt(11)) {
                    case 0, 1 -> {
                        tested.append(data);
                        model = join(model, data);
                    }
                    case 2 -> {
                        tested.append(ByteBuffer.wrap(data));
                        model = join(model, data);
                    }
                    case 3, 4 -> {
                        tested.prepend(data);
                        model = join(data, model);
                    }
                    case 5 -> {
                        tested.prepend(new IOBuffer().append(data));
                        model = join(data, model);
                    }
                    case 6, 7 -> {
                        tested.consume(count);
                        model = Arrays.copyOfRange(model, count, model.length);
                    }
                    case 8 -> {
                        tested.pop(count);
                        model = Arrays.copyOf(model, model.length - count);
                    }
                    case 9 -> tested.compact();
                    default -> {
                        if (model.length < 1000) {
                            tested.append(tested);
                            model = join(model, model);
                        }
                    }
                }
                assertThat(tested.toByteArray())
                        .as("seed %d, round %d, step %d", seed, round, step)
                        .isEqualTo(model);
                assertThat(tested.capacity()).isGreaterThanOrEqualTo(tested.size());
            }
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    // ---- the cost of growing: bytes moved for each byte added

    private static final int MANY = 1_000_000;
    private static final byte[] ONE = {1};

    private void costsLittle(long added) {
        assertThat(buffer.moved()).as("bytes moved for %d added", added).isLessThanOrEqualTo(5 * added);
    }

    @Test
    void manySmallAppendsMoveEachByteAFewTimes() {
        for (int i = 0; i < MANY; i++) {
            buffer.append(ONE);
        }
        costsLittle(MANY);
        assertThat(buffer.capacity()).isLessThanOrEqualTo(2 * MANY);
    }

    @Test
    void manySmallPrependsMoveEachByteAFewTimes() {
        for (int i = 0; i < MANY; i++) {
            buffer.prepend(ONE);
        }
        costsLittle(MANY);
        assertThat(buffer.capacity()).isLessThanOrEqualTo(4 * MANY);
    }

    @Test
    void addingAtBothEndsInTurnMovesEachByteAFewTimes() {
        for (int i = 0; i < MANY / 2; i++) {
            buffer.prepend(ONE).append(ONE);
        }
        costsLittle(MANY);
        assertThat(buffer.capacity()).isLessThanOrEqualTo(4 * MANY);
    }

    @Test
    void aQueueInEitherDirectionDoesNotGrowAndMovesEachByteAFewTimes() {
        for (int held : new int[] {0, 1, 100, 500, 1000}) {
            var queue = new IOBuffer().append(new byte[held]);
            for (int i = 0; i < MANY / 10; i++) {
                queue.append(ONE).consume(1);
            }
            for (int i = 0; i < MANY / 10; i++) {
                queue.prepend(ONE).pop(1);
            }
            for (int i = 0; i < MANY / 10; i++) {
                queue.prepend(ONE).append(ONE).consume(1).pop(1);
            }
            assertThat(queue.moved()).as("with %d held", held).isLessThanOrEqualTo(5L * MANY * 4 / 10);
            assertThat(queue.capacity()).as("with %d held", held).isLessThanOrEqualTo(4096);
        }
    }

    @Test
    void anyMixtureOfSizesMovesEachByteAFewTimes() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        long added = 0;
        int largest = 1024;
        for (int i = 0; i < 200_000; i++) {
            int size = 1 + random.nextInt(200);
            switch (random.nextInt(4)) {
                case 0 -> {
                    buffer.append(new byte[size]);
                    added += size;
                }
                case 1 -> {
                    buffer.prepend(new byte[size]);
                    added += size;
                }
                case 2 -> buffer.consume(Math.min(size, buffer.size()));
                default -> buffer.pop(Math.min(size, buffer.size()));
            }
            largest = Math.max(largest, buffer.size());
        }
        assertThat(buffer.moved()).as("seed %d", seed).isLessThanOrEqualTo(5 * added);
        assertThat(buffer.capacity()).as("seed %d", seed).isLessThanOrEqualTo(4 * largest);
    }

    @Test
    void whatNoArrayCanHoldIsRefusedAndChangesNothing() {
        buffer.append("abc");
        assertThatThrownBy(() -> buffer.makeRoomAtEnd(Integer.MAX_VALUE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot hold 2147483650 bytes");
        assertThat(text(buffer)).isEqualTo("abc");
    }
}
