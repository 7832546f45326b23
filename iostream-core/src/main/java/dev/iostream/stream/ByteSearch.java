package dev.iostream.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds byte sequences in buffers, eight bytes at a time.
 *
 * <p>It looks for the last byte of the sequence and then compares backwards, so that the search can go on where an
 * earlier one over fewer bytes has ended.
 */
final class ByteSearch {
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private ByteSearch() {}

    /**
     * The index behind the first occurrence of {@code sequence} that starts at {@code start} or later, and whose last
     * byte is at {@code from} or later and before {@code end}; -1 when there is none.
     */
    static int endOf(ByteBuffer buffer, byte[] sequence, int start, int from, int end) {
        byte last = sequence[sequence.length - 1];
        int candidate = indexOf(buffer, last, Math.max(from, start + sequence.length - 1), end);
        while (candidate >= 0 && !endsAt(buffer, sequence, candidate)) {
            candidate = indexOf(buffer, last, candidate + 1, end);
        }
        return candidate + (candidate < 0 ? 0 : 1);
    }

    /** The index of the first {@code wanted} from {@code from} on and before {@code end}, or -1. */
    static int indexOf(ByteBuffer buffer, byte wanted, int from, int end) {
        long pattern = (wanted & 0xFFL) * ONES;
        int i = from;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            // a byte of the difference is 0 where the wanted byte is; the subtraction borrows into its high bit
            long difference = (long) LONG.get(buffer, i) ^ pattern;
            long found = (difference - ONES) & ~difference & HIGH_BITS;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; i < end; i++) {
            if (buffer.get(i) == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static boolean endsAt(ByteBuffer buffer, byte[] sequence, int last) {
        for (int i = sequence.length - 2, at = last - 1; i >= 0; i--, at--) {
            if (buffer.get(at) != sequence[i]) {
                return false;
            }
        }
        return true;
    }
}
