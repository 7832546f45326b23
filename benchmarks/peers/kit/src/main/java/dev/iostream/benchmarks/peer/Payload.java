package dev.iostream.benchmarks.peer;

import java.nio.ByteBuffer;

/** The bytes that sources send over and over; the load generator has the same formula and compares every byte. */
public final class Payload {
    /** Its length; that of a file to be sent is a multiple. */
    public static final int SIZE = 64 * 1024;

    private Payload() {}

    /** A fresh copy. */
    public static byte[] bytes() {
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bytes[i] = (byte) (i * 7 + (i >> 8));
        }
        return bytes;
    }

    /** A direct buffer that holds it. */
    public static ByteBuffer direct() {
        return direct(1);
    }

    /** A direct buffer that holds it so many times. */
    public static ByteBuffer direct(int times) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(times * SIZE);
        while (buffer.hasRemaining()) {
            buffer.put(bytes());
        }
        return buffer.flip();
    }
}
