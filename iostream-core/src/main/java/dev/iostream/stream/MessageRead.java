package dev.iostream.stream;

import dev.iostream.event.Printable;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A read whose result is an array of its own. */
abstract sealed class MessageRead extends ReadRequest {
    static final int UNLIMITED = Integer.MAX_VALUE;

    /** Null once it was called. */
    private @Nullable Consumer<? super byte[]> callback;

    private byte @Nullable [] result;

    private MessageRead(@Nullable Consumer<? super byte[]> callback) {
        this.callback = callback;
    }

    /** Whether nobody waits for it, so that it may become another read. */
    final boolean isFree() {
        return callback == null;
    }

    /** Takes on another callback, or none. */
    final void callback(@Nullable Consumer<? super byte[]> next) {
        callback = next;
    }

    /** Makes the first {@code count} buffered bytes the result; false when nobody wants them any more. */
    final boolean take(InboundBuffer buffer, int count) {
        // first, since a future that is claimed cannot fail any more, as it would have to for want of memory
        var room = new byte[count];
        if (callback instanceof ReadFuture<?> future && !future.claim()) {
            return false;
        }
        result = buffer.take(room);
        return true;
    }

    @Override
    boolean isMessage() {
        return true;
    }

    @Override
    void run() {
        byte[] bytes = result;
        Consumer<? super byte[]> called = callback;
        assert bytes != null && called != null;
        result = null;
        callback = null;
        called.accept(bytes);
    }

    /** Up to and including a delimiter. Protocols read little else, so it is used again: its stream keeps the last one. */
    static final class Until extends MessageRead {
        private static final byte[] NONE = {};

        private byte[] delimiter = NONE;
        private int maxBytes;
        /** Bytes from the start in which no delimiter ends. */
        private int scanned;

        Until() {
            super(null);
        }

        /** Makes it a read of its own. */
        Until with(byte[] newDelimiter, int newMaxBytes, Consumer<? super byte[]> callback) {
            callback(callback);
            delimiter = newDelimiter;
            maxBytes = newMaxBytes;
            scanned = 0;
            return this;
        }

        @Override
        void abandoned() {
            callback(null);
        }

        @Override
        boolean advance(InboundBuffer buffer, boolean last) {
            int end = buffer.endOf(delimiter, scanned, maxBytes);
            if (end >= 0) {
                return take(buffer, end);
            }
            scanned = buffer.size();
            if (scanned >= maxBytes) {
                throw BufferFullException.unsatisfiable(this, maxBytes);
            }
            return false;
        }

        @Override
        String describe() {
            return "readUntil(" + Printable.quoted(new String(delimiter, StandardCharsets.ISO_8859_1)) + ")";
        }
    }

    /** Up to and including what a pattern matches. */
    static final class Matching extends MessageRead {
        private final PatternSearch search;
        private final int maxBytes;
        /** How much was buffered at the last attempt, since without a further byte another one is in vain. */
        private int tried = -1;

        Matching(Pattern pattern, int maxBytes, Consumer<? super byte[]> callback) {
            super(callback);
            this.search = new PatternSearch(pattern);
            this.maxBytes = maxBytes;
        }

        @Override
        boolean isPatient() {
            return true;
        }

        @Override
        boolean advance(InboundBuffer buffer, boolean last) {
            int size = buffer.size();
            if (size == tried || size == 0) {
                return false;
            }
            tried = size;
            int end = search.endOf(buffer, Math.min(size, maxBytes));
            if (end >= 0) {
                return take(buffer, end);
            }
            if (size >= maxBytes) {
                throw BufferFullException.unsatisfiable(this, maxBytes);
            }
            return false;
        }

        @Override
        String describe() {
            return "readUntilPattern(" + Printable.quoted(search.pattern().pattern()) + ")";
        }
    }

    /** So many bytes. */
    static final class Exactly extends MessageRead {
        private final int count;

        Exactly(int count, Consumer<? super byte[]> callback) {
            super(callback);
            this.count = count;
        }

        @Override
        boolean advance(InboundBuffer buffer, boolean last) {
            return buffer.size() >= count && take(buffer, count);
        }

        @Override
        boolean wantsNothing() {
            return count == 0;
        }

        @Override
        String describe() {
            return "readBytes(" + count + ")";
        }
    }

    /** As soon as anything is there. */
    static final class Partial extends MessageRead {
        private final int maxBytes;

        Partial(int maxBytes, Consumer<? super byte[]> callback) {
            super(callback);
            this.maxBytes = maxBytes;
        }

        @Override
        boolean advance(InboundBuffer buffer, boolean last) {
            return (wantsNothing() || !buffer.isEmpty()) && take(buffer, Math.min(maxBytes, buffer.size()));
        }

        @Override
        boolean wantsNothing() {
            return maxBytes == 0;
        }

        @Override
        String describe() {
            return "readPartial(" + maxBytes + ")";
        }
    }
}
