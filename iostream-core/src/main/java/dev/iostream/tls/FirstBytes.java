package dev.iostream.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what a peer speaks that does not speak TLS, by its first bytes. Never shows the bytes themselves. */
final class FirstBytes {
    /** Bytes after which it is clear whether this is TLS. */
    static final int ENOUGH = 5;

    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int TLS_MAJOR = 3;
    private static final List<String> HTTP = List.of(
            "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PRI ", "HTTP/");

    private FirstBytes() {}

    /** What is wrong with the bytes from the position on, or null when they can be TLS. */
    static @Nullable String wrong(ByteBuffer bytes, boolean client) {
        int first = at(bytes, 0);
        int second = at(bytes, 1);
        if ((first == HANDSHAKE || first == ALERT) && second <= TLS_MAJOR) {
            // a shorter beginning fails as a handshake that the peer has ended
            return null;
        }
        if (second >= 0 && (first & 0x80) != 0 && at(bytes, 2) == 1) {
            return "it speaks SSL 2, which is not secure; let it speak TLS 1.2 or 1.3";
        }
        String start = start(bytes);
        if (HTTP.stream().anyMatch(method -> method.startsWith(start) || start.startsWith(method))) {
            return client
                    ? "it answered in plain HTTP; is this its TLS port?"
                    : "it speaks plain HTTP to a TLS port; let it use https";
        }
        if (start.startsWith("SSH-")) {
            return "it speaks SSH, not TLS; check the port";
        }
        if (start.chars().allMatch(FirstBytes::isText)) {
            return client
                    ? "it answered in plain text; is this its TLS port, or does it want STARTTLS first?"
                    : "it speaks plain text to a TLS port; let it use TLS";
        }
        return "its first bytes are not TLS; check the port";
    }

    private static int at(ByteBuffer bytes, int index) {
        return index < bytes.remaining() ? bytes.get(bytes.position() + index) & 0xFF : -1;
    }

    private static String start(ByteBuffer bytes) {
        byte[] start = new byte[Math.min(bytes.remaining(), 8)];
        bytes.get(bytes.position(), start);
        return new String(start, StandardCharsets.ISO_8859_1);
    }

    private static boolean isText(int character) {
        return (character >= ' ' && character <= '~') || character == '\r' || character == '\n' || character == '\t';
    }
}
