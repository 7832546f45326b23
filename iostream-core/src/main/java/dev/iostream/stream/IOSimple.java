package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A stream that blocks its caller, for worker and virtual threads.
 *
 * <p>Safe from any thread but those of loops, which must not wait. One read and one write may be in flight at once. An
 * operation fails with an {@link IOException}, whose cause is a {@link StreamClosedException} when the stream has closed;
 * later ones fail in the same way. An interrupted operation throws {@link InterruptedIOException} and leaves the stream
 * open: a read is cancelled and what has come stays for the next, a write that has begun goes on by itself.
 *
 * <pre>{@code
 * try (IOSimple redis = IOSimple.dial("tcp://localhost:6379").timeout(Duration.ofSeconds(5))) {
 *     redis.write("PING\r\n");
 *     byte[] answer = redis.readUntil("\r\n");
 * }
 * }</pre>
 *
 * <p>Its streams live on a loop that all of them share, on a daemon thread that begins with the first.
 */
public final class IOSimple implements AutoCloseable {
    private static final SimpleDialer DIALER = new SimpleDialer(() -> IOLoopGroup.of(1, "iostream-simple-"));

    private final AsyncIOStream stream;
    private final AtomicReference<@Nullable String> reading = new AtomicReference<>();
    private final AtomicReference<@Nullable String> writing = new AtomicReference<>();
    private volatile @Nullable Duration timeout;
    /** What timed out, and thereby closed the stream. */
    private volatile @Nullable String timedOut;

    private volatile @Nullable CompletableFuture<byte[]> pendingRead;
    private volatile boolean closeAsked;

    private IOSimple(AsyncIOStream stream) {
        this.stream = stream;
    }

    /**
     * Connects to {@code tcp://host:port}, to {@code tls://host:port} with a server whose certificate the JDK trusts, or to
     * {@code unix:///path}. An IPv6 address has brackets.
     *
     * @throws DialException when the connection cannot be made, be it for want of a loop or of the JDK's trust store; a
     *     later call tries all of that again
     * @throws InterruptedIOException when the thread is interrupted meanwhile; the attempt is then given up
     * @throws IllegalArgumentException when the URL is none of these
     * @throws IllegalStateException on a loop's thread
     */
    public static IOSimple dial(String url) throws IOException {
        return dial(url, StreamOptions.defaults());
    }

    /** The same with options, which also have the deadlines of the name and the connection. */
    public static IOSimple dial(String url, StreamOptions options) throws IOException {
        return new IOSimple(DIALER.dial(url, options));
    }

    /**
     * Connects to {@code tls://host:port}, and returns when the handshake has ended.
     *
     * @param tls a client's
     * @throws DialException when the connection cannot be made, or the server is not who it should be
     * @throws IllegalArgumentException when the URL is of another kind
     */
    public static IOSimple dial(String url, TlsOptions tls, StreamOptions options) throws IOException {
        return new IOSimple(DIALER.dial(url, tls, options));
    }

    /**
     * How long each operation from now on may take; null, as at first, for no limit. One that takes longer throws a
     * {@link SocketTimeoutException} and closes the stream, since what comes later would be taken for an answer to the next.
     */
    public IOSimple timeout(@Nullable Duration limit) {
        if (limit != null && (limit.isNegative() || limit.isZero())) {
            throw new IllegalArgumentException("The timeout must be positive, or null for no limit; was " + limit);
        }
        timeout = limit;
        return this;
    }

    // ---- reading

    /** Reads up to and including {@code delimiter}. */
    public byte[] readUntil(byte[] delimiter) throws IOException {
        return read("readUntil", () -> stream.readUntil(delimiter));
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public byte[] readUntil(String delimiter) throws IOException {
        return readUntil(delimiter.getBytes(StandardCharsets.UTF_8));
    }

    /** The same; the stream closes when the delimiter is not within {@code maxBytes}. */
    public byte[] readUntil(byte[] delimiter, int maxBytes) throws IOException {
        return read("readUntil", () -> stream.readUntil(delimiter, maxBytes));
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public byte[] readUntil(String delimiter, int maxBytes) throws IOException {
        return readUntil(delimiter.getBytes(StandardCharsets.UTF_8), maxBytes);
    }

    /** Reads up to and including what {@code pattern} matches first; see {@link IOStream#readUntilPattern(Pattern, java.util.function.Consumer)}. */
    public byte[] readUntilPattern(Pattern pattern) throws IOException {
        return read("readUntilPattern", () -> stream.readUntilPattern(pattern));
    }

    /** The same with a pattern that is compiled now. */
    public byte[] readUntilPattern(String pattern) throws IOException {
        return readUntilPattern(Pattern.compile(pattern));
    }

    /** The same; the stream closes when no match ends within {@code maxBytes}. */
    public byte[] readUntilPattern(Pattern pattern, int maxBytes) throws IOException {
        return read("readUntilPattern", () -> stream.readUntilPattern(pattern, maxBytes));
    }

    /** Reads exactly {@code count} bytes. */
    public byte[] readBytes(int count) throws IOException {
        return read("readBytes", () -> stream.readBytes(count));
    }

    /** Reads what is there, at least a byte and at most {@code maxBytes}. */
    public byte[] readPartial(int maxBytes) throws IOException {
        return read("readPartial", () -> stream.readPartial(maxBytes));
    }

    /** Reads until the peer ends the connection; fails when it did not end in an ordinary way. */
    public byte[] readUntilClose() throws IOException {
        return read("readUntilClose", stream::readUntilClose);
    }

    // ---- writing

    /** Writes, and returns when the system has taken all bytes. */
    public void write(byte[] data) throws IOException {
        write(() -> stream.write(data));
    }

    /** The same with the text's UTF-8 bytes. */
    public void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with what remains of {@code data}, whose position does not move. */
    public void write(ByteBuffer data) throws IOException {
        write(() -> stream.write(data));
    }

    // ---- the stream

    /** The same stream with futures. */
    public AsyncIOStream stream() {
        return stream;
    }

    /** Whether the stream has ended. */
    public boolean closed() {
        return timedOut != null || stream.stream().closed();
    }

    /** Why the stream closed, or null while it has not. */
    public @Nullable CloseReason closeReason() {
        return stream.stream().closeReason();
    }

    /**
     * Closes the stream without waiting for it; a read that is in flight on another thread fails at once. What was written
     * leaves all the same.
     */
    @Override
    public void close() {
        closeAsked = true;
        stream.stream().close();
        CompletableFuture<byte[]> read = pendingRead;
        if (read != null) {
            endWithClose("complete the read", read);
        }
    }

    /** The stream itself would let the read wait until its peer has closed, too. */
    private static void endWithClose(String operation, CompletableFuture<byte[]> read) {
        read.completeExceptionally(new StreamClosedException(operation, CloseReason.LOCAL, null));
    }

    @Override
    public String toString() {
        return "IOSimple[" + stream.stream() + "]";
    }

    // ---- waiting

    private byte[] read(String operation, Supplier<CompletableFuture<byte[]>> start) throws IOException {
        return await(reading, operation, () -> {
            CompletableFuture<byte[]> read = start.get();
            pendingRead = read;
            if (closeAsked) {
                endWithClose(operation, read);
            }
            return read;
        });
    }

    private void write(Supplier<CompletableFuture<Void>> start) throws IOException {
        await(writing, "write", start);
    }

    private <T extends @Nullable Object> T await(
            AtomicReference<@Nullable String> inFlight, String operation, Supplier<CompletableFuture<T>> start)
            throws IOException {
        refuseLoops("IOSimple." + operation);
        String other = inFlight.compareAndExchange(null, operation);
        if (other != null) {
            throw new IllegalStateException("Could not " + operation + ": " + other
                    + " is in flight on another thread; one read and one write may be, so let that one end first");
        }
        try {
            return await(operation, start.get());
        } finally {
            if (inFlight == reading) {
                pendingRead = null;
            }
            inFlight.set(null);
        }
    }

    private <T extends @Nullable Object> T await(String operation, CompletableFuture<T> future) throws IOException {
        Duration limit = timeout;
        try {
            return limit == null ? future.get() : future.get(nanos(limit), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            timedOut = operation;
            future.cancel(false);
            abort();
            throw new SocketTimeoutException("Could not " + operation + " within " + limit
                    + "; the stream is closed, since an answer that comes later would be taken for another");
        } catch (InterruptedException e) {
            if (!future.cancel(false) && !future.isCompletedExceptionally()) {
                // it was complete by then, and what has been read is not to be lost
                Thread.currentThread().interrupt();
                return future.join();
            }
            throw interrupted(operation);
        } catch (ExecutionException e) {
            String culprit = timedOut;
            if (culprit != null && e.getCause() instanceof StreamClosedException closed) {
                throw new IOException(
                        "Could not " + operation + ": the stream is closed, since " + culprit + " had timed out",
                        closed);
            }
            throw failed(operation, e.getCause());
        }
    }

    private void abort() {
        IOLoop loop = stream.stream().loop();
        loop.addCallback(stream.stream()::abort);
    }

    /** What a future failed with: misfortunes are for the caller to handle, mistakes of the caller's own are thrown. */
    private static IOException failed(String operation, @Nullable Throwable cause) {
        if (cause instanceof StreamClosedException closed) {
            return closed.asIOException();
        }
        if (cause instanceof RuntimeException mistake) {
            throw mistake;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IOException("Could not " + operation + ": " + cause, cause);
    }

    static InterruptedIOException interrupted(String operation) {
        // whoever looks at it later is to see it, too, as with interruptible channels
        Thread.currentThread().interrupt();
        return new InterruptedIOException(operation + " was interrupted");
    }

    static void refuseLoops(String operation) {
        IOLoop loop = IOLoop.current();
        if (loop != null) {
            throw new IllegalStateException(operation + " would block thread '"
                    + Thread.currentThread().getName() + "', which runs loop '" + loop.name()
                    + "'; use IOStream there, or call it on a worker or virtual thread");
        }
    }

    private static long nanos(Duration limit) {
        try {
            return limit.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
