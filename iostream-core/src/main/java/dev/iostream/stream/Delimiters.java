package dev.iostream.stream;

import java.nio.charset.StandardCharsets;

/** The bytes of delimiters that are given as text. Those that protocols end their lines with are made only once. */
final class Delimiters {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[][] ASCII = ascii();

    private Delimiters() {}

    private static byte[][] ascii() {
        byte[][] all = new byte[128][];
        for (int i = 0; i < all.length; i++) {
            all[i] = new byte[] {(byte) i};
        }
        return all;
    }

    /** Its bytes in UTF-8, not to be changed. */
    static byte[] bytesOf(String delimiter) {
        if (delimiter.length() == 1 && delimiter.charAt(0) < ASCII.length) {
            return ASCII[delimiter.charAt(0)];
        }
        return delimiter.equals("\r\n") ? CRLF : delimiter.getBytes(StandardCharsets.UTF_8);
    }
}
