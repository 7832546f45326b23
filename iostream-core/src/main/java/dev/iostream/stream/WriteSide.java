package dev.iostream.stream;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The writing half of a stream: the queue, who is to be told when it has left, and whether more can be written. */
final class WriteSide extends OutboundQueue {
    private final StreamDriver driver;
    /** Who is to be told of what; null as long as nobody ever was. */
    private @Nullable SendWaiters waiters;

    private boolean shutdownAsked;
    private boolean ended;

    WriteSide(StreamDriver driver) {
        this.driver = driver;
    }

    @Override
    IOLoop loop() {
        return driver.loop();
    }

    @Override
    void counted(long count) {
        driver.sent(count);
    }

    @Override
    void sentInCall(long count) {
        loop().sentInCall(count);
    }

    // ---- what users ask for

    /** Queues a copy of the bytes; whether to go on, as {@link #isWritable} says. */
    boolean write(byte[] data, @Nullable Runnable callback) {
        check("write", data.length);
        if (!addIfItFits(data, driver.openTransport())) {
            queue(ByteBuffer.wrap(data), false);
        }
        return written(callback);
    }

    /** Queues a copy of what remains of {@code data}, whose position moves. */
    boolean write(ByteBuffer data, @Nullable Runnable callback) {
        check("write", data.remaining());
        queue(data, false);
        return written(callback);
    }

    /** Queues what remains of {@code data}: a copy, or {@code directly} without one of what the transport takes at once. */
    private void queue(ByteBuffer data, boolean directly) {
        try {
            if (directly) {
                addDirectly(data, driver.openTransport());
            } else {
                add(data, driver.openTransport());
            }
        } catch (IOException e) {
            driver.failWriting(e, data.remaining());
        } catch (RuntimeException | Error e) {
            // a part of it may be queued, which nothing else must follow
            driver.cutOff(CloseReason.WRITE_FAILED, e, data.remaining());
            throw e;
        }
    }

    /** Writes without copying what the transport takes at once. */
    void writeThrough(ByteBuffer data) {
        check("write", data.remaining());
        queue(data, true);
        written(null);
    }

    /** Sends the user's own bytes; until they have left, nothing else can be written. */
    void writeZeroCopy(ByteBuffer data, @Nullable Runnable callback) {
        checkZeroCopy();
        addItself(data);
        written(callback);
    }

    /** The same with a part of a file. */
    void writeZeroCopy(Region.OfFile file, @Nullable Runnable callback) {
        checkZeroCopy();
        addItself(file);
        written(callback);
    }

    private void checkZeroCopy() {
        check("writeZeroCopy", 0);
        if (!isEmpty()) {
            throw new IllegalStateException("Could not write without copying: " + size()
                    + " bytes written before are unsent; wait for their callback");
        }
    }

    private void check(String operation, long count) {
        driver.check(operation);
        if (driver.isClosed()) {
            throw driver.closedException(operation + " " + count + " bytes");
        }
        if (shutdownAsked) {
            throw new IllegalStateException("Could not " + operation + ": shutdownWrite() was called before");
        }
        if (isBarred()) {
            throw new IllegalStateException("Could not " + operation + ": a write without copying is under way, with "
                    + size() + " bytes unsent; wait for its callback");
        }
        Limit limit = driver.options().maxWriteBufferSize();
        if (size() + count > limit.bytes()) {
            driver.refusedWrite();
            throw new BufferFullException("Could not " + operation + " " + count + " bytes: with " + size()
                    + " unsent that is more than " + limit
                    + "; nothing was queued. Wait for the write callback.");
        }
    }

    private boolean written(@Nullable Runnable callback) {
        if (driver.isFinished()) {
            // the flush that made room for these bytes has ended the stream, and nobody else would forget them
            clear();
            return false;
        }
        if (callback != null) {
            waiters().allSent(callback, driver.options().context());
        }
        driver.flushSoon();
        return isWritable();
    }

    /**
     * Whether less is unsent than the high water mark, or than half of the limit where that is less; and not when so much
     * was sent in this turn already that others wait.
     */
    boolean isWritable() {
        StreamOptions options = driver.options();
        return size()
                        < Math.min(
                                options.highWaterMark(),
                                options.maxWriteBufferSize().bytes() / 2)
                && !loop().hasHadItsShare();
    }

    /** Whether so little is unsent that whoever waits for that may write again. */
    boolean isWritableAgain() {
        StreamOptions options = driver.options();
        return size()
                <= Math.min(options.lowWaterMark(), options.maxWriteBufferSize().bytes() / 8);
    }

    private SendWaiters waiters() {
        if (waiters == null) {
            waiters = new SendWaiters();
        }
        return waiters;
    }

    /** Delivers {@code callback} once, when less than the low water mark is unsent. */
    void onWritable(Delivery callback) {
        driver.check("onWritable");
        waiters().writable(callback);
        driver.flushSoon();
    }

    /** Delivers {@code reached} when everything queued so far has been sent; never when the stream closes before. */
    void whenSent(Delivery reached) {
        waiters().mark(sent() + size(), reached);
        driver.flushSoon();
    }

    /** Ends the bytes to the peer after those that are queued. */
    void shutdown(@Nullable Delivery callback) {
        driver.check("shutdownWrite");
        if (driver.isClosed()) {
            throw driver.closedException("shut down the writing half");
        }
        if (!driver.transport().canHalfClose()) {
            throw new IllegalStateException("Could not shut down the writing half alone: TLS 1.2 has no such thing, nor"
                    + " have engines of other providers than the JDK, and before the handshake has ended it is not"
                    + " known to be TLS 1.3; close the stream instead");
        }
        if (callback != null) {
            waiters().shutDown(callback);
        }
        shutdownAsked = true;
        driver.flushSoon();
    }

    // ---- progress

    /** Gives the transport what it takes now, and tells who waited for that. */
    void send(Transport transport) throws IOException {
        if (!isEmpty()) {
            flush(transport);
        }
        boolean left = transport.flush();
        if (waiters != null) {
            waiters.tell(driver, this, left);
        }
        if (shutdownAsked && !ended && left && isEmpty()) {
            ended = true;
            if (driver.closesOnceSent()) {
                transport.shutdownWriteToClose();
            } else {
                transport.shutdownWrite();
            }
            if (waiters != null) {
                waiters.tellShutDown(driver);
            }
        }
    }

    /** Ends the bytes to the peer as part of a close. */
    void endAfterQueued() {
        shutdownAsked = true;
    }

    /** Whether everything was sent and the peer told that nothing more will come. */
    boolean hasEnded() {
        return ended;
    }

    /** Forgets everything that was not sent, and everybody who waits for it. */
    @Override
    void clear() {
        super.clear();
        waiters = null;
    }

    /** Bytes unsent that were copied, and so take memory here. */
    long held() {
        return isBarred() ? 0 : size();
    }

    /** Why a failed write closes the stream. */
    static CloseReason reasonOf(IOException failure) {
        if (failure instanceof CloseCause known) {
            return known.reason();
        }
        String message = String.valueOf(failure.getMessage());
        boolean reset = message.contains("reset") || message.contains("Broken pipe");
        return reset ? CloseReason.PEER_RESET : CloseReason.WRITE_FAILED;
    }
}
