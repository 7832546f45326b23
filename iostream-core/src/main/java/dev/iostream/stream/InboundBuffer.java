package dev.iostream.stream;

import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes that a stream has read and nobody has asked for yet.
 *
 * <p>Reading goes into a buffer that all streams of the loop share, and what is asked for is taken from there. Only what
 * is left when the stream has been handled is {@linkplain #retain() kept} in memory of its own, which grows with the
 * bytes that came, never with the bytes that were announced, and is let go as they are taken.
 */
class InboundBuffer {
    /** Bytes read at once at most, but for pipes. */
    static final int CHUNK = 64 * 1024;

    /** So few own bytes are copied in front of what is read next, instead of the other way round. */
    static final int CARRY = 4 * 1024;

    /** Bytes that a pipe reads at once at most, 256 KiB: the larger a piece, the less it costs to send it on. */
    static final int PIPED = IOLoop.READ_BUFFER - CARRY;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);
    private static final int SMALLEST = 64;
    /** How many times as large as its bytes memory of its own may be, beyond {@link #CARRY}. */
    private static final int SPARE = 4;

    /** From position to limit: either the shared buffer, or memory of its own with room behind the limit. */
    private ByteBuffer bytes = NONE;

    /** Memory of its own is on the heap, and the shared buffer is not. */
    private boolean isShared() {
        return bytes.isDirect();
    }

    final int size() {
        return bytes.remaining();
    }

    final boolean isEmpty() {
        return !bytes.hasRemaining();
    }

    /** Bytes of memory of its own: {@link #CARRY} at most, or not more than {@link #SPARE} times what is in it. */
    final int memory() {
        return isShared() ? 0 : bytes.capacity();
    }

    /**
     * Reads once from the transport.
     *
     * @param most how many bytes, {@link #PIPED} at most
     * @return what the transport's read returned
     */
    final int fill(Transport transport, ByteBuffer common, int most) throws IOException {
        retain();
        return size() <= CARRY ? readBehindOwn(transport, common, most) : readAndAppend(transport, common, most);
    }

    private int readBehindOwn(Transport transport, ByteBuffer common, int most) throws IOException {
        int own = size();
        common.clear().limit(own + most);
        if (own > 0) {
            common.put(0, bytes, bytes.position(), own).position(own);
        }
        try {
            return transport.read(common);
        } finally {
            common.flip();
            if (common.limit() > own) {
                bytes = common;
            }
        }
    }

    private int readAndAppend(Transport transport, ByteBuffer common, int most) throws IOException {
        int count = transport.read(common.clear().limit(most));
        append(common.flip());
        return count;
    }

    /** Forgets what is left of the shared buffer, which is another stream's from now on. */
    final void forgetShared() {
        if (isShared()) {
            bytes = NONE;
        }
    }

    /** Copies what is left of the shared buffer, so that another stream can use it. */
    final void retain() {
        if (isShared()) {
            ByteBuffer rest = bytes;
            bytes = NONE;
            append(rest);
        }
    }

    private void append(ByteBuffer more) {
        if (!more.hasRemaining()) {
            return;
        }
        int size = size();
        int count = more.remaining();
        if (bytes.capacity() - bytes.limit() < count) {
            makeRoom(count);
        }
        bytes.limit(bytes.position() + size + count);
        bytes.put(bytes.position() + size, more, more.position(), count);
    }

    private void makeRoom(int count) {
        int size = size();
        long needed = (long) size + count;
        if (needed <= bytes.capacity() / 2) {
            bytes.compact().flip();
            return;
        }
        if (needed > Integer.MAX_VALUE - 8) {
            throw new BufferFullException("A stream cannot hold more than 2 GiB of unread bytes; read in parts");
        }
        long roomy = size == 0 ? Math.max(SMALLEST, needed) : Math.max(2L * bytes.capacity(), needed);
        ByteBuffer larger = ByteBuffer.allocate((int) Math.min(roomy, Integer.MAX_VALUE - 8));
        bytes = larger.put(bytes).flip();
    }

    /** How many bytes there are up to and including the first {@code delimiter} within {@code limit} bytes, or -1. */
    final int endOf(byte[] delimiter, int scanned, int limit) {
        int start = bytes.position();
        int end = start + Math.min(size(), limit);
        int found = ByteSearch.endOf(bytes, delimiter, start, start + scanned, end);
        return found < 0 ? -1 : found - start;
    }

    /** Removes the first {@code count} bytes. */
    final byte[] take(int count) {
        return take(new byte[count]);
    }

    /** Removes as many bytes as {@code room} has, into it, and returns it. */
    final byte[] take(byte[] room) {
        bytes.get(room);
        letGo();
        return room;
    }

    /** Removes the first {@code count} bytes as a read-only view, valid until the next read of any stream. */
    final ByteBuffer takeView(int count) {
        ByteBuffer view = bytes.slice(bytes.position(), count).asReadOnlyBuffer();
        bytes.position(bytes.position() + count);
        letGo();
        return view;
    }

    /** Moves as many bytes as fit, and returns how many. */
    final int moveTo(ByteBuffer destination) {
        int count = Math.min(size(), destination.remaining());
        int at = destination.position();
        destination.put(at, bytes, bytes.position(), count).position(at + count);
        bytes.position(bytes.position() + count);
        letGo();
        return count;
    }

    /** Puts bytes back in front. */
    void unread(byte[] data) {
        ByteBuffer rest = bytes;
        bytes = NONE;
        append(ByteBuffer.wrap(data));
        append(rest);
    }

    /** The byte at {@code index}, from 0. */
    final byte get(int index) {
        return bytes.get(bytes.position() + index);
    }

    /** Removes everything. */
    final void clear() {
        bytes = NONE;
    }

    /** Lets memory of its own go once nothing is in it, or little compared with what was. */
    private void letGo() {
        if (isShared()) {
            return;
        }
        if (isEmpty()) {
            bytes = NONE;
        } else if (memory() > CARRY && memory() / SPARE > size()) {
            shrink();
        }
    }

    private void shrink() {
        try {
            bytes = ByteBuffer.allocate(size()).put(bytes).flip();
        } catch (OutOfMemoryError e) {
            // what was taken is somebody's already, and is not to be lost for that: the rest can stay where it is
            return;
        }
    }
}
