package dev.iostream.tls;

import java.nio.ByteBuffer;

/** The bytes of the wire that could not be used yet, most often the beginning of a record. Takes no more memory than they. */
final class Leftover {
    private static final byte[] NONE = new byte[0];
    private static final int SMALLEST = 64;

    private byte[] bytes = NONE;
    private int size;

    /** Puts the bytes into {@code buffer}, which is empty and has room, and leaves it to be read. */
    ByteBuffer moveTo(ByteBuffer buffer) {
        buffer.put(bytes, 0, size).flip();
        return buffer;
    }

    /** Keeps what remains of {@code buffer}. */
    void keep(ByteBuffer buffer) {
        size = buffer.remaining();
        if (size == 0) {
            bytes = NONE;
            return;
        }
        if (bytes.length < size || bytes.length > 4 * Math.max(size, SMALLEST)) {
            bytes = new byte[Math.max(size, SMALLEST)];
        }
        buffer.get(bytes, 0, size);
    }

    int size() {
        return size;
    }

    void clear() {
        bytes = NONE;
        size = 0;
    }
}
