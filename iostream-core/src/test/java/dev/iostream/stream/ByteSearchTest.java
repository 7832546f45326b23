package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ByteSearchTest {
    enum Memory {
        HEAP {
            @Override
            ByteBuffer allocate(int size) {
                return ByteBuffer.allocate(size);
            }
        },
        DIRECT {
            @Override
            ByteBuffer allocate(int size) {
                return ByteBuffer.allocateDirect(size);
            }
        },
        UNALIGNED_SLICE {
            @Override
            ByteBuffer allocate(int size) {
                return ByteBuffer.allocateDirect(size + 3).position(3).slice();
            }
        };

        abstract ByteBuffer allocate(int size);

        ByteBuffer holding(byte[] bytes) {
            return allocate(bytes.length).put(bytes).flip();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    @ParameterizedTest
    @EnumSource
    void findsAByteAtEveryOffset(Memory memory) {
        for (int size = 1; size <= 40; size++) {
            for (int at = 0; at < size; at++) {
                ByteBuffer buffer = memory.allocate(size);
                buffer.put(at, (byte) 7);
                for (int from = 0; from <= size; from++) {
                    assertThat(ByteSearch.indexOf(buffer, (byte) 7, from, size))
                            .as("at %d of %d, from %d", at, size, from)
                            .isEqualTo(from <= at ? at : -1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsEveryValueOfAByteAmongItsNeighbours(Memory memory) {
        for (int value = 0; value < 256; value++) {
            for (int at = 0; at < 16; at++) {
                ByteBuffer buffer = memory.allocate(24);
                for (int i = 0; i < 24; i++) {
                    // the values next to it are those that a borrow could turn into it
                    buffer.put(i, (byte) (i % 2 == 0 ? value + 1 : value ^ 0x80));
                }
                buffer.put(at, (byte) value);
                buffer.put(20, (byte) value);
                assertThat(ByteSearch.indexOf(buffer, (byte) value, 0, 24))
                        .as("value %d at %d", value, at)
                        .isEqualTo(at);
            }
        }
    }

    @Test
    void looksNowhereBehindTheEnd() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes("0123456789abcdef"));
        assertThat(ByteSearch.indexOf(buffer, (byte) 'f', 0, 15)).isEqualTo(-1);
        assertThat(ByteSearch.endOf(buffer, bytes("ef"), 0, 0, 15)).isEqualTo(-1);
        assertThat(ByteSearch.endOf(buffer, bytes("ef"), 0, 0, 16)).isEqualTo(16);
    }

    @Test
    void looksNowhereBeforeTheStart() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes("\r\n\r\n"));
        assertThat(ByteSearch.endOf(buffer, bytes("\r\n"), 1, 1, 4)).isEqualTo(4);
        assertThat(ByteSearch.endOf(buffer, bytes("\r\n\r\n"), 1, 1, 4)).isEqualTo(-1);
    }

    @Test
    void goesOnWhereAnEarlierSearchOverFewerBytesEnded() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes("head\r\n\r\nbody"));
        for (int scanned = 0; scanned <= 7; scanned++) {
            assertThat(ByteSearch.endOf(buffer, bytes("\r\n\r\n"), 0, scanned, 12))
                    .as("scanned %d", scanned)
                    .isEqualTo(8);
        }
    }

    @Test
    void findsASequenceWhoseBeginningRepeats() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes("aaaaaab"));
        assertThat(ByteSearch.endOf(buffer, bytes("aab"), 0, 0, 7)).isEqualTo(7);
        assertThat(ByteSearch.endOf(buffer, bytes("aaa"), 0, 0, 7)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void findsWhatANaiveSearchFinds(Memory memory) {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            // few different bytes, so that near misses are many
            byte[] haystack = randomBytes(random, random.nextInt(80));
            byte[] sequence = randomBytes(random, 1 + random.nextInt(5));
            int end = random.nextInt(haystack.length + 1);
            int start = random.nextInt(end + 1);
            int from = start + random.nextInt(end - start + 1);
            assertThat(ByteSearch.endOf(memory.holding(haystack), sequence, start, from, end))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(naiveEndOf(haystack, sequence, start, from, end));
        }
    }

    private static byte[] randomBytes(Random random, int size) {
        byte[] alphabet = {0, 1, (byte) 0x80, (byte) 0xFF};
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = alphabet[random.nextInt(alphabet.length)];
        }
        return bytes;
    }

    private static int naiveEndOf(byte[] haystack, byte[] sequence, int start, int from, int end) {
        for (int at = start; at + sequence.length <= end; at++) {
            boolean same = at + sequence.length - 1 >= from;
            for (int i = 0; same && i < sequence.length; i++) {
                same = haystack[at + i] == sequence[i];
            }
            if (same) {
                return at + sequence.length;
            }
        }
        return -1;
    }
}
