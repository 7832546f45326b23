package dev.iostream.stream;

import dev.iostream.event.CloseReason;
import dev.iostream.stream.ContextCarrier.Carried;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The reading half of a stream: its buffer, which read is pending, and whether more can come. */
final class ReadSide extends InboundBuffer {
    private final StreamDriver driver;
    private @Nullable ReadRequest pending;
    /** The last read of a kind that is used again once nobody waits for it. */
    private @Nullable ReadRequest reusable;

    /** The pending read has not been tried yet. */
    private boolean untried;

    private boolean ended;
    /** The peer's end was reported to somebody who still writes. */
    private boolean endTold;

    private long received;

    ReadSide(StreamDriver driver) {
        this.driver = driver;
    }

    // ---- what users ask for

    /** Reads up to a delimiter. */
    void startUntil(byte[] delimiter, int maxBytes, Consumer<? super byte[]> callback) {
        MessageRead.Until read;
        if (callback instanceof ReadFuture) {
            // a future knows its read, to cancel it, so that read is never another one
            read = new MessageRead.Until();
        } else if (reusable instanceof MessageRead.Until free && free.isFree()) {
            read = free;
        } else {
            read = new MessageRead.Until();
            reusable = read;
        }
        start(read.with(delimiter, maxBytes, callback));
    }

    /** Reads into a buffer of the caller's. */
    void startInto(ByteBuffer destination, boolean partial, IntConsumer callback) {
        if (destination.isReadOnly()) {
            throw new IllegalArgumentException("Could not read into a buffer that is read-only: " + destination);
        }
        IntoRead read;
        if (reusable instanceof IntoRead free && free.isFree()) {
            read = free;
        } else {
            read = new IntoRead();
            reusable = read;
        }
        start(read.into(destination, partial, callback));
    }

    /**
     * Makes {@code request} the pending read. It is tried when the stream makes progress, or when somebody wants to know:
     * a search inside the calls of a user's callback is too deep for the compiler to inline, and so several times slower.
     *
     * @throws StreamClosedException when no byte will come any more and what is buffered does not suffice
     */
    void start(ReadRequest request) {
        driver.check("read");
        ReadRequest former = pending();
        if (former != null) {
            throw new IllegalStateException(
                    "Already reading: " + former.describe() + " is pending; start the next read from its callback");
        }
        boolean last = ended || driver.isClosed();
        request.carriedBy(driver.options().context());
        pending = request;
        driver.readStarted();
        untried = !last && canProgress(request);
        if (last && !attempt(true) && pending != null && canReceiveNoMore() && !canComplete(request)) {
            pending = null;
            throw driver.closedException(request.describe());
        }
        driver.advanceSoon();
    }

    /** Whether trying {@code request} may change anything before more bytes come. */
    private boolean canProgress(ReadRequest request) {
        return !request.isPatient() && (!isEmpty() || request.wantsNothing());
    }

    /** Whether a read that the buffer did not complete at once will be completed by it all the same. */
    private boolean canComplete(ReadRequest request) {
        if (request.takesChunks() && request.completesWith(size())) {
            return true;
        }
        if (request.end(this)) {
            complete();
            return true;
        }
        return false;
    }

    /** The read that what is buffered does not complete, or null. */
    @Nullable
    ReadRequest pending() {
        firstAttempt();
        return pending;
    }

    /** Whether a read is pending. From another thread it is what was so a moment ago. */
    boolean isReading() {
        return driver.loop().inLoop() ? pending() != null : pending != null;
    }

    /** Cancels {@code request} if it is still the pending one. */
    void cancel(ReadRequest request) {
        if (pending() == request) {
            cancel();
        }
    }

    /** Puts bytes back in front of those that are buffered. */
    @Override
    void unread(byte[] data) {
        super.unread(data);
        untried = pending != null && canProgress(pending);
        driver.advanceSoon();
    }

    void cancel() {
        ReadRequest request = pending();
        pending = null;
        if (request != null) {
            request.abandoned();
        }
        driver.advanceSoon();
    }

    // ---- progress

    /** Whether a read was started and not tried yet. */
    boolean isUntried() {
        return untried;
    }

    /** Tries the pending read if that has not been done yet; true when it is complete. */
    boolean firstAttempt() {
        return untried && attempt(false);
    }

    /** Whether the transport has said that no byte will come any more. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether the user knows that no byte will come any more. */
    private boolean canReceiveNoMore() {
        return driver.isClosed() || (ended && endTold);
    }

    /** Whether the next bytes of the transport would be of use now. */
    boolean wantsInput() {
        if (ended) {
            return false;
        }
        ReadRequest request = pending;
        if (request == null) {
            return isEmpty();
        }
        return !request.isPaused() && !hasChunk();
    }

    /** Reads {@code most} bytes at most and tries the pending read; false when that has changed nothing. */
    boolean readOnce(Transport transport, int most) throws IOException {
        int count = fill(transport, most);
        if (count < 0) {
            ended = true;
            return true;
        }
        if (count > 0) {
            received(count);
        }
        boolean patient = pending != null && pending.isPatient();
        // a patient read is tried when there is nothing more, any other when there is something new
        boolean complete = patient == (count == 0) && attempt(false);
        return count > 0 || complete;
    }

    /** Tries a patient read, since no more is read for the time being; true when it is complete. */
    boolean attemptWithoutMore() {
        return pending != null && pending.isPatient() && attempt(false);
    }

    /** How many bytes the next read takes at most, if the limit has room for them. */
    int mostAtOnce() {
        return pending == null ? CHUNK : pending.mostAtOnce();
    }

    private int fill(Transport transport, int most) throws IOException {
        Limit limit = driver.options().maxBufferSize();
        long room = limit.bytes() - size();
        if (room > 0) {
            return fill(transport, driver.loop().readBuffer(), (int) Math.min(room, most));
        }
        ReadRequest request = pending;
        if (!attempt(false) && request != null) {
            driver.finish(CloseReason.READ_LIMIT, BufferFullException.unsatisfiable(request, limit));
        }
        return 0;
    }

    /** Reads {@code most} bytes at most and forgets them, to empty the connection before it is closed. */
    int discard(Transport transport, int most) throws IOException {
        retain();
        int count = transport.read(driver.loop().readBuffer().clear().limit(most));
        received(Math.max(0, count));
        ended |= count < 0;
        return count;
    }

    private void received(int count) {
        received += count;
        driver.received(count);
    }

    /** The transport gives no more, though it has not said so itself. */
    void endInput() {
        ended = true;
    }

    /** Whether the pending read is complete now. */
    private boolean attempt(boolean last) {
        untried = false;
        ReadRequest request = pending;
        if (request == null) {
            return false;
        }
        try {
            if (request.advance(this, last)) {
                complete();
                return true;
            }
        } catch (BufferFullException e) {
            driver.finish(CloseReason.READ_LIMIT, e);
        } catch (PatternBudgetException e) {
            driver.finish(CloseReason.PATTERN_BUDGET, e);
        }
        return false;
    }

    private void complete() {
        ReadRequest request = pending;
        assert request != null;
        pending = null;
        driver.post(request);
    }

    /** Whether something is buffered for a pending read that takes chunks. */
    boolean hasChunk() {
        return pending != null && !isEmpty() && pending.takesChunks();
    }

    /** Hands a chunk to the pending read, if it takes chunks and there is one; false when it did not. */
    boolean handOver() {
        ReadRequest request = pending;
        if (request == null || !hasChunk()) {
            return false;
        }
        Carried carried = request.carried();
        if (carried == null) {
            request.handOver(this);
        } else {
            carried.run(() -> request.handOver(this));
        }
        if (pending == request && !attempt(ended) && canReceiveNoMore()) {
            end();
        }
        return true;
    }

    /** Makes the last attempts once no byte will come any more; true when nobody can use what is still buffered. */
    boolean finishInput() {
        if (!ended) {
            return false;
        }
        ReadRequest request = pending;
        if (request == null) {
            return isEmpty();
        }
        return !hasChunk() && !request.isPaused() && !attempt(true);
    }

    /** Ends the pending read, which completes if what is buffered suffices, or if it is of a kind that ends with the stream. */
    void end() {
        ReadRequest request = pending;
        if (request == null) {
            return;
        }
        boolean owed = untried || request.isPatient();
        untried = false;
        if ((owed && completesAtLast(request)) || request.end(this)) {
            complete();
        } else {
            pending = null;
            request.abandoned();
        }
    }

    /** Whether a read that has not been tried with all that came before the end is complete with it. */
    private boolean completesAtLast(ReadRequest request) {
        try {
            return request.advance(this, true);
        } catch (BufferFullException | PatternBudgetException e) {
            // the stream is closing for another reason already
            return false;
        }
    }

    /** Whether the peer's end was reported to somebody who still writes. */
    boolean isEndTold() {
        return endTold;
    }

    /** The peer's end is reported now. */
    void endTold() {
        endTold = true;
    }

    /** The pipe that reads from this stream, or null. */
    @Nullable
    Pipe pipe() {
        return pending instanceof PipeRead read ? read.pipe() : null;
    }

    long received() {
        return received;
    }

    /** What has come, if nobody has had any of it and none is waiting for all of it; null otherwise. */
    @Nullable
    InboundBuffer untouched() {
        return received > 0 && received == size() && !(pending instanceof UntilCloseRead) ? this : null;
    }
}
