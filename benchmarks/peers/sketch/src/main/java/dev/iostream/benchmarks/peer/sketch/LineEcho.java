package dev.iostream.benchmarks.peer.sketch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * Answers lines. All connections share one direct read buffer and one direct write buffer; the lines found in one read
 * leave in one write.
 */
final class LineEcho implements Work {
    private static final int BUFFER_SIZE = 1 << 18;

    private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_SIZE).order(ByteOrder.nativeOrder());
    private final ByteBuffer output = ByteBuffer.allocateDirect(BUFFER_SIZE);

    @Override
    public Connection on(SocketChannel channel, SelectionKey key) {
        return new Echoed(channel, key);
    }

    /** Position of the first newline in {@code [from, end)}, -1 when there is none; looks at eight bytes at a time. */
    private static int newline(ByteBuffer bytes, int from, int end) {
        int i = from;
        for (; i + 8 <= end; i += 8) {
            long x = bytes.getLong(i) ^ 0x0a0a0a0a0a0a0a0aL;
            long zeros = (x - 0x0101010101010101L) & ~x & 0x8080808080808080L;
            if (zeros != 0) {
                int bit = bytes.order() == ByteOrder.LITTLE_ENDIAN
                        ? Long.numberOfTrailingZeros(zeros)
                        : Long.numberOfLeadingZeros(zeros);
                return i + (bit >>> 3);
            }
        }
        for (; i < end; i++) {
            if (bytes.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private final class Echoed implements Connection {
        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        private final SocketChannel channel;
        private final SelectionKey key;
        private ByteBuffer partial = NOTHING; // the start of a line, filled up to its position
        private ByteBuffer unsent = NOTHING; // what the socket did not take, filled up to its position

        Echoed(SocketChannel channel, SelectionKey key) {
            this.channel = channel;
            this.key = key;
        }

        @Override
        public void ready() throws IOException {
            if (key.isWritable()) {
                flush();
            }
            if (key.isReadable()) {
                read();
            }
        }

        private void read() throws IOException {
            input.clear();
            if (partial.position() > 0) {
                input.put(partial.flip());
                partial.clear();
            }
            int scan = input.position();
            if (scan == BUFFER_SIZE || channel.read(input) < 0) { // a line that fills the buffer, or the end
                NioSketch.close(key);
                return;
            }
            echo(scan, input.position());
        }

        private void echo(int scan, int end) throws IOException {
            int from = 0;
            for (int at = newline(input, scan, end); at >= 0; at = newline(input, from, end)) {
                int length = at + 1 - from;
                output.put(output.position(), input, from, length);
                output.position(output.position() + length);
                from = at + 1;
            }
            if (output.position() > 0) {
                send(output.flip());
                output.clear();
            }
            if (from < end) {
                partial = appended(partial, input.limit(end).position(from));
            }
        }

        private void send(ByteBuffer bytes) throws IOException {
            if (unsent.position() == 0) {
                channel.write(bytes);
            }
            if (bytes.hasRemaining()) {
                unsent = appended(unsent, bytes);
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        }

        private void flush() throws IOException {
            channel.write(unsent.flip());
            unsent.compact();
            if (unsent.position() == 0) {
                key.interestOps(SelectionKey.OP_READ);
            }
        }

        private ByteBuffer appended(ByteBuffer target, ByteBuffer bytes) {
            ByteBuffer room = target;
            if (target.remaining() < bytes.remaining()) {
                room = ByteBuffer.allocateDirect(2 * (target.position() + bytes.remaining()));
                room.put(target.flip());
            }
            return room.put(bytes);
        }
    }
}
