package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Network;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes to and from one peer, read and written with callbacks.
 *
 * <p>Confined to its loop; {@link #close()}, {@link #closed()} and {@link #closeReason()} are safe from any thread. One
 * read may be pending at a time; writes queue in order. Callbacks never run inside the call that registered them. Read
 * and write callbacks run once and only on success; the close callback runs once, after all others, and
 * {@link #closeReason()} and {@link #error()} then tell why.
 *
 * <pre>{@code
 * void serve(IOStream stream) {
 *     stream.readUntil("\n", line -> {
 *         stream.write(line);
 *         serve(stream);
 *     });
 * }
 * }</pre>
 *
 * <p>Bytes are read only while somebody asks for them, so a slow reader slows its peer down. A stream holds at most
 * {@linkplain StreamOptions#maxBufferSize() a limit} of bytes in each direction. A callback that throws closes its stream
 * with that cause, and nothing else.
 */
public final class IOStream implements AutoCloseable {
    /** What a stream holds at most in each direction unless told otherwise: 104,857,600 bytes. */
    public static final long DEFAULT_MAX_BUFFER_SIZE = 104_857_600;

    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final StreamDriver driver;

    /** A stream over a connected channel, which it then owns, with the default options. */
    public IOStream(SocketChannel channel, IOLoop loop) {
        this(channel, loop, StreamOptions.defaults());
    }

    /**
     * The same with a limit for each direction.
     *
     * @param maxBufferSize bytes, at least 1
     */
    public IOStream(SocketChannel channel, IOLoop loop, long maxBufferSize) {
        this(
                channel,
                loop,
                StreamOptions.defaults().toBuilder()
                        .maxBufferSize(maxBufferSize)
                        .build());
    }

    /** The same with all options. */
    public IOStream(SocketChannel channel, IOLoop loop, StreamOptions options) {
        if (!channel.isConnected()) {
            throw new IllegalArgumentException("The channel is not connected: " + channel);
        }
        try {
            this.driver = new StreamDriver(Network.over(channel, loop), loop, options);
            driver.open(null);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not make a stream over " + channel + ": " + e.getMessage(), e);
        }
    }

    private IOStream(Transport transport, IOLoop loop, StreamOptions options, @Nullable StreamCallback opened)
            throws IOException {
        this.driver = new StreamDriver(transport, loop, options);
        driver.open(
                opened == null
                        ? null
                        : new Delivery() {
                            @Override
                            void run() throws Exception {
                                opened.call(IOStream.this);
                            }
                        });
    }

    /** A stream over any transport, which it then owns. */
    public static IOStream over(Transport transport, IOLoop loop, StreamOptions options) throws IOException {
        return new IOStream(transport, loop, options, null);
    }

    /** The same, with a first callback that is given the stream. */
    public static IOStream over(Transport transport, IOLoop loop, StreamOptions options, StreamCallback opened)
            throws IOException {
        return new IOStream(transport, loop, options, Objects.requireNonNull(opened, "opened"));
    }

    // ---- reading

    /**
     * Reads up to and including {@code delimiter}.
     *
     * @param delimiter at least 1 byte, not to be changed before the callback
     * @throws IllegalStateException when another read is pending, or the stream is closed and its buffer does not suffice
     */
    public void readUntil(byte[] delimiter, Consumer<? super byte[]> callback) {
        readUntil(delimiter, UNLIMITED, callback);
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public void readUntil(String delimiter, Consumer<? super byte[]> callback) {
        readUntil(delimiter.getBytes(StandardCharsets.UTF_8), UNLIMITED, callback);
    }

    /** The same; the stream closes with {@link CloseReason#READ_LIMIT} when the delimiter is not within {@code maxBytes}. */
    public void readUntil(byte[] delimiter, int maxBytes, Consumer<? super byte[]> callback) {
        if (delimiter.length == 0) {
            throw new IllegalArgumentException("The delimiter of readUntil must have at least 1 byte");
        }
        requireAtLeast(1, maxBytes, "maxBytes");
        driver.read(new ReadRequest.Until(delimiter, maxBytes, Objects.requireNonNull(callback, "callback")));
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public void readUntil(String delimiter, int maxBytes, Consumer<? super byte[]> callback) {
        readUntil(delimiter.getBytes(StandardCharsets.UTF_8), maxBytes, callback);
    }

    /** Reads up to and including {@code delimiter}; the callback is given {@code arg} first. */
    public <A> void readUntil(byte[] delimiter, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntil(delimiter, UNLIMITED, callback, arg);
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public <A> void readUntil(String delimiter, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntil(delimiter.getBytes(StandardCharsets.UTF_8), UNLIMITED, callback, arg);
    }

    /** Reads up to and including {@code delimiter} within {@code maxBytes}; the callback is given {@code arg} first. */
    public <A> void readUntil(byte[] delimiter, int maxBytes, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntil(delimiter, maxBytes, with(callback, arg));
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public <A> void readUntil(String delimiter, int maxBytes, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntil(delimiter.getBytes(StandardCharsets.UTF_8), maxBytes, callback, arg);
    }

    /**
     * Reads exactly {@code count} bytes; 0 completes at once with an empty array and leaves the buffer as it is.
     *
     * @throws IllegalStateException when another read is pending, or the stream is closed and its buffer does not suffice
     */
    public void readBytes(int count, Consumer<? super byte[]> callback) {
        requireAtLeast(0, count, "count");
        driver.read(new ReadRequest.Exactly(count, Objects.requireNonNull(callback, "callback")));
    }

    /** Reads exactly {@code count} bytes; the callback is given {@code arg} first. */
    public <A> void readBytes(int count, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readBytes(count, with(callback, arg));
    }

    /** Whether a read is pending. */
    public boolean reading() {
        return driver.reading();
    }

    // ---- writing

    /**
     * Writes a copy of {@code data}. What is written in one turn leaves together.
     *
     * @return whether less than the high water mark is unsent
     * @throws StreamClosedException when the stream is closed
     * @throws BufferFullException when more than the limit would be unsent; nothing is queued then
     */
    public boolean write(byte[] data) {
        return driver.write(data, null);
    }

    /**
     * The same. The callback runs when everything queued has been handed to the system; it takes the place of an earlier
     * one that has not run yet, which is then never called.
     */
    public boolean write(byte[] data, Runnable callback) {
        return driver.write(data, Delivery.of(Objects.requireNonNull(callback, "callback")));
    }

    /** The same; the callback is given {@code arg}. */
    public <A> boolean write(byte[] data, Consumer<? super A> callback, A arg) {
        return write(data, with(callback, arg));
    }

    /** Writes the text in UTF-8. */
    public boolean write(String text) {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the text in UTF-8; the callback as in {@link #write(byte[], Runnable)}. */
    public boolean write(String text, Runnable callback) {
        return write(text.getBytes(StandardCharsets.UTF_8), callback);
    }

    /** The same; the callback is given {@code arg}. */
    public <A> boolean write(String text, Consumer<? super A> callback, A arg) {
        return write(text.getBytes(StandardCharsets.UTF_8), callback, arg);
    }

    /** Writes a copy of what remains of {@code data}, whose position does not move. */
    public boolean write(ByteBuffer data) {
        return driver.write(data.duplicate(), null);
    }

    /** The same; the callback as in {@link #write(byte[], Runnable)}. */
    public boolean write(ByteBuffer data, Runnable callback) {
        return driver.write(data.duplicate(), Delivery.of(Objects.requireNonNull(callback, "callback")));
    }

    /** The same; the callback is given {@code arg}. */
    public <A> boolean write(ByteBuffer data, Consumer<? super A> callback, A arg) {
        return write(data, with(callback, arg));
    }

    /** Whether written bytes are still to be sent. */
    public boolean writing() {
        return driver.writing();
    }

    // ---- closing

    /**
     * What to call when the stream has closed, after all its other callbacks; null for nothing. The last one set counts;
     * on a stream that has closed already it runs at once in a coming turn.
     */
    public void setCloseCallback(@Nullable Runnable callback) {
        driver.setCloseCallback(callback == null ? null : Delivery.of(callback));
    }

    /** The same; the callback is given {@code arg}. */
    public <A> void setCloseCallback(Consumer<? super A> callback, A arg) {
        setCloseCallback(with(callback, arg));
    }

    /** Sets the limit for bytes read and not asked for. It is not checked now, but when the next bytes would breach it. */
    public void setMaxBufferSize(long bytes) {
        driver.setMaxBufferSize(new Limit(bytes, "IOStream.setMaxBufferSize"));
    }

    /**
     * Stops reading, sends what was written, and closes, all within the close deadline. {@link #closed()} is true at once,
     * and what was read before can still be asked for. Safe from any thread; a second call does nothing.
     */
    @Override
    public void close() {
        driver.close(CloseReason.LOCAL);
    }

    /** Closes at once and drops what was not sent. */
    public void abort() {
        driver.abort(CloseReason.ABORTED, null);
    }

    /** Whether the stream has ended, or is only sending what was written before the end. Safe from any thread. */
    public boolean closed() {
        return driver.isClosed();
    }

    /** Why the stream closed, or null while it has not. Safe from any thread. */
    public @Nullable CloseReason closeReason() {
        return driver.closeReason();
    }

    /** What made the stream close; null while it is open, and for an ordinary end. */
    public @Nullable Throwable error() {
        return driver.error();
    }

    // ---- facts

    /** Bytes written and not taken by the system; on a closed stream those that were lost. */
    public long unsentBytes() {
        return driver.unsentBytes();
    }

    /** Bytes read and not asked for. */
    public long bufferedBytes() {
        return driver.bufferedBytes();
    }

    /** Its own address, or null while it has none. */
    public @Nullable SocketAddress localAddress() {
        return driver.transport().localAddress();
    }

    /** The peer's address, or null while there is none. */
    public @Nullable SocketAddress remoteAddress() {
        return driver.transport().remoteAddress();
    }

    /** The loop that the stream belongs to. */
    public IOLoop loop() {
        return driver.loop();
    }

    /** The stream at this moment. */
    public StreamInfo info() {
        driver.check("info");
        return driver.info();
    }

    @Override
    public String toString() {
        return driver.toString();
    }

    private static <A> Runnable with(Consumer<? super A> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return () -> callback.accept(arg);
    }

    private static <A> Consumer<byte[]> with(BiConsumer<? super A, ? super byte[]> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return data -> callback.accept(arg, data);
    }

    private static void requireAtLeast(int least, int value, String parameter) {
        if (value < least) {
            throw new IllegalArgumentException(parameter + " must be at least " + least + ", was " + value);
        }
    }
}
