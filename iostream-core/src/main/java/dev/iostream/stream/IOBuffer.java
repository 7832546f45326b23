package dev.iostream.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that grow and shrink at both ends, for messages that are put together piece by piece and for writes without a copy.
 *
 * <p>Adding and removing at either end costs time in proportion to the bytes added, also in any mixture. Two buffers are
 * equal when their bytes are. Not safe for several threads at once.
 *
 * <pre>{@code
 * var message = new IOBuffer().append(body).append("\r\n");
 * message.prepend(message.size() + "\r\n");
 * }</pre>
 */
public final class IOBuffer {
    private static final int DEFAULT_CAPACITY = 1024;
    private static final int LEAST_GROWN = 64;
    /** Some JVMs have no larger arrays. */
    private static final int MOST = Integer.MAX_VALUE - 8;

    private byte[] bytes;
    private int start;
    private int end;
    /** Whether bytes come at the front too, so that it is worth keeping room there. */
    private boolean prepended;

    private long moved;

    /** An empty buffer with room for 1,024 bytes. */
    public IOBuffer() {
        this(DEFAULT_CAPACITY);
    }

    /**
     * An empty buffer.
     *
     * @param capacity bytes for which it has room before it grows, at least 0
     */
    public IOBuffer(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("The capacity of a buffer must be at least 0, was " + capacity);
        }
        bytes = new byte[capacity];
    }

    // ---- adding

    /**
     * Adds a copy of {@code data} at the end.
     *
     * @throws IllegalStateException when the buffer would hold more than an array can; it stays as it is then
     */
    public IOBuffer append(byte[] data) {
        int length = data.length;
        makeRoomAtEnd(length);
        System.arraycopy(data, 0, bytes, end, length);
        end += length;
        return this;
    }

    /** Adds a copy of what remains of {@code data}, whose position does not move and which is no view of this buffer. */
    public IOBuffer append(ByteBuffer data) {
        int length = data.remaining();
        makeRoomAtEnd(length);
        data.get(data.position(), bytes, end, length);
        end += length;
        return this;
    }

    /** Adds the text in UTF-8. */
    public IOBuffer append(String text) {
        return append(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a copy of the bytes of {@code other}, which may be this buffer. */
    public IOBuffer append(IOBuffer other) {
        int length = other.size();
        makeRoomAtEnd(length);
        System.arraycopy(other.bytes, other.start, bytes, end, length);
        end += length;
        return this;
    }

    /**
     * Adds a copy of {@code data} before the first byte.
     *
     * @throws IllegalStateException when the buffer would hold more than an array can; it stays as it is then
     */
    public IOBuffer prepend(byte[] data) {
        int length = data.length;
        makeRoomAtStart(length);
        System.arraycopy(data, 0, bytes, start - length, length);
        start -= length;
        return this;
    }

    /** Adds a copy of what remains of {@code data}, whose position does not move and which is no view of this buffer. */
    public IOBuffer prepend(ByteBuffer data) {
        int length = data.remaining();
        makeRoomAtStart(length);
        data.get(data.position(), bytes, start - length, length);
        start -= length;
        return this;
    }

    /** Adds the text in UTF-8 before the first byte. */
    public IOBuffer prepend(String text) {
        return prepend(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a copy of the bytes of {@code other}, which may be this buffer, before the first byte. */
    public IOBuffer prepend(IOBuffer other) {
        int length = other.size();
        makeRoomAtStart(length);
        System.arraycopy(other.bytes, other.start, bytes, start - length, length);
        start -= length;
        return this;
    }

    // ---- removing

    /**
     * Removes bytes from the start.
     *
     * @param count from 0 to {@link #size()}
     * @throws IndexOutOfBoundsException when it is not; nothing is removed then
     */
    public IOBuffer consume(int count) {
        requireWithin(count, "consume");
        start += count;
        return rewindIfEmpty();
    }

    /**
     * Removes bytes from the end.
     *
     * @param count from 0 to {@link #size()}
     * @throws IndexOutOfBoundsException when it is not; nothing is removed then
     */
    public IOBuffer pop(int count) {
        requireWithin(count, "pop");
        end -= count;
        return rewindIfEmpty();
    }

    /** Removes all bytes and keeps the memory. */
    public IOBuffer clear() {
        end = start;
        return rewindIfEmpty();
    }

    /** Removes all bytes, and overwrites the memory with zeros if told so: for secrets. What it has outgrown is not reached. */
    public IOBuffer clear(boolean wipe) {
        if (wipe) {
            Arrays.fill(bytes, (byte) 0);
        }
        return clear();
    }

    /** Gives back the memory that the bytes do not need. */
    public IOBuffer compact() {
        if (bytes.length > size()) {
            moveTo(new byte[size()], 0);
        }
        return this;
    }

    // ---- facts

    /** How many bytes it holds. */
    public int size() {
        return end - start;
    }

    /** Whether it holds none. */
    public boolean isEmpty() {
        return start == end;
    }

    /** How many bytes it has memory for. */
    public int capacity() {
        return bytes.length;
    }

    /**
     * The byte at {@code index}, from 0 on.
     *
     * @throws IndexOutOfBoundsException when there is none
     */
    public byte get(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException("No byte " + index + " in a buffer of " + size() + " bytes");
        }
        return bytes[start + index];
    }

    /** Another buffer with the same bytes, which shares nothing with this one. */
    public IOBuffer copy() {
        return new IOBuffer(size()).append(this);
    }

    /** The bytes in an array of their own. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** A view of the bytes without a copy. What it shows after the next change of this buffer is undefined. */
    public ByteBuffer asReadOnlyByteBuffer() {
        return ByteBuffer.wrap(bytes, start, size()).slice().asReadOnlyBuffer();
    }

    /** Whether the other one is a buffer with the same bytes. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IOBuffer that && Arrays.equals(bytes, start, end, that.bytes, that.start, that.end);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    /** Sizes only: what is in a message does not belong in a log. */
    @Override
    public String toString() {
        return "IOBuffer[" + size() + " bytes, capacity " + capacity() + "]";
    }

    /** How many bytes have been moved so far to make room for others. */
    long moved() {
        return moved;
    }

    // ---- room

    /** Makes room for so many bytes more. */
    void makeRoomAtEnd(int count) {
        if (bytes.length - end < count) {
            byte[] target = memoryFor(count);
            int spare = target.length - size() - count;
            moveTo(target, prepended ? spare / 4 : 0);
        }
    }

    private void makeRoomAtStart(int count) {
        prepended = true;
        if (start < count) {
            byte[] target = memoryFor(count);
            int spare = target.length - size() - count;
            // a quarter is for the other end: with none there, the two could move everything to and fro
            moveTo(target, count + spare - spare / 4);
        }
    }

    /** The memory there is, when so much of it would stay free that moving pays; otherwise at least twice as much. */
    private byte[] memoryFor(int count) {
        long needed = (long) size() + count;
        if (needed <= bytes.length / 2 || (isEmpty() && needed <= bytes.length)) {
            return bytes;
        }
        if (needed > MOST) {
            throw new IllegalStateException("A buffer cannot hold " + needed + " bytes, at most " + MOST);
        }
        return new byte[(int) Math.max(needed, Math.min(MOST, Math.max(LEAST_GROWN, 2L * bytes.length)))];
    }

    private void moveTo(byte[] target, int newStart) {
        int size = size();
        System.arraycopy(bytes, start, target, newStart, size);
        bytes = target;
        start = newStart;
        end = newStart + size;
        moved += size;
    }

    private IOBuffer rewindIfEmpty() {
        if (isEmpty()) {
            start = 0;
            end = 0;
        }
        return this;
    }

    private void requireWithin(int count, String verb) {
        if (count < 0 || count > size()) {
            throw new IndexOutOfBoundsException(
                    "Cannot " + verb + " " + count + " bytes of a buffer that holds " + size());
        }
    }
}
