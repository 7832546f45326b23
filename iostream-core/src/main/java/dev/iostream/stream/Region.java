package dev.iostream.stream;

import dev.iostream.transport.Transport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes that are sent from where they are: the user's own, or copies that were made before. */
interface Region {
    long remaining();

    /** Gives the transport what it takes now, {@code most} bytes at most. */
    void sendTo(Transport transport, long most) throws IOException;

    /** Whether whoever sent it will most likely send the same again, so that this is worth keeping. */
    default boolean isOftenSentAgain() {
        return false;
    }

    static OfBuffer of(ByteBuffer data) {
        return new OfBuffer(data);
    }

    static OfFile of(FileChannel file, long position, long count) {
        return new OfFile(file, position, count);
    }

    /** A buffer, of which only this duplicate's position moves. */
    final class OfBuffer implements Region {
        /** Bytes of a buffer of the user's that are kept from the garbage collector for the sake of its next write, at most. */
        private static final int MOST_KEPT = 64 * 1024;

        /** What a transport copies at most to send heap memory; direct memory it does not copy. */
        private static final int HEAP_SLICE = 64 * 1024;

        private final ByteBuffer original;
        private final ByteBuffer data;

        private OfBuffer(ByteBuffer original) {
            this.original = original;
            this.data = original.duplicate();
        }

        boolean isOf(ByteBuffer buffer) {
            return original == buffer;
        }

        /** Makes it what remains of the buffer now. */
        void again() {
            data.limit(original.limit()).position(original.position());
        }

        @Override
        public boolean isOftenSentAgain() {
            return data.capacity() <= MOST_KEPT;
        }

        @Override
        public long remaining() {
            return data.remaining();
        }

        @Override
        public void sendTo(Transport transport, long most) throws IOException {
            int end = data.limit();
            long enough = data.position() + most;
            while (data.position() < enough && data.hasRemaining()) {
                int slice = data.isDirect() ? (int) Math.min(Integer.MAX_VALUE, most) : HEAP_SLICE;
                int offered = Math.min(data.remaining(), slice);
                data.limit(data.position() + offered);
                int count;
                try {
                    count = transport.write(data);
                } finally {
                    data.limit(end);
                }
                if (count < offered) {
                    break;
                }
            }
        }
    }

    /** A part of a file, which goes from the file system to the socket by itself where the transport can do that. */
    final class OfFile implements Region {
        private final FileChannel file;
        private long position;
        private long remaining;

        private OfFile(FileChannel file, long position, long count) {
            this.file = file;
            this.position = position;
            this.remaining = count;
        }

        @Override
        public long remaining() {
            return remaining;
        }

        @Override
        public void sendTo(Transport transport, long most) throws IOException {
            long enough = position + most;
            while (position < enough && remaining > 0) {
                long offered = Math.min(remaining, enough - position);
                long count = transport.transferFrom(file, position, offered);
                if (count == 0 && position >= file.size()) {
                    throw new EOFException("The file has ended at byte " + file.size() + ", " + remaining
                            + " bytes before the end of what was to be sent; it has become shorter meanwhile");
                }
                position += count;
                remaining -= count;
                if (count < offered) {
                    break;
                }
            }
        }
    }
}
