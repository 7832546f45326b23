package dev.iostream.stream;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The writing half of a stream: what is queued, who is to be told when it has left, and whether more can be written. */
final class WriteSide {
    /** Bytes of a buffer of the user's that are kept from the garbage collector for the sake of its next write, at most. */
    private static final int MOST_KEPT = 64 * 1024;

    private final StreamDriver driver;
    private final OutboundQueue outbound;
    private Limit maxBufferSize;
    /** The last buffer that was sent without copying it, since most who send one send it again. */
    private Region.@Nullable OfBuffer lastBuffer;
    /** Who is to be told of what; null as long as nobody ever was. */
    private @Nullable SendWaiters waiters;

    private boolean shutdownAsked;
    private boolean ended;

    WriteSide(StreamDriver driver, OutboundQueue outbound, Limit maxBufferSize) {
        this.driver = driver;
        this.outbound = outbound;
        this.maxBufferSize = maxBufferSize;
    }

    // ---- what users ask for

    /** Queues a copy of the bytes; true while less than the high water mark is unsent. */
    boolean write(byte[] data, @Nullable Runnable callback) {
        check("write", data.length);
        if (!outbound.addIfItFits(data, driver.openTransport())) {
            add(ByteBuffer.wrap(data));
        }
        return written(callback);
    }

    /** Queues a copy of what remains of {@code data}, whose position moves. */
    boolean write(ByteBuffer data, @Nullable Runnable callback) {
        check("write", data.remaining());
        add(data);
        return written(callback);
    }

    private void add(ByteBuffer data) {
        try {
            outbound.add(data, driver.openTransport());
        } catch (IOException e) {
            driver.failWriting(e, data.remaining());
        }
    }

    /** Writes without copying what the transport takes at once; true while less than the high water mark is unsent. */
    boolean writeThrough(ByteBuffer data) {
        check("write", data.remaining());
        try {
            outbound.addDirectly(data, driver.openTransport());
        } catch (IOException e) {
            driver.failWriting(e, data.remaining());
        }
        return written(null);
    }

    /** Sends the user's own bytes; until they have left, nothing else can be written. */
    void writeZeroCopy(ByteBuffer data, @Nullable Runnable callback) {
        checkZeroCopy();
        Region.OfBuffer region = lastBuffer;
        if (region == null || !region.isOf(data)) {
            region = Region.of(data);
            lastBuffer = data.capacity() <= MOST_KEPT ? region : null;
        }
        add(region.again(), callback);
    }

    /** The same with a part of a file. */
    void writeZeroCopy(Region.OfFile file, @Nullable Runnable callback) {
        checkZeroCopy();
        add(file, callback);
    }

    private void checkZeroCopy() {
        check("writeZeroCopy", 0);
        if (!outbound.isEmpty()) {
            throw new IllegalStateException("Could not write without copying: " + outbound.size()
                    + " bytes written before are unsent; wait for their callback");
        }
    }

    private void add(Region region, @Nullable Runnable callback) {
        if (region.remaining() > 0) {
            outbound.add(region);
        }
        written(callback);
    }

    private void check(String operation, long count) {
        driver.check(operation);
        if (driver.isClosed()) {
            throw driver.closedException(operation + " " + count + " bytes");
        }
        if (shutdownAsked) {
            throw new IllegalStateException("Could not " + operation + ": shutdownWrite() was called before");
        }
        if (outbound.isBarred()) {
            throw new IllegalStateException("Could not " + operation + ": a write without copying is under way, with "
                    + outbound.size() + " bytes unsent; wait for its callback");
        }
        if (outbound.size() + count > maxBufferSize.bytes()) {
            driver.refusedWrite();
            throw new BufferFullException("Could not " + operation + " " + count + " bytes: with " + outbound.size()
                    + " unsent that is more than " + maxBufferSize
                    + "; nothing was queued. Wait for the write callback.");
        }
    }

    private boolean written(@Nullable Runnable callback) {
        if (callback != null) {
            waiters().allSent(callback, driver.options().context());
        }
        driver.flushSoon();
        return isWritable();
    }

    boolean isWritable() {
        return outbound.size() < driver.options().highWaterMark();
    }

    private SendWaiters waiters() {
        if (waiters == null) {
            waiters = new SendWaiters();
        }
        return waiters;
    }

    /** The same for a pipe; any number of them may wait beside the user. */
    void whenWritable(Delivery resumption) {
        waiters().pipe(resumption);
        driver.flushSoon();
    }

    /** Delivers {@code callback} once, when less than the low water mark is unsent. */
    void onWritable(Delivery callback) {
        driver.check("onWritable");
        waiters().writable(callback);
        driver.flushSoon();
    }

    /** Delivers {@code reached} when everything queued so far has been sent; never when the stream closes before. */
    void whenSent(Delivery reached) {
        waiters().mark(outbound.sent() + outbound.size(), reached);
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

    /** Sets the limit of both halves, unless writes were given their own. */
    void maxBufferSize(Limit limit) {
        if (!driver.options().writesHaveTheirOwnLimit()) {
            maxBufferSize = limit;
        }
    }

    // ---- progress

    /** Gives the transport what it takes now, and tells who waited for that. */
    void send(Transport transport) throws IOException {
        if (!outbound.isEmpty()) {
            outbound.flush(transport);
        }
        boolean left = transport.flush();
        if (waiters != null) {
            waiters.tell(driver, outbound, left);
        }
        if (shutdownAsked && !ended && left && outbound.isEmpty()) {
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

    boolean isEmpty() {
        return outbound.isEmpty();
    }

    /** Forgets everything that was not sent, and everybody who waits for it. */
    void clear() {
        outbound.clear();
        lastBuffer = null;
        waiters = null;
    }

    long sent() {
        return outbound.sent();
    }

    long unsent() {
        return outbound.size();
    }

    /** Bytes unsent that were copied, and so take memory here. */
    long held() {
        return outbound.isBarred() ? 0 : outbound.size();
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
