package dev.iostream.stream;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A read that is pending, and once it is satisfied the delivery of its bytes. */
abstract sealed class ReadRequest extends Delivery permits ReadRequest.Until, ReadRequest.Exactly {
    /** More bytes are needed. */
    static final int NOT_YET = -1;
    /** No further byte can satisfy it. */
    static final int NEVER = -2;

    private final Consumer<? super byte[]> callback;
    private byte @Nullable [] data;

    private ReadRequest(Consumer<? super byte[]> callback) {
        this.callback = callback;
    }

    /** How many of the buffered bytes complete it, {@link #NOT_YET} or {@link #NEVER}. */
    abstract int match(InboundBuffer buffer);

    /** The limit that makes it {@link #NEVER} possible. */
    abstract Limit limit();

    /** The call as the user made it, for messages. */
    abstract String describe();

    void complete(byte[] bytes) {
        data = bytes;
    }

    @Override
    void run() {
        byte[] bytes = data;
        assert bytes != null;
        callback.accept(bytes);
    }

    /** Up to and including a delimiter. */
    static final class Until extends ReadRequest {
        private final byte[] delimiter;
        private final int maxBytes;
        /** Bytes from the start in which no delimiter ends. */
        private int scanned;

        Until(byte[] delimiter, int maxBytes, Consumer<? super byte[]> callback) {
            super(callback);
            this.delimiter = delimiter;
            this.maxBytes = maxBytes;
        }

        @Override
        int match(InboundBuffer buffer) {
            int end = buffer.endOf(delimiter, scanned, maxBytes);
            if (end >= 0) {
                return end;
            }
            scanned = buffer.size();
            return scanned >= maxBytes ? NEVER : NOT_YET;
        }

        @Override
        Limit limit() {
            return new Limit(maxBytes, "maxBytes of the read");
        }

        @Override
        String describe() {
            return "readUntil(" + Printable.quoted(new String(delimiter, StandardCharsets.ISO_8859_1)) + ")";
        }
    }

    /** So many bytes. */
    static final class Exactly extends ReadRequest {
        private final int count;

        Exactly(int count, Consumer<? super byte[]> callback) {
            super(callback);
            this.count = count;
        }

        @Override
        int match(InboundBuffer buffer) {
            return buffer.size() >= count ? count : NOT_YET;
        }

        @Override
        Limit limit() {
            throw new IllegalStateException("A read of a number of bytes has no limit of its own");
        }

        @Override
        String describe() {
            return "readBytes(" + count + ")";
        }
    }
}
