package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.transport.DialOptions;
import dev.iostream.transport.Network;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
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
public sealed class IOStream implements AutoCloseable permits SSLIOStream {
    /** What a stream holds at most in each direction unless told otherwise: 104,857,600 bytes. */
    public static final long DEFAULT_MAX_BUFFER_SIZE = 104_857_600;

    private static final int UNLIMITED = MessageRead.UNLIMITED;

    private final StreamDriver driver;
    private @Nullable Map<Class<?>, Object> attributes;
    private @Nullable AsyncIOStream async;

    /** A stream over a channel, connected or not, which it then owns; on {@link IOLoop#instance()}. */
    public IOStream(SocketChannel channel) {
        this(channel, IOLoop.instance());
    }

    /** The same on another loop. */
    public IOStream(SocketChannel channel, IOLoop loop) {
        this(channel, loop, StreamOptions.defaults());
    }

    /**
     * The same with a limit for each direction.
     *
     * @param maxBufferSize bytes, at least 1
     */
    public IOStream(SocketChannel channel, IOLoop loop, long maxBufferSize) {
        this(channel, loop, maxBufferSize, StreamOptions.defaults());
    }

    /** The same with a limit for each direction and other options beside it. */
    public IOStream(SocketChannel channel, IOLoop loop, long maxBufferSize, StreamOptions options) {
        this(channel, loop, options.toBuilder().maxBufferSize(maxBufferSize).build());
    }

    /** The same with all options. */
    public IOStream(SocketChannel channel, IOLoop loop, StreamOptions options) {
        this(driverOver(channel, loop, options, wire -> wire));
        openIfConnected(channel);
    }

    IOStream(StreamDriver driver) {
        this.driver = driver;
        driver.belongsTo(this);
    }

    /** What moves a stream over a channel of the user's. */
    static StreamDriver driverOver(
            SocketChannel channel, IOLoop loop, StreamOptions options, UnaryOperator<Transport> securing) {
        try {
            channel.configureBlocking(false);
            return new StreamDriver(
                    channel.isConnected() ? securing.apply(Network.over(channel, loop)) : new Unconnected(channel),
                    loop,
                    options);
        } catch (IOException e) {
            throw unusable(channel, e);
        }
    }

    final void openIfConnected(SocketChannel channel) {
        if (!(driver.transport() instanceof Unconnected)) {
            try {
                driver.open(null);
            } catch (IOException e) {
                throw unusable(channel, e);
            }
        }
    }

    private static UncheckedIOException unusable(SocketChannel channel, IOException cause) {
        return new UncheckedIOException("Could not make a stream over " + channel + ": " + cause.getMessage(), cause);
    }

    /** A stream that opens its own channel when it connects, so that it can try all addresses of a name. */
    public static IOStream open(IOLoop loop, StreamOptions options) {
        return new IOStream(new StreamDriver(new Unconnected(null), loop, options));
    }

    /** A stream over any transport, which it then owns. */
    public static IOStream over(Transport transport, IOLoop loop, StreamOptions options) throws IOException {
        var stream = new IOStream(new StreamDriver(transport, loop, options));
        stream.driver.open(null);
        return stream;
    }

    /** The same, with a first callback that is given the stream. */
    public static IOStream over(Transport transport, IOLoop loop, StreamOptions options, StreamCallback opened)
            throws IOException {
        var stream = new IOStream(new StreamDriver(transport, loop, options));
        stream.driver.open(Delivery.of(opened, stream));
        return stream;
    }

    final StreamDriver driver() {
        return driver;
    }

    /** Takes over what an application has said about another stream. */
    final void adopt(IOStream former) {
        attributes = former.attributes;
        former.attributes = null;
    }

    // ---- connecting

    /**
     * Connects without blocking. Exactly one of the two callbacks is called; until then writes queue and reads wait. A name
     * is resolved off the loop within {@code dnsTimeout}, and all its addresses are tried unless the channel is the
     * caller's; see {@link StreamOptions#dial}.
     *
     * @param host a name, or an address in digits
     * @param port 1 to 65,535
     * @param family {@code INET} or {@code INET6} to use only addresses of that family, or null for any
     * @throws IllegalStateException when the stream has been connected before, or closed
     */
    public final void connect(
            String host,
            int port,
            @Nullable ProtocolFamily family,
            @Nullable Runnable connected,
            @Nullable ConnectFailure failed) {
        Transport dialled = secured(dialled(host, port, family), host, port);
        dial(dialled, InetSocketAddress.createUnresolved(host, port), connected, failed);
    }

    final Transport dialled(String host, int port, @Nullable ProtocolFamily family) {
        SocketChannel channel = driver.unconnected().channel();
        DialOptions dial = driver.options().dial();
        DialOptions options = family == null ? dial : dial.family(family);
        return channel == null
                ? Transport.dial(host, port, loop(), options)
                : Transport.dial(channel, host, port, loop(), options);
    }

    /** What is put over the connection that is dialled. */
    Transport secured(Transport dialled, @Nullable String host, int port) {
        return dialled;
    }

    /** The same; both callbacks are given {@code arg} first. */
    public final <A> void connect(
            String host,
            int port,
            @Nullable ProtocolFamily family,
            @Nullable Consumer<? super A> connected,
            @Nullable ConnectFailureWith<? super A> failed,
            A arg) {
        connect(host, port, family, connected == null ? null : with(connected, arg), with(failed, arg));
    }

    /** Connects to an address, which may be resolved or not, or one of a Unix-domain socket. */
    public final void connect(SocketAddress address, @Nullable Runnable connected, @Nullable ConnectFailure failed) {
        SocketChannel channel = driver.unconnected().channel();
        DialOptions options = driver.options().dial();
        Transport dialled = channel == null
                ? Transport.dial(address, loop(), options)
                : Transport.dial(channel, address, loop(), options);
        InetSocketAddress internet = address instanceof InetSocketAddress known ? known : null;
        dial(
                secured(
                        dialled,
                        internet == null ? null : internet.getHostString(),
                        internet == null ? 0 : internet.getPort()),
                address,
                connected,
                failed);
    }

    /** The same; both callbacks are given {@code arg} first. */
    public final <A> void connect(
            SocketAddress address,
            @Nullable Consumer<? super A> connected,
            @Nullable ConnectFailureWith<? super A> failed,
            A arg) {
        connect(address, connected == null ? null : with(connected, arg), with(failed, arg));
    }

    final void dial(
            Transport dial, SocketAddress target, @Nullable Runnable connected, @Nullable ConnectFailure failed) {
        driver.connect(dial, target, connected == null ? null : driver.callback(connected), failed);
    }

    // ---- reading

    /**
     * Reads up to and including {@code delimiter}.
     *
     * @param delimiter at least 1 byte, not to be changed before the callback
     * @throws IllegalStateException when another read is pending, or the stream is closed and its buffer does not suffice
     */
    public final void readUntil(byte[] delimiter, Consumer<? super byte[]> callback) {
        readUntil(delimiter, UNLIMITED, callback);
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public final void readUntil(String delimiter, Consumer<? super byte[]> callback) {
        readUntil(Delimiters.bytesOf(delimiter), UNLIMITED, callback);
    }

    /** The same; the stream closes with {@link CloseReason#READ_LIMIT} when the delimiter is not within {@code maxBytes}. */
    public final void readUntil(byte[] delimiter, int maxBytes, Consumer<? super byte[]> callback) {
        if (delimiter.length == 0) {
            throw new IllegalArgumentException("The delimiter of readUntil must have at least 1 byte");
        }
        requireAtLeast(1, maxBytes, "maxBytes");
        driver.reads().startUntil(delimiter, maxBytes, Objects.requireNonNull(callback, "callback"));
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public final void readUntil(String delimiter, int maxBytes, Consumer<? super byte[]> callback) {
        readUntil(Delimiters.bytesOf(delimiter), maxBytes, callback);
    }

    /** Reads up to and including {@code delimiter}; the callback is given {@code arg} first. */
    public final <A> void readUntil(byte[] delimiter, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntil(delimiter, UNLIMITED, callback, arg);
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public final <A> void readUntil(String delimiter, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntil(Delimiters.bytesOf(delimiter), UNLIMITED, callback, arg);
    }

    /** Reads up to and including {@code delimiter} within {@code maxBytes}; the callback is given {@code arg} first. */
    public final <A> void readUntil(
            byte[] delimiter, int maxBytes, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntil(delimiter, maxBytes, with(callback, arg));
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public final <A> void readUntil(
            String delimiter, int maxBytes, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntil(Delimiters.bytesOf(delimiter), maxBytes, callback, arg);
    }

    /**
     * Reads exactly {@code count} bytes; 0 completes at once with an empty array and leaves the buffer as it is.
     *
     * @throws IllegalStateException when another read is pending, or the stream is closed and its buffer does not suffice
     */
    public final void readBytes(int count, Consumer<? super byte[]> callback) {
        requireAtLeast(0, count, "count");
        driver.reads().start(new MessageRead.Exactly(count, Objects.requireNonNull(callback, "callback")));
    }

    /** Reads exactly {@code count} bytes; the callback is given {@code arg} first. */
    public final <A> void readBytes(int count, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readBytes(count, with(callback, arg));
    }

    /**
     * Reads {@code count} bytes and hands them over in chunks as they come, however many that is; the final callback is
     * given an empty array.
     *
     * @param streaming is given a read-only view that is valid during the call only
     */
    public final void readBytes(long count, Consumer<? super byte[]> callback, Consumer<? super ByteBuffer> streaming) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0, was " + count);
        }
        driver.reads()
                .start(new StreamingRead(
                        count,
                        Objects.requireNonNull(callback, "callback"),
                        Objects.requireNonNull(streaming, "streaming")));
    }

    /** The same; the callbacks are given {@code arg} and {@code streamingArg} first. */
    public final <A, S> void readBytes(
            long count,
            BiConsumer<? super A, ? super byte[]> callback,
            A arg,
            BiConsumer<? super S, ? super ByteBuffer> streaming,
            S streamingArg) {
        readBytes(count, with(callback, arg), with(streaming, streamingArg));
    }

    /**
     * Reads up to and including what {@code pattern} matches first. The pattern sees each byte as one character from
     * {@code \\u0000} to {@code \\u00FF}; {@code ^} is the first unread byte. It is tried when nothing more is there to
     * read at once, within a budget of steps, after which the stream closes with {@link CloseReason#PATTERN_BUDGET}.
     */
    public final void readUntilPattern(Pattern pattern, Consumer<? super byte[]> callback) {
        readUntilPattern(pattern, UNLIMITED, callback);
    }

    /** The same with a pattern that is compiled now. */
    public final void readUntilPattern(String pattern, Consumer<? super byte[]> callback) {
        readUntilPattern(Pattern.compile(pattern), UNLIMITED, callback);
    }

    /** The same; the stream closes with {@link CloseReason#READ_LIMIT} when no match ends within {@code maxBytes}. */
    public final void readUntilPattern(Pattern pattern, int maxBytes, Consumer<? super byte[]> callback) {
        requireAtLeast(1, maxBytes, "maxBytes");
        driver.reads()
                .start(new MessageRead.Matching(
                        Objects.requireNonNull(pattern, "pattern"),
                        maxBytes,
                        Objects.requireNonNull(callback, "callback")));
    }

    /** The same with a pattern that is compiled now. */
    public final void readUntilPattern(String pattern, int maxBytes, Consumer<? super byte[]> callback) {
        readUntilPattern(Pattern.compile(pattern), maxBytes, callback);
    }

    /** Reads up to and including a match; the callback is given {@code arg} first. */
    public final <A> void readUntilPattern(Pattern pattern, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntilPattern(pattern, UNLIMITED, with(callback, arg));
    }

    /** The same with a pattern that is compiled now. */
    public final <A> void readUntilPattern(String pattern, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntilPattern(Pattern.compile(pattern), UNLIMITED, with(callback, arg));
    }

    /** Reads up to and including a match within {@code maxBytes}; the callback is given {@code arg} first. */
    public final <A> void readUntilPattern(
            Pattern pattern, int maxBytes, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntilPattern(pattern, maxBytes, with(callback, arg));
    }

    /** The same with a pattern that is compiled now. */
    public final <A> void readUntilPattern(
            String pattern, int maxBytes, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntilPattern(Pattern.compile(pattern), maxBytes, with(callback, arg));
    }

    /** Reads as soon as anything is there: 1 to {@code maxBytes} bytes, or none at once when that is 0. */
    public final void readPartial(int maxBytes, Consumer<? super byte[]> callback) {
        requireAtLeast(0, maxBytes, "maxBytes");
        driver.reads().start(new MessageRead.Partial(maxBytes, Objects.requireNonNull(callback, "callback")));
    }

    /** The same; the callback is given {@code arg} first. */
    public final <A> void readPartial(int maxBytes, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readPartial(maxBytes, with(callback, arg));
    }

    /**
     * Reads until {@code destination} is full; the callback is given how many bytes that was. The destination is filled as
     * bytes come and must be left alone until then.
     */
    public final void readInto(ByteBuffer destination, IntConsumer callback) {
        driver.reads().startInto(destination, false, Objects.requireNonNull(callback, "callback"));
    }

    /** The same; the callback is given {@code arg} first. */
    public final <A> void readInto(ByteBuffer destination, ObjIntConsumer<? super A> callback, A arg) {
        readInto(destination, with(callback, arg));
    }

    /** Reads into {@code destination} as soon as anything is there; the callback is given how many bytes that was. */
    public final void readPartialInto(ByteBuffer destination, IntConsumer callback) {
        driver.reads().startInto(destination, true, Objects.requireNonNull(callback, "callback"));
    }

    /** The same; the callback is given {@code arg} first. */
    public final <A> void readPartialInto(ByteBuffer destination, ObjIntConsumer<? super A> callback, A arg) {
        readPartialInto(destination, with(callback, arg));
    }

    /**
     * Reads everything until the stream closes, within the limit of what it may hold. The callback is called however the
     * stream ends, with what came; {@link #error()} is null after an ordinary end.
     */
    public final void readUntilClose(@Nullable Consumer<? super byte[]> callback) {
        driver.reads().start(new UntilCloseRead(UNLIMITED, callback, null));
    }

    /**
     * The same within {@code maxBytes}, at least 1: when more comes, the stream closes with {@link CloseReason#READ_LIMIT},
     * and the callback is given the first {@code maxBytes}.
     */
    public final void readUntilClose(int maxBytes, @Nullable Consumer<? super byte[]> callback) {
        requireAtLeast(1, maxBytes, "maxBytes");
        driver.reads().start(new UntilCloseRead(maxBytes, callback, null));
    }

    /** The same; the callback is given {@code arg} first. */
    public final <A> void readUntilClose(int maxBytes, BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntilClose(maxBytes, with(callback, arg));
    }

    /** The same; the callback is given {@code arg} first. */
    public final <A> void readUntilClose(BiConsumer<? super A, ? super byte[]> callback, A arg) {
        readUntilClose(with(callback, arg));
    }

    /**
     * Reads everything until the stream closes, and hands it over in chunks as it comes, however much that is. The final
     * callback is given what was not handed over before, so that the chunks and it are all the bytes.
     *
     * @param callback null for none; beside a lambda written {@code last -> {}}, since there the compiler cannot tell
     *     whose null it is
     * @param streaming is given a read-only view that is valid during the call only
     */
    public final void readUntilClose(
            @Nullable Consumer<? super byte[]> callback, Consumer<? super ByteBuffer> streaming) {
        driver.reads().start(new UntilCloseRead(UNLIMITED, callback, Objects.requireNonNull(streaming, "streaming")));
    }

    /** The same; the callbacks are given {@code arg} and {@code streamingArg} first. */
    public final <A, S> void readUntilClose(
            BiConsumer<? super A, ? super byte[]> callback,
            A arg,
            BiConsumer<? super S, ? super ByteBuffer> streaming,
            S streamingArg) {
        readUntilClose(with(callback, arg), with(streaming, streamingArg));
    }

    /** Whether a read is pending. */
    public final boolean reading() {
        return driver.reads().isReading();
    }

    /** Forgets the pending read, if there is one; its callback is never called, and what is buffered stays. */
    public final void cancelRead() {
        driver.check("cancelRead");
        driver.reads().cancel();
    }

    /**
     * What to call, once, when the peer has ended its side and everything before has been read; null for nothing. With
     * it the stream does not close then, and can still be written to until it is closed here.
     */
    public final void setReadEndCallback(@Nullable Runnable callback) {
        driver.check("setReadEndCallback");
        driver.onPeerEnd(callback == null ? null : driver.callback(callback));
    }

    /**
     * Sends on {@code target} what this stream receives, until either of them ends; then both close. When {@code target}
     * is piped back to this stream, the end of one direction leaves the other one open. This stream is read only while
     * the target has room, and nobody else may read it.
     *
     * @throws IllegalStateException when the streams are on different loops, or this one is being read
     */
    public final Pipe pipeTo(IOStream target) {
        var pipe = new Pipe(driver, target.driver);
        pipe.start();
        return pipe;
    }

    // ---- writing

    /**
     * Writes a copy of {@code data}. What is written in one turn leaves together.
     *
     * @return whether to go on: less than the high water mark and half of the limit is unsent, and streams of the loop have
     *     not yet sent so much in this turn, 1 MiB, that others are to come in; {@link #onWritable} tells when
     * @throws StreamClosedException when the stream is closed
     * @throws BufferFullException when more than the limit would be unsent; nothing is queued then
     */
    public final boolean write(byte[] data) {
        return driver.writes().write(data, null);
    }

    /**
     * The same. The callback runs when everything queued has been handed to the system; it takes the place of an earlier
     * one that has not run yet, which is then never called.
     */
    public final boolean write(byte[] data, Runnable callback) {
        return driver.writes().write(data, Objects.requireNonNull(callback, "callback"));
    }

    /** The same; the callback is given {@code arg}. */
    public final <A> boolean write(byte[] data, Consumer<? super A> callback, A arg) {
        return write(data, with(callback, arg));
    }

    /** Writes the text in UTF-8. */
    public final boolean write(String text) {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the text in UTF-8; the callback as in {@link #write(byte[], Runnable)}. */
    public final boolean write(String text, Runnable callback) {
        return write(text.getBytes(StandardCharsets.UTF_8), callback);
    }

    /** The same; the callback is given {@code arg}. */
    public final <A> boolean write(String text, Consumer<? super A> callback, A arg) {
        return write(text.getBytes(StandardCharsets.UTF_8), callback, arg);
    }

    /** Writes a copy of what remains of {@code data}, whose position does not move. */
    public final boolean write(ByteBuffer data) {
        return driver.writes().write(data.duplicate(), null);
    }

    /** The same; the callback as in {@link #write(byte[], Runnable)}. */
    public final boolean write(ByteBuffer data, Runnable callback) {
        return driver.writes().write(data.duplicate(), Objects.requireNonNull(callback, "callback"));
    }

    /** The same; the callback is given {@code arg}. */
    public final <A> boolean write(ByteBuffer data, Consumer<? super A> callback, A arg) {
        return write(data, with(callback, arg));
    }

    /** Writes a copy of what {@code buffer} holds, which does not change. */
    public final boolean writeBuffer(IOBuffer buffer) {
        return write(buffer.asReadOnlyByteBuffer());
    }

    /** The same; the callback as in {@link #write(byte[], Runnable)}. */
    public final boolean writeBuffer(IOBuffer buffer, Runnable callback) {
        return write(buffer.asReadOnlyByteBuffer(), callback);
    }

    /** The same; the callback is given {@code arg}. */
    public final <A> boolean writeBuffer(IOBuffer buffer, Consumer<? super A> callback, A arg) {
        return write(buffer.asReadOnlyByteBuffer(), callback, arg);
    }

    /**
     * Writes what remains of {@code data} without copying it. It must not be changed before the callback; its position
     * does not move. Until then every other write is refused.
     *
     * @param callback called when everything has been handed to the system
     * @throws IllegalStateException when bytes written before are unsent; nothing has changed then
     */
    public final void writeZeroCopy(ByteBuffer data, @Nullable Runnable callback) {
        driver.writes().writeZeroCopy(data, callback);
    }

    /** The same; the callback is given {@code arg}. */
    public final <A> void writeZeroCopy(ByteBuffer data, Consumer<? super A> callback, A arg) {
        writeZeroCopy(data, with(callback, arg));
    }

    /** Writes what {@code buffer} holds without copying it; it must not be changed before the callback. */
    public final void writeZeroCopy(IOBuffer buffer, @Nullable Runnable callback) {
        writeZeroCopy(buffer.asReadOnlyByteBuffer(), callback);
    }

    /** The same; the callback is given {@code arg}. */
    public final <A> void writeZeroCopy(IOBuffer buffer, Consumer<? super A> callback, A arg) {
        writeZeroCopy(buffer, with(callback, arg));
    }

    /**
     * Writes a part of a file, from the file to the socket by the system itself where the transport allows that. The
     * stream closes with {@link CloseReason#WRITE_FAILED} when the file turns out to be shorter. The file is not closed.
     *
     * @param position byte of the file from 0
     * @param count bytes, at least 0
     * @throws IllegalStateException when bytes written before are unsent; nothing has changed then
     */
    public final void writeZeroCopy(FileChannel file, long position, long count, @Nullable Runnable callback) {
        if (position < 0 || count < 0) {
            throw new IllegalArgumentException(
                    "position and count must be at least 0, were " + position + " and " + count);
        }
        driver.writes().writeZeroCopy(Region.of(file, position, count), callback);
    }

    /** The same; the callback is given {@code arg}. */
    public final <A> void writeZeroCopy(
            FileChannel file, long position, long count, Consumer<? super A> callback, A arg) {
        writeZeroCopy(file, position, count, with(callback, arg));
    }

    /** Whether written bytes are still to be sent. */
    public final boolean writing() {
        return !driver.writes().isEmpty() && !driver.isClosed();
    }

    /** What {@link #write(byte[])} would return if nothing were written. */
    public final boolean writable() {
        return driver.writes().isWritable() && !driver.isClosed();
    }

    /**
     * What to call, once, when no more is unsent than the low water mark and an eighth of the limit; the last one set counts.
     */
    public final void onWritable(Runnable callback) {
        driver.writes().onWritable(driver.callback(Objects.requireNonNull(callback, "callback")));
    }

    /**
     * Ends the bytes to the peer after those that were written, and goes on reading.
     *
     * @param callback called when the end has been handed to the system
     * @throws IllegalStateException when what carries the bytes has no such thing, as TLS 1.2 has not
     */
    public final void shutdownWrite(@Nullable Runnable callback) {
        driver.writes().shutdown(callback == null ? null : driver.callback(callback));
    }

    // ---- closing

    /**
     * What to call when the stream has closed, after all its other callbacks; null for nothing. The last one set counts;
     * on a stream that has closed already it runs at once in a coming turn.
     */
    public final void setCloseCallback(@Nullable Runnable callback) {
        driver.setCloseCallback(callback == null ? null : driver.callback(callback));
    }

    /** The same; the callback is given {@code arg}. */
    public final <A> void setCloseCallback(Consumer<? super A> callback, A arg) {
        setCloseCallback(with(callback, arg));
    }

    /**
     * Sets the limit for bytes read and not asked for, and for bytes unsent unless {@link
     * StreamOptions.Builder#maxWriteBufferSize(long)} was set. It is not checked now, but when the next bytes would breach
     * it.
     */
    public final void setMaxBufferSize(long bytes) {
        driver.check("setMaxBufferSize");
        var limit = new Limit(bytes, "IOStream.setMaxBufferSize");
        driver.options(driver.options().toBuilder().maxBufferSize(limit).build());
    }

    /**
     * Stops reading, sends what was written, and closes, all within the close deadline. {@link #closed()} is true at once,
     * and what was read before can still be asked for. Safe from any thread; a second call does nothing.
     *
     * <p>Of a stream that {@link SSLIOStream#startTls} has detached it closes the one that has the connection now: whoever
     * still has the former one need not know that it went on with TLS. The same holds for {@link #abort()}.
     */
    @Override
    public final void close() {
        driver.close();
    }

    /** The same as {@link #close()}, with the reason that meters and logs are to show. Safe from any thread. */
    public final void close(CloseReason reason) {
        driver.close(Objects.requireNonNull(reason, "reason"));
    }

    /**
     * Reports what has failed on behalf of this stream outside its callbacks, and closes it with {@link
     * CloseReason#CALLBACK_FAILED}, as if a callback had thrown it: for work that other threads do for the stream.
     */
    public final void callbackFailed(Throwable failure) {
        driver.check("callbackFailed");
        driver.callbackFailed(Objects.requireNonNull(failure, "failure"));
    }

    /** Closes at once and drops what was not sent; a peer that misses bytes for that sees a reset and no end. */
    public final void abort() {
        driver.check("abort");
        driver.finish(CloseReason.ABORTED, null);
    }

    /** Whether the stream has ended, or is only sending what was written before the end. Safe from any thread. */
    public final boolean closed() {
        return driver.isClosed();
    }

    /** Why the stream closed, or null while it has not. Safe from any thread. */
    public final @Nullable CloseReason closeReason() {
        return driver.closeReason();
    }

    /** What made the stream close; null while it is open, and for an ordinary end. */
    public final @Nullable Throwable error() {
        return driver.error();
    }

    // ---- facts

    /**
     * The stream that has the connection now: the one that {@link SSLIOStream#startTls} has put in the place of this one,
     * or this one itself. Safe from any thread.
     */
    public final IOStream latest() {
        return driver.latest().stream();
    }

    /** Bytes written and not taken by the system; on a closed stream those that were lost. */
    public final long unsentBytes() {
        return driver.unsentBytes();
    }

    /** Bytes read and not asked for. */
    public final long bufferedBytes() {
        return driver.reads().size();
    }

    /** Whether small writes leave at once instead of waiting for more; on by default, without effect but on TCP. */
    public final void setNoDelay(boolean on) {
        driver.check("setNoDelay");
        driver.transport().setNoDelay(on);
    }

    /** Its own address, or null while it has none; behind a proxy that is trusted, the one that the peer had connected to. */
    public final @Nullable SocketAddress localAddress() {
        return driver.transport().localAddress();
    }

    /** The peer's address, or null while there is none; behind a proxy that is trusted, the one that the proxy tells. */
    public final @Nullable SocketAddress remoteAddress() {
        return driver.transport().remoteAddress();
    }

    /** What was set for that type, or null: a place for what an application knows about the stream. */
    public final <T> @Nullable T attribute(Class<T> type) {
        return attributes == null ? null : type.cast(attributes.get(type));
    }

    /** Sets what {@link #attribute} gives for that type; null removes it. */
    public final <T> void setAttribute(Class<T> type, @Nullable T value) {
        driver.check("setAttribute");
        if (attributes == null) {
            attributes = new HashMap<>(2);
        }
        if (value == null) {
            attributes.remove(type);
        } else {
            attributes.put(type, value);
        }
    }

    /** The same stream with futures, for any thread. */
    public final AsyncIOStream async() {
        driver.check("async");
        if (async == null) {
            async = new AsyncIOStream(this, driver);
        }
        return async;
    }

    /** The loop that the stream belongs to. */
    public final IOLoop loop() {
        return driver.loop();
    }

    /** The stream at this moment. */
    public final StreamInfo info() {
        driver.check("info");
        return driver.info();
    }

    @Override
    public final String toString() {
        return driver.toString();
    }

    static <A> Runnable with(Consumer<? super A> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return () -> callback.accept(arg);
    }

    private static <A, D> Consumer<D> with(BiConsumer<? super A, ? super D> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return data -> callback.accept(arg, data);
    }

    private static <A> IntConsumer with(ObjIntConsumer<? super A> callback, A arg) {
        Objects.requireNonNull(callback, "callback");
        return count -> callback.accept(arg, count);
    }

    static <A> @Nullable ConnectFailure with(@Nullable ConnectFailureWith<? super A> failed, A arg) {
        return failed == null ? null : (errno, message) -> failed.failed(arg, errno, message);
    }

    private static void requireAtLeast(int least, int value, String parameter) {
        if (value < least) {
            throw new IllegalArgumentException(parameter + " must be at least " + least + ", was " + value);
        }
    }
}
