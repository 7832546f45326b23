package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.loop.IOLoop;
import dev.iostream.tls.TlsOptions;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A stream whose every operation gives a future, for any thread.
 *
 * <p>Futures are completed on the stream's loop and always complete: with a {@link StreamClosedException} when the stream
 * closes first, with what the operation of {@link IOStream} throws when it is refused. A read ends when its future is
 * completed by others: cancelled, by a timeout, or with any value; what was buffered stays for the next. Once its bytes
 * have been taken the future can be completed with them only. Waiting for one on the loop's own thread throws
 * {@link IllegalStateException}.
 *
 * <pre>{@code
 * stream.async().readUntil("\n").thenAccept(line -> ...);
 * }</pre>
 */
public final class AsyncIOStream {
    private final StreamDriver driver;
    private final IOStream stream;
    private final IOLoop loop;
    private final Set<CompletableFuture<?>> open = new HashSet<>();
    private boolean listening;

    AsyncIOStream(IOStream stream, StreamDriver driver) {
        this.stream = stream;
        this.driver = driver;
        this.loop = driver.loop();
    }

    /** The stream itself, which is confined to its loop. */
    public IOStream stream() {
        return stream;
    }

    /**
     * As {@link IOStream#connect(String, int, java.net.ProtocolFamily, Runnable, ConnectFailure)} with any family; fails
     * with a {@link DialException}.
     */
    public CompletableFuture<Void> connect(String host, int port) {
        return start(future -> stream.connect(
                host,
                port,
                null,
                () -> future.complete(null),
                (errno, message) -> future.completeExceptionally(failure(errno, message))));
    }

    /** As {@link IOStream#connect(SocketAddress, Runnable, ConnectFailure)}; fails with a {@link DialException}. */
    public CompletableFuture<Void> connect(SocketAddress address) {
        return start(future -> stream.connect(
                address,
                () -> future.complete(null),
                (errno, message) -> future.completeExceptionally(failure(errno, message))));
    }

    /** Why the stream did not open. */
    private DialException failure(int errno, String message) {
        CloseReason reason = driver.closeReason();
        return new DialException(message, errno, reason == null ? CloseReason.CONNECT_FAILED : reason, driver.error());
    }

    /** As {@link IOStream#readUntil(byte[], int, Consumer)}, without a limit of its own. */
    public CompletableFuture<byte[]> readUntil(byte[] delimiter) {
        return read(future -> stream.readUntil(delimiter, future));
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public CompletableFuture<byte[]> readUntil(String delimiter) {
        return readUntil(delimiter.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link IOStream#readUntil(byte[], int, Consumer)}. */
    public CompletableFuture<byte[]> readUntil(byte[] delimiter, int maxBytes) {
        return read(future -> stream.readUntil(delimiter, maxBytes, future));
    }

    /** The same with the delimiter's UTF-8 bytes. */
    public CompletableFuture<byte[]> readUntil(String delimiter, int maxBytes) {
        return readUntil(delimiter.getBytes(StandardCharsets.UTF_8), maxBytes);
    }

    /** As {@link IOStream#readUntilPattern(Pattern, Consumer)}. */
    public CompletableFuture<byte[]> readUntilPattern(Pattern pattern) {
        return read(future -> stream.readUntilPattern(pattern, future));
    }

    /** As {@link IOStream#readUntilPattern(Pattern, int, Consumer)}. */
    public CompletableFuture<byte[]> readUntilPattern(Pattern pattern, int maxBytes) {
        return read(future -> stream.readUntilPattern(pattern, maxBytes, future));
    }

    /** As {@link IOStream#readBytes(int, Consumer)}. */
    public CompletableFuture<byte[]> readBytes(int count) {
        return read(future -> stream.readBytes(count, future));
    }

    /** As {@link IOStream#readPartial(int, Consumer)}. */
    public CompletableFuture<byte[]> readPartial(int maxBytes) {
        return read(future -> stream.readPartial(maxBytes, future));
    }

    /** As {@link IOStream#readInto}; when others complete the future the destination holds what had come. */
    public CompletableFuture<Integer> readInto(ByteBuffer destination) {
        // the future knows its read, to cancel it, so that read is never another one
        return read(future -> driver.reads().start(new IntoRead().into(destination, false, future::accept)));
    }

    /** As {@link IOStream#readUntilClose(Consumer)}, but it fails when the stream did not end in an ordinary way. */
    public CompletableFuture<byte[]> readUntilClose() {
        return read(future -> stream.readUntilClose(data -> {
            if (driver.error() == null) {
                giveRest(future, data);
            } else {
                future.completeExceptionally(driver.closedException("read until close"));
            }
        }));
    }

    /** Writes a copy of {@code data}; completes when these bytes have been handed to the system. */
    public CompletableFuture<Void> write(byte[] data) {
        byte[] copy = loop.inLoop() ? data : data.clone();
        return start(future -> {
            driver.writes().write(copy, null);
            whenSent(future);
        });
    }

    /** Writes the text in UTF-8. */
    public CompletableFuture<Void> write(String text) {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a copy of what remains of {@code data}, whose position does not move. */
    public CompletableFuture<Void> write(ByteBuffer data) {
        byte[] copy = new byte[data.remaining()];
        data.duplicate().get(copy);
        return write(copy);
    }

    /** As {@link IOStream#writeZeroCopy(ByteBuffer, Runnable)}. */
    public CompletableFuture<Void> writeZeroCopy(ByteBuffer data) {
        return start(future -> {
            driver.writes().writeZeroCopy(data, null);
            whenSent(future);
        });
    }

    /** As {@link IOStream#writeZeroCopy(FileChannel, long, long, Runnable)}. */
    public CompletableFuture<Void> writeZeroCopy(FileChannel file, long position, long count) {
        return start(future -> {
            driver.writes().writeZeroCopy(Region.of(file, position, count), null);
            whenSent(future);
        });
    }

    /** As {@link IOStream#close}; completes when the stream has closed, with why. */
    public CompletableFuture<CloseReason> close() {
        return start(future -> {
            driver.close();
            if (driver.isFinished()) {
                future.complete(driver.closeReason());
            } else {
                driver.alsoOnClose(() -> future.complete(driver.closeReason()));
            }
        });
    }

    /**
     * As {@link SSLIOStream#startTls}; completes with the stream that has taken over, and fails with a
     * {@link DialException}.
     */
    public CompletableFuture<AsyncIOStream> startTls(TlsOptions tls) {
        // not one of those that fail when this stream ends, which it does by this very operation
        var future = new LoopFuture<AsyncIOStream>(loop);
        boolean begun = inLoop(() -> {
            try {
                var upgraded = new IOStream[1];
                upgraded[0] = SSLIOStream.upgrade(
                        stream,
                        tls,
                        secured -> future.complete(secured.async()),
                        (errno, message) ->
                                future.completeExceptionally(upgraded[0].async().failure(errno, message)));
            } catch (RuntimeException | Error refused) {
                future.completeExceptionally(refused);
            }
        });
        if (!begun) {
            future.completeExceptionally(driver.closedException("start TLS"));
        }
        return future;
    }

    // ---- how futures come and go

    private void whenSent(CompletableFuture<Void> future) {
        driver.writes().whenSent(Delivery.of(() -> future.complete(null)));
    }

    /** Completes with the last bytes of all, or leaves them to be asked for when others have completed it meanwhile. */
    private void giveRest(ReadFuture<byte[]> future, byte[] rest) {
        if (!future.complete(rest)) {
            driver.reads().unread(rest);
        }
    }

    private <T> CompletableFuture<T> read(Consumer<ReadFuture<T>> operation) {
        return start(new ReadFuture<T>(loop, this::endRead), future -> {
            operation.accept(future);
            future.request(driver.reads().pending());
        });
    }

    private void endRead(ReadFuture<?> future) {
        inLoop(() -> {
            ReadRequest request = future.request();
            if (request != null) {
                driver.reads().cancel(request);
            }
        });
    }

    private <T> CompletableFuture<T> start(Consumer<CompletableFuture<T>> operation) {
        return start(new LoopFuture<>(loop), operation);
    }

    private <T, F extends CompletableFuture<T>> F start(F future, Consumer<? super F> operation) {
        if (!inLoop(() -> startInLoop(operation, future))) {
            future.completeExceptionally(driver.closedException("use the stream"));
        }
        return future;
    }

    private <F extends CompletableFuture<?>> void startInLoop(Consumer<? super F> operation, F future) {
        if (future.isDone()) {
            return;
        }
        open.add(future);
        future.whenComplete((value, failure) -> inLoop(() -> open.remove(future)));
        if (!listening) {
            listening = true;
            driver.alsoOnClose(this::closed);
        }
        try {
            operation.accept(future);
        } catch (Throwable refused) {
            // an error, too: nobody is to wait for ever
            future.completeExceptionally(refused);
        }
    }

    /** Fails what has not completed, after the callbacks that were due before the close. */
    private void closed() {
        driver.post(Delivery.of(() -> {
            for (CompletableFuture<?> future : new ArrayList<>(open)) {
                future.completeExceptionally(driver.closedException("complete the operation"));
            }
        }));
    }

    /** Runs it on the loop, at once if this is its thread; false when the loop is closed. */
    private boolean inLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
            return true;
        }
        try {
            loop.addCallback(driver.options().context().carry(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
