package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.IOListener;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.LoopMember;
import dev.iostream.loop.Timeout;
import dev.iostream.transport.Stage;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What moves a stream: bytes between transport and buffers, reads to their completion, callbacks to their turn, and the
 * stream through its states.
 *
 * <p>Everything that can make progress possible ends in {@link #advance()}, which makes what progress there is and then
 * derives from the state what to watch the transport for. Callbacks run there and nowhere else, so never inside the call
 * that caused them.
 */
final class StreamDriver implements LoopMember {
    /** Callbacks run for one readiness at most. */
    private static final int CALLBACKS = 64;
    /** Reads for one readiness at most; at 64 KiB each that is 1 MiB. */
    private static final int READS = 16;

    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final IOLoop loop;
    private final Transport transport;
    private final StreamOptions options;
    private final Endpoint.Cell cell;
    private final InboundBuffer inbound = new InboundBuffer();
    private final OutboundQueue outbound;
    private final CallbackLane lane = new CallbackLane();

    private volatile StreamState state = StreamState.NEW;
    private volatile @Nullable CloseReason closeReason;
    private volatile boolean closeAsked;
    private @Nullable Throwable error;
    private Limit maxBufferSize;
    private @Nullable ReadRequest pending;
    private @Nullable Delivery writeCallback;
    private @Nullable Delivery closeCallback;
    private @Nullable Timeout closeDeadline;
    private boolean advancing;
    private boolean deliveryQueued;
    private boolean flushQueued;
    /** The transport has said that no byte will come any more. */
    private boolean inputEnded;
    /** In {@link StreamState#CLOSING}: everything was sent, and the peer has been told so. */
    private boolean outputEnded;

    private long received;
    private long sent;
    private long unsent;
    private long countedInbound;
    private long countedOutbound;

    StreamDriver(Transport transport, IOLoop loop, StreamOptions options) {
        this.loop = loop;
        this.transport = transport;
        this.options = options;
        this.maxBufferSize = options.maxBufferSize();
        this.cell = options.endpoint().cell(loop);
        this.outbound = new OutboundQueue(loop);
    }

    // ---- opening

    /** Takes the transport into use; {@code opened} is the first callback of all. */
    void open(@Nullable Delivery opened) throws IOException {
        check("open");
        loop.join(this);
        try {
            transport.attach(this::ready);
            become(StreamState.OPENING);
            establish();
        } catch (IOException | RuntimeException e) {
            loop.leave(this);
            throw e;
        }
        if (opened != null) {
            lane.post(opened);
        }
        advanceSoon();
    }

    private boolean establish() throws IOException {
        if (transport.establish() != Stage.READY) {
            return false;
        }
        become(StreamState.OPEN);
        cell.opened();
        if (listener() != IOListener.NONE) {
            listener().streamOpened(info());
        }
        return true;
    }

    // ---- what users ask for

    void read(ReadRequest request) {
        check("read");
        ReadRequest earlier = pending;
        if (earlier != null) {
            throw new IllegalStateException(
                    "Already reading: " + earlier.describe() + " is pending; start the next read from its callback");
        }
        int count = request.match(inbound);
        if (count >= 0) {
            complete(request, count);
        } else if (isClosed()) {
            throw closedException(request.describe());
        } else {
            pending = request;
            if (count == ReadRequest.NEVER) {
                failLimit(request.limit());
            }
        }
        advanceSoon();
    }

    boolean reading() {
        return pending != null && !isClosed();
    }

    /** Queues a copy of the bytes; true while less than the high water mark is unsent. */
    boolean write(byte[] data, @Nullable Delivery callback) {
        beforeWrite(data.length);
        try {
            countSent(outbound.add(data, openTransport()));
        } catch (IOException e) {
            failWriting(e);
        }
        return afterWrite(callback);
    }

    /** Queues a copy of what remains of {@code data}, whose position moves. */
    boolean write(ByteBuffer data, @Nullable Delivery callback) {
        beforeWrite(data.remaining());
        try {
            countSent(outbound.add(data, openTransport()));
        } catch (IOException e) {
            failWriting(e);
        }
        return afterWrite(callback);
    }

    private void beforeWrite(long count) {
        check("write");
        if (isClosed()) {
            throw closedException("write " + count + " bytes");
        }
        Limit limit = options.maxWriteBufferSize();
        if (outbound.size() + count > limit.bytes()) {
            throw new BufferFullException("Could not write " + count + " bytes: with " + outbound.size()
                    + " unsent that is more than " + limit + "; nothing was queued. Wait for the write callback.");
        }
    }

    private boolean afterWrite(@Nullable Delivery callback) {
        if (callback != null) {
            writeCallback = callback;
        }
        if (!advancing && !flushQueued) {
            flushQueued = true;
            loop.flushLater(this);
        }
        return outbound.size() < options.highWaterMark();
    }

    boolean writing() {
        return !outbound.isEmpty() && !isClosed();
    }

    void setCloseCallback(@Nullable Delivery callback) {
        check("setCloseCallback");
        closeCallback = callback;
        if (state == StreamState.CLOSED) {
            advanceSoon();
        }
    }

    void setMaxBufferSize(Limit limit) {
        check("setMaxBufferSize");
        maxBufferSize = limit;
    }

    // ---- closing

    /** Closes after what was written has been sent. Safe from any thread. */
    void close(CloseReason reason) {
        if (loop.inLoop()) {
            beginClose(reason, null);
            return;
        }
        closeAsked = true;
        try {
            loop.addCallback(() -> beginClose(reason, null));
        } catch (RejectedExecutionException e) {
            // the loop has closed, and this stream with it
            return;
        }
    }

    void abort(CloseReason reason, @Nullable Throwable cause) {
        check("abort");
        finish(reason, cause);
    }

    private void beginClose(CloseReason reason, @Nullable Throwable cause) {
        if (state.isClosed()) {
            return;
        }
        if (state != StreamState.OPEN) {
            finish(reason, cause);
            return;
        }
        pending = null;
        closeReason = reason;
        error = cause;
        become(StreamState.CLOSING);
        closeDeadline = loop.addTimeout(options.closeTimeout(), this::closeDeadlineReached);
        advanceSoon();
    }

    private void closeDeadlineReached() {
        closeDeadline = null;
        CloseReason reason = closeReason;
        finish(outbound.isEmpty() && reason != null ? reason : CloseReason.CLOSE_DEADLINE, error);
    }

    private void finish(CloseReason reason, @Nullable Throwable cause) {
        if (state == StreamState.CLOSED) {
            return;
        }
        boolean hadOpened = state == StreamState.OPEN || state == StreamState.CLOSING;
        pending = null;
        writeCallback = null;
        unsent = outbound.size();
        outbound.clear();
        closeReason = reason;
        error = cause;
        StreamInfo last = listener() == IOListener.NONE ? null : info();
        become(StreamState.CLOSED);
        transport.close();
        loop.leave(this);
        if (closeDeadline != null) {
            loop.removeTimeout(closeDeadline);
            closeDeadline = null;
        }
        count();
        if (hadOpened) {
            cell.closed(reason);
            if (last != null) {
                listener().streamClosed(last, reason, cause);
            }
        }
        advanceSoon();
    }

    @Override
    public void loopEnded(CloseReason reason) {
        finish(reason, null);
    }

    private void failReading(IOException cause) {
        finish(CloseReason.PEER_RESET, cause);
    }

    private void failWriting(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        boolean reset = message.contains("reset") || message.contains("Broken pipe");
        finish(reset ? CloseReason.PEER_RESET : CloseReason.WRITE_FAILED, cause);
    }

    private void callbackFailed(Throwable failure) {
        listener().callbackFailed(info(), failure);
        loop.reportFailure(failure);
        finish(CloseReason.CALLBACK_FAILED, failure);
    }

    // ---- progress

    private void ready(int interest) {
        try {
            if (state == StreamState.CLOSED || (state == StreamState.OPENING && !establish())) {
                return;
            }
        } catch (IOException e) {
            finish(CloseReason.CONNECT_FAILED, e);
        }
        advance();
    }

    @Override
    public void deliver() {
        deliveryQueued = false;
        advance();
    }

    @Override
    public void flush() {
        flushQueued = false;
        send();
        if (!lane.isEmpty()) {
            advanceSoon();
        }
        settle();
    }

    private void advanceSoon() {
        if (!advancing && !deliveryQueued) {
            deliveryQueued = true;
            loop.deliverLater(this);
        }
    }

    private void advance() {
        advancing = true;
        boolean unfinished;
        try {
            unfinished = makeProgress();
        } finally {
            advancing = false;
        }
        if (unfinished) {
            advanceSoon();
        }
        settle();
    }

    /** Reads, matches, calls back and sends by turns; true when it stopped for fairness and not for want of work. */
    private boolean makeProgress() {
        int callbacks = CALLBACKS;
        int reads = READS;
        while (true) {
            callbacks -= runCallbacks(callbacks);
            if (callbacks <= 0 && callbackIsDue()) {
                send();
                return true;
            }
            endWithInput();
            if (reads > 0 && wantsInput() && readOnce()) {
                reads--;
                continue;
            }
            send();
            if (!callbackIsDue()) {
                return reads == 0 && wantsInput();
            }
        }
    }

    /** Runs at most {@code most} callbacks that are due, the close callback after all others. */
    private int runCallbacks(int most) {
        int count = 0;
        while (count < most) {
            Delivery next = lane.poll();
            if (next == null) {
                if (!closeCallbackIsDue()) {
                    break;
                }
                next = closeCallback;
                closeCallback = null;
                assert next != null;
            }
            count++;
            try {
                next.run();
            } catch (Throwable failure) {
                callbackFailed(failure);
            }
        }
        return count;
    }

    private boolean callbackIsDue() {
        return !lane.isEmpty() || closeCallbackIsDue();
    }

    private boolean closeCallbackIsDue() {
        return state == StreamState.CLOSED && closeCallback != null;
    }

    /** Whether the next bytes of the transport would be of use now. */
    private boolean wantsInput() {
        return switch (state) {
            case OPEN -> !inputEnded && (pending != null || inbound.isEmpty());
            case CLOSING -> outputEnded && !inputEnded;
            case NEW, OPENING, CLOSED -> false;
        };
    }

    /** Reads once and does what follows from it; false when nothing came. */
    private boolean readOnce() {
        try {
            int count = state == StreamState.OPEN ? fill() : discard();
            if (count < 0) {
                inputEnded = true;
            } else {
                received += count;
                cell.received(count);
            }
            if (state == StreamState.OPEN && count > 0) {
                matchPending();
            }
            return count != 0;
        } catch (IOException e) {
            failReading(e);
            return true;
        }
    }

    private int fill() throws IOException {
        long room = maxBufferSize.bytes() - inbound.size();
        if (room <= 0) {
            failLimit(maxBufferSize);
            return 0;
        }
        return inbound.fill(transport, loop.readBuffer(), (int) Math.min(room, InboundBuffer.CHUNK));
    }

    private int discard() throws IOException {
        inbound.retain();
        return transport.read(loop.readBuffer().clear());
    }

    private void matchPending() {
        ReadRequest request = pending;
        if (request == null) {
            return;
        }
        int count = request.match(inbound);
        if (count >= 0) {
            pending = null;
            complete(request, count);
        } else if (count == ReadRequest.NEVER) {
            failLimit(request.limit());
        } else if (inbound.size() >= maxBufferSize.bytes()) {
            failLimit(maxBufferSize);
        }
    }

    /** Closes when no byte will come any more and nobody can use those that are buffered. */
    private void endWithInput() {
        if (!inputEnded || !lane.isEmpty()) {
            return;
        }
        if (state == StreamState.OPEN && (pending != null || inbound.isEmpty())) {
            beginClose(CloseReason.PEER_END, null);
        }
    }

    private void complete(ReadRequest request, int count) {
        request.complete(inbound.take(count));
        lane.post(request);
    }

    private void failLimit(Limit limit) {
        ReadRequest request = pending;
        String what = request == null ? "read" : request.describe();
        finish(
                CloseReason.READ_LIMIT,
                new BufferFullException("Could not complete " + what + " within " + limit + ", with " + inbound.size()
                        + " bytes buffered; the connection is closed"));
    }

    /** Gives the transport what it takes, and ends the stream when a close has waited for that. */
    private void send() {
        if (state != StreamState.OPEN && state != StreamState.CLOSING) {
            return;
        }
        try {
            if (!outbound.isEmpty()) {
                countSent(outbound.flush(transport));
            }
            if (!outbound.isEmpty() || !transport.flush()) {
                return;
            }
            if (writeCallback != null) {
                lane.post(writeCallback);
                writeCallback = null;
            }
            if (state == StreamState.CLOSING) {
                endOutput();
            }
        } catch (IOException e) {
            failWriting(e);
        }
    }

    private void endOutput() throws IOException {
        CloseReason reason = closeReason;
        assert reason != null;
        if (inputEnded) {
            finish(reason, error);
        } else if (!outputEnded) {
            // closing with unread input would reset the connection, and the peer could lose what was just sent
            outputEnded = true;
            transport.shutdownWrite();
        }
    }

    /** Ends every entry: lets go of the shared buffer, counts, and derives what to watch for. */
    private void settle() {
        inbound.retain();
        count();
        if (state != StreamState.CLOSED) {
            int interest = wantsInput() ? Interest.READ : Interest.NONE;
            transport.watch(outbound.isEmpty() || flushQueued ? interest : interest | Interest.WRITE);
        }
    }

    // ---- state

    private void become(StreamState next) {
        if (!state.mayBecome(next)) {
            throw new AssertionError("A stream cannot become " + next + " when it is " + state);
        }
        state = next;
    }

    private void count() {
        if (inbound.size() != countedInbound) {
            cell.readBuffer(inbound.size() - countedInbound);
            countedInbound = inbound.size();
        }
        if (outbound.size() != countedOutbound) {
            cell.writeBuffer(outbound.size() - countedOutbound);
            countedOutbound = outbound.size();
        }
    }

    private void countSent(long count) {
        if (count > 0) {
            sent += count;
            cell.sent(count);
        }
    }

    private @Nullable Transport openTransport() {
        return state == StreamState.OPEN ? transport : null;
    }

    /** Whether the user sees the stream as closed. Safe from any thread. */
    boolean isClosed() {
        return closeAsked || state.isClosed();
    }

    @Nullable
    CloseReason closeReason() {
        return closeReason;
    }

    @Nullable
    Throwable error() {
        return error;
    }

    long unsentBytes() {
        return state == StreamState.CLOSED ? unsent : outbound.size();
    }

    long bufferedBytes() {
        return inbound.size();
    }

    private IOListener listener() {
        return options.listener();
    }

    IOLoop loop() {
        return loop;
    }

    Transport transport() {
        return transport;
    }

    StreamInfo info() {
        return new StreamInfo(
                id,
                cell.endpoint(),
                loop.name(),
                state.name(),
                transport.localAddress(),
                transport.remoteAddress(),
                received,
                sent,
                inbound.size(),
                unsentBytes(),
                closeReason);
    }

    private StreamClosedException closedException(String operation) {
        CloseReason reason = closeReason;
        return new StreamClosedException(operation, reason == null ? CloseReason.LOCAL : reason, error);
    }

    void check(String operation) {
        // asked before the message is made, since every operation comes by here
        if (!loop.inLoop()) {
            loop.requireConfined("IOStream#" + id + "." + operation);
        }
    }
}
