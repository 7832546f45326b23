package dev.iostream.stream;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The writing half of a stream: what is queued, who is to be told when it has left, and whether more can be written. */
final class WriteSide {
    /** Bytes of a buffer of the user's that are kept from the garbage collector for the sake of its next write, at most. */
    private static final int MOST_KEPT = 64 * 1024;

    private final StreamDriver driver;
    private final StreamOptions options;
    private final OutboundQueue outbound;
    /** The last buffer that was sent without copying it, since most who send one send it again. */
    private Region.@Nullable OfBuffer lastBuffer;
    /** A callback that was called, to be used again. */
    private @Nullable Sent spare;

    private Limit maxBufferSize;
    private @Nullable Delivery allSent;
    private @Nullable Delivery writable;
    private @Nullable Delivery shutDown;
    private @Nullable ArrayDeque<Mark> marks;
    private @Nullable ArrayDeque<Delivery> pipesWaiting;
    private boolean shutdownAsked;
    private boolean ended;

    /** A callback of the user's for what was written. */
    private final class Sent extends Delivery {
        private @Nullable Runnable callback;

        Delivery with(Runnable newCallback) {
            callback = newCallback;
            return carriedBy(options.context());
        }

        @Override
        void run() {
            Runnable called = callback;
            assert called != null;
            callback = null;
            spare = this;
            called.run();
        }
    }

    /** Somebody who waits until so many bytes have been sent. */
    private record Mark(long position, Delivery reached) {}

    WriteSide(StreamDriver driver, IOLoop loop, StreamOptions options, Endpoint.Cell cell) {
        this.driver = driver;
        this.options = options;
        this.outbound = new OutboundQueue(loop, cell);
        this.maxBufferSize = options.maxWriteBufferSize();
    }

    // ---- what users ask for

    /** Queues a copy of the bytes; true while less than the high water mark is unsent. */
    boolean write(byte[] data, @Nullable Runnable callback) {
        check("write", data.length);
        try {
            outbound.add(data, driver.openTransport());
        } catch (IOException e) {
            driver.failWriting(e);
        }
        return written(callback);
    }

    /** Queues a copy of what remains of {@code data}, whose position moves. */
    boolean write(ByteBuffer data, @Nullable Runnable callback) {
        check("write", data.remaining());
        try {
            outbound.add(data, driver.openTransport());
        } catch (IOException e) {
            driver.failWriting(e);
        }
        return written(callback);
    }

    /** Writes without copying what the transport takes at once; true while less than the high water mark is unsent. */
    boolean writeThrough(ByteBuffer data) {
        check("write", data.remaining());
        try {
            outbound.addDirectly(data, driver.openTransport());
        } catch (IOException e) {
            driver.failWriting(e);
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
            Sent told = spare == null ? new Sent() : spare;
            spare = null;
            allSent = told.with(callback);
        }
        driver.flushSoon();
        return isWritable();
    }

    boolean isWritable() {
        return outbound.size() < options.highWaterMark();
    }

    /** The same for a pipe; any number of them may wait beside the user. */
    void whenWritable(Delivery resumption) {
        if (pipesWaiting == null) {
            pipesWaiting = new ArrayDeque<>(2);
        }
        pipesWaiting.addLast(resumption);
        driver.flushSoon();
    }

    /** Delivers {@code callback} once, when less than the low water mark is unsent. */
    void onWritable(Delivery callback) {
        driver.check("onWritable");
        writable = callback;
        driver.flushSoon();
    }

    /** Delivers {@code reached} when everything queued so far has been sent; never when the stream closes before. */
    void whenSent(Delivery reached) {
        if (marks == null) {
            marks = new ArrayDeque<>(2);
        }
        marks.addLast(new Mark(outbound.sent() + outbound.size(), reached));
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
        shutDown = callback;
        shutdownAsked = true;
        driver.flushSoon();
    }

    /** Sets the limit of both halves, unless writes were given their own. */
    void maxBufferSize(Limit limit) {
        if (!options.writesHaveTheirOwnLimit()) {
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
        while (left && marks != null && !marks.isEmpty() && marks.getFirst().position() <= outbound.sent()) {
            driver.post(marks.removeFirst().reached());
        }
        if (outbound.size() <= options.lowWaterMark()) {
            tellWritable();
        }
        if (!outbound.isEmpty() || !left) {
            return;
        }
        if (allSent != null) {
            driver.post(allSent);
            allSent = null;
        }
        if (shutdownAsked && !ended) {
            ended = true;
            transport.shutdownWrite();
            if (shutDown != null) {
                driver.post(shutDown);
                shutDown = null;
            }
        }
    }

    private void tellWritable() {
        if (writable != null) {
            driver.post(writable);
            writable = null;
        }
        while (pipesWaiting != null && !pipesWaiting.isEmpty()) {
            driver.post(pipesWaiting.removeFirst());
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
        allSent = null;
        writable = null;
        pipesWaiting = null;
        shutDown = null;
        marks = null;
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
