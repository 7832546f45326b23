package dev.iostream.stream;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.LoopMember;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.loop.Timeout;
import dev.iostream.tls.SecureTransport;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What moves a stream: its two halves, its callbacks and its states.
 *
 * <p>Everything that can make progress possible ends in {@link #advance()}, which makes what progress there is and then
 * derives from the state what to watch the transport for. Callbacks run there and nowhere else, so never inside the call
 * that caused them.
 */
final class StreamDriver extends StreamAccount implements LoopMember, ServedStream, ReadyHandler {
    /** Callbacks run for one readiness at most. */
    private static final int CALLBACKS = 64;
    /** Bytes asked for, for one readiness at most: 1 MiB, or 16 reads, or fewer of a pipe's. */
    private static final int READ_BURST = 16 * InboundBuffer.CHUNK;
    /** Bytes that a stream may hold also when the memory budget is spent, so that those who did not spend it are served. */
    private static final int LITTLE = 4 * 1024;

    private static final Logger LOG = System.getLogger(IOStream.class.getName());

    private static final AtomicLong IDS = new AtomicLong();

    private final long id;
    private final IOLoop loop;
    private final ReadSide reads;
    private final WriteSide writes;
    private final @Nullable Deadlines deadlines;

    private StreamOptions options;
    private @Nullable IOStream stream;
    private Transport transport;

    private volatile StreamState state = StreamState.NEW;
    /** Why it closes, or has closed. */
    private volatile @Nullable Ending ending;

    private volatile boolean closeAsked;
    /** Who is to be told how it ends; null as long as nobody is. */
    private @Nullable EndWaiters endWaiters;
    /** Null once it has opened. */
    private @Nullable Opening opening = new Opening(this);

    private boolean advancing;
    private boolean deliveryQueued;
    private boolean flushQueued;

    StreamDriver(Transport transport, IOLoop loop, StreamOptions options) {
        this(IDS.incrementAndGet(), transport, loop, options);
    }

    private StreamDriver(long id, Transport transport, IOLoop loop, StreamOptions options) {
        super(options.endpoint().cell(loop));
        this.id = id;
        this.loop = loop;
        this.transport = transport;
        this.options = options;
        this.reads = new ReadSide(this);
        this.writes = new WriteSide(this);
        this.deadlines = Deadlines.of(this, loop, options);
    }

    void belongsTo(IOStream owner) {
        stream = owner;
    }

    ReadSide reads() {
        return reads;
    }

    WriteSide writes() {
        return writes;
    }

    // ---- opening

    /** Takes the transport into use; {@code first} is the first callback of all. */
    void open(@Nullable Delivery first) throws IOException {
        check("open");
        loop.join(this);
        opening().first(first);
        try {
            transport.attach(this);
            become(StreamState.OPENING);
            establish();
        } catch (Throwable e) {
            loop.leave(this);
            throw e;
        }
        advanceSoon();
    }

    /**
     * Begins to connect through {@code dial}, and delivers one of the two when that has ended.
     *
     * @param target what is connected to; null for what is connected already, and only to be secured
     */
    void connect(
            Transport dial,
            @Nullable SocketAddress target,
            @Nullable Delivery connected,
            @Nullable ConnectFailure failed) {
        loop.join(this);
        transport = dial;
        opening().dialled(connected, failed);
        become(StreamState.OPENING);
        try {
            if (target != null) {
                tellDialled(target);
            }
            dial.attach(this);
            establish();
        } catch (Throwable e) {
            failConnecting(e);
        }
        advanceSoon();
    }

    /**
     * Checks that the stream can be connected.
     *
     * @throws IllegalStateException when it has been connected, or closed
     */
    Unconnected unconnected() {
        check("connect");
        if (isClosed()) {
            throw closedException("connect");
        }
        if (!(transport instanceof Unconnected unconnected)) {
            throw new IllegalStateException("The stream is already "
                    + (state == StreamState.OPENING ? "connecting" : "connected") + ": " + this);
        }
        return unconnected;
    }

    private Opening opening() {
        Opening current = opening;
        assert current != null;
        return current;
    }

    private boolean establish() throws IOException {
        Opening current = opening();
        if (!current.reached(transport.establish())) {
            return false;
        }
        become(StreamState.OPEN);
        if (deadlines != null) {
            deadlines.opened();
        }
        opening = null;
        current.succeeded();
        tellOpened();
        CloseReason asked = closeReason();
        if (asked != null) {
            beginClose(asked);
        }
        return true;
    }

    /** Delivers {@code callback} once bytes can flow; never when that does not come about. */
    void whenOpen(Delivery callback) {
        check("onSecured");
        switch (state) {
            case NEW, OPENING -> opening().whenOpen(callback);
            case OPEN, CLOSING -> post(callback);
            case CLOSED -> LOG.log(Level.DEBUG, "The stream has closed, and will not be secured: {0}", this);
        }
    }

    // ---- being taken over

    /** A stream that goes on as this one: the same to observers, with its limits and its close callback. */
    StreamDriver newSuccessor() {
        var next = new StreamDriver(id, new Unconnected(null), loop, options);
        handTo(next);
        if (endWaiters != null) {
            next.endWaiters().onClose(endWaiters.takeClosed());
        }
        return next;
    }

    /** Lets go of the transport, which somebody else closes from now on. What is queued can still be drained. */
    Handover detach() {
        stopTimers();
        ending = Ending.detached(0, null);
        become(StreamState.CLOSED);
        loop.leave(this);
        if (endWaiters != null) {
            endWaiters.onClose(null);
            endWaiters.tellListeners();
        }
        return new Handover(this);
    }

    /**
     * Says who has the connection, so that whoever still has this stream and closes it closes that one. Not before it has
     * begun to connect: whoever is told that this one was detached might close it.
     */
    void succeededBy(StreamDriver successor) {
        ending = Ending.detached(unsentBytes(), successor);
    }

    private @Nullable StreamDriver successor() {
        Ending known = ending;
        return known == null ? null : known.successor();
    }

    /** The one that has the connection now: the last successor, or this one. Safe from any thread. */
    StreamDriver latest() {
        StreamDriver successor = successor();
        return successor == null ? this : successor.latest();
    }

    /** Sends what was queued before this stream was detached; true when all of it has left. */
    boolean drain() throws IOException {
        writes.send(transport);
        count();
        return writes.isEmpty() && transport.flush();
    }

    /** Forgets what was queued before this stream was detached; true when there was something. */
    boolean dropQueued() {
        long unsent = writes.size();
        if (unsent > 0) {
            ending = Ending.detached(unsent, successor());
        }
        writes.clear();
        count();
        return unsent > 0;
    }

    @Override
    public boolean isServed() {
        return opening == null || !opening.isFirstDue();
    }

    @Override
    public boolean hasSentAll() {
        return writes.hasEnded();
    }

    boolean isOpen() {
        return state == StreamState.OPEN && !closeAsked && !isHalfClosed();
    }

    // ---- closing

    void setCloseCallback(@Nullable Delivery callback) {
        check("setCloseCallback");
        endWaiters().onClose(callback);
        if (state == StreamState.CLOSED) {
            advanceSoon();
        }
    }

    /** Calls {@code listener}, which is not a user's, as soon as the stream is closed. */
    void alsoOnClose(Runnable listener) {
        endWaiters().alsoOnClose(listener);
    }

    /** Calls {@code listener} no more, and keeps nothing of it. */
    void noLongerOnClose(Runnable listener) {
        if (endWaiters != null) {
            endWaiters.noLongerOnClose(listener);
        }
    }

    /** What to deliver at the peer's end, instead of closing; null for nothing. */
    void onPeerEnd(@Nullable Delivery callback) {
        endWaiters().onPeerEnd(callback);
        advanceSoon();
    }

    private EndWaiters endWaiters() {
        if (endWaiters == null) {
            endWaiters = new EndWaiters();
        }
        return endWaiters;
    }

    /** Closes after what was written has been sent. Safe from any thread. */
    void close() {
        close(CloseReason.LOCAL);
    }

    void close(CloseReason reason) {
        StreamDriver successor = successor();
        if (successor != null) {
            successor.close(reason);
            return;
        }
        if (loop.inLoop()) {
            beginClose(reason);
            return;
        }
        closeAsked = true;
        try {
            // not beginClose(): it may have a successor by then
            loop.addCallback(() -> close(reason));
        } catch (RejectedExecutionException e) {
            // the loop has closed, and this stream with it
            return;
        }
    }

    private void beginClose(CloseReason reason) {
        if (state.isClosed()) {
            return;
        }
        if (state == StreamState.OPENING && !opening().isDialled() && !writes.isEmpty()) {
            // what was written waits for a handshake with somebody who is there
            closeAsked = true;
            ending = Ending.begun(reason, closeDeadline());
            reads.end();
            return;
        }
        if (state != StreamState.OPEN) {
            finish(reason, null);
            return;
        }
        ending = Ending.begun(reason, closeDeadline());
        become(StreamState.CLOSING);
        writes.endAfterQueued();
        reads.end();
        advanceSoon();
    }

    /** The time that the close has, which begins when it is first asked for. */
    private Timeout closeDeadline() {
        Ending begun = ending;
        Timeout running = begun == null ? null : begun.deadline();
        return running != null ? running : loop.addTimeout(options.closeTimeout(), this::closeDeadlineReached);
    }

    private void closeDeadlineReached() {
        try {
            // what the transport takes now has not lost its time yet: the timer may come before the flush of its turn
            send();
        } finally {
            CloseReason reason = closeReason();
            finish(writes.hasEnded() && reason != null ? reason : CloseReason.CLOSE_DEADLINE, null);
        }
    }

    /** Closes at once and drops what was not sent. */
    void finish(CloseReason reason, @Nullable Throwable known) {
        finish(reason, known, 0, false);
    }

    /**
     * The same where the peer has not had all that it should have, whatever was sent: it is not to take that for the whole.
     *
     * @param lost bytes that were written and could not even be queued
     */
    void cutOff(CloseReason reason, @Nullable Throwable known, int lost) {
        finish(reason, known, lost, true);
    }

    /** Both; with {@code cutOff} the peer sees a reset also when nothing is unsent. */
    private void finish(CloseReason reason, @Nullable Throwable known, int lost, boolean cutOff) {
        if (state == StreamState.CLOSED) {
            StreamDriver successor = successor();
            if (successor != null) {
                successor.finish(reason, known, lost, cutOff);
            }
            return;
        }
        boolean connecting = state == StreamState.OPENING;
        boolean inPlain = !(transport instanceof SecureTransport);
        Throwable cause = inPlain ? TlsOnPlain.explained(reason, known, reads.untouched()) : known;
        stopTimers();
        long unsent = writes.size() + lost;
        // once all was sent only the goodbye can be on its way, and a reset would destroy what goes before it
        boolean unflushed = !writes.hasEnded() && transport.unflushed() > 0;
        // who failed at TLS is told by an alert, which a reset would destroy
        boolean missesBytes = (unsent > 0 || unflushed) && !(known instanceof CloseCause);
        ending = new Ending(reason, null, cause, unsent, sinceOpened(), null);
        become(StreamState.CLOSED);
        // each step may fail, for want of memory say, and none of the next may be left out for that
        try {
            endHalves(reason, cause, connecting);
        } finally {
            try {
                letGo(!connecting && (cutOff || missesBytes));
            } finally {
                tellOfEnd(reason, cause, connecting);
            }
        }
    }

    private void endHalves(CloseReason reason, @Nullable Throwable cause, boolean connecting) {
        writes.clear();
        try {
            reads.end();
            if (reason == CloseReason.MEMORY_BUDGET) {
                reads.clear();
            }
        } finally {
            if (connecting) {
                opening().ended(reason, cause);
            } else {
                tellClosed(reason, cause);
            }
        }
    }

    private void letGo(boolean reset) {
        try {
            if (reset) {
                transport.reset();
            } else {
                transport.close();
            }
        } finally {
            loop.leave(this);
        }
    }

    private void tellOfEnd(CloseReason reason, @Nullable Throwable cause, boolean connecting) {
        count();
        if (connecting) {
            opening().failed(reason, cause);
        }
        if (endWaiters != null) {
            endWaiters.tellListeners();
        }
        advanceSoon();
    }

    /** Whatever keeps it from opening ends it, also an error: nothing else would tell those who wait for the outcome. */
    private void failConnecting(Throwable cause) {
        if (!(cause instanceof IOException)) {
            loop.reportFailure(cause);
        }
        if (state == StreamState.OPENING) {
            finish(cause instanceof CloseCause known ? known.reason() : CloseReason.CONNECT_FAILED, cause);
        }
    }

    private void stopTimers() {
        Ending begun = ending;
        if (begun != null && begun.deadline() != null) {
            loop.removeTimeout(begun.deadline());
        }
        if (deadlines != null) {
            deadlines.stop();
        }
    }

    @Override
    public Endpoint endpoint() {
        return options.endpoint();
    }

    @Override
    public void resume() {
        advanceSoon();
    }

    @Override
    public void end(CloseReason reason) {
        finish(reason, null);
    }

    /** Writing has failed, and so many bytes were not queued for that. */
    void failWriting(IOException cause, int lost) {
        finish(WriteSide.reasonOf(cause), cause, lost, false);
    }

    @Override
    public IOStream stream() {
        assert stream != null;
        return stream;
    }

    @Override
    public void callbackFailed(Throwable failure) {
        if (failure instanceof StreamClosedException && closeAsked && !state.isClosed()) {
            // another thread closed the stream while the callback ran, which could not know
            beginClose(CloseReason.LOCAL);
            return;
        }
        tellCallbackFailed(failure);
        loop.reportFailure(failure);
        finish(CloseReason.CALLBACK_FAILED, failure);
    }

    /**
     * Ends the stream for what nobody foresaw, such as a want of memory, before its buffer is another stream's: bytes must
     * neither be lost unnoticed nor be taken for somebody else's.
     */
    private void broken(Throwable failure) {
        reads.forgetShared();
        loop.reportFailure(failure);
        cutOff(CloseReason.CALLBACK_FAILED, failure, 0);
    }

    // ---- progress

    @Override
    public void ready(int interest) {
        try {
            if (state == StreamState.CLOSED) {
                return;
            }
            if (state == StreamState.OPENING && !establish()) {
                count();
                return;
            }
        } catch (Throwable e) {
            failConnecting(e);
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
        try {
            send();
        } catch (Throwable failure) {
            broken(failure);
        }
        if (callbackIsDue()) {
            advanceSoon();
        }
        settle();
    }

    void advanceSoon() {
        if (!advancing && !deliveryQueued) {
            loop.deliverLater(this);
            deliveryQueued = true;
        }
    }

    void flushSoon() {
        if (!advancing) {
            flushLater();
        }
    }

    /** At its step of this turn or the next, also when it is making progress now. */
    void flushLater() {
        if (!flushQueued) {
            loop.flushLater(this);
            flushQueued = true;
        }
    }

    /** A callback of the user's, to be called with what belongs to the thread that gives it. */
    Delivery callback(Runnable callback) {
        return Delivery.of(callback).carriedBy(options.context());
    }

    /** Delivers a callback in its turn. */
    @Override
    void post(Delivery delivery) {
        super.post(delivery);
        advanceSoon();
    }

    private void advance() {
        advancing = true;
        boolean unfinished = false;
        try {
            unfinished = makeProgress();
        } catch (Throwable failure) {
            broken(failure);
            unfinished = true;
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
        int reading = READ_BURST;
        while (true) {
            callbacks -= runCallbacks(callbacks);
            if (callbacks <= 0 && callbackIsDue()) {
                send();
                return true;
            }
            endWithInput();
            if (reading > 0 && wantsInput()) {
                int most = loop.memoryIsSpent() ? LITTLE : reads.mostAtOnce();
                if (readOnce(most)) {
                    reading -= Math.max(most, InboundBuffer.CHUNK);
                    continue;
                }
            } else if (lacksMemory() && reads.attemptWithoutMore()) {
                continue;
            }
            send();
            if (!callbackIsDue()) {
                return reading <= 0 && wantsInput();
            }
        }
    }

    /** Runs at most {@code most} callbacks that are due, the close callback after all others. */
    private int runCallbacks(int most) {
        int count = 0;
        try {
            while (count < most && runNextCallback()) {
                count++;
            }
        } catch (Throwable failure) {
            callbackFailed(failure);
            count++;
        }
        return count;
    }

    private boolean runNextCallback() throws Exception {
        Delivery next = nextCallback();
        if (next == null && reads.firstAttempt()) {
            next = nextCallback();
        }
        if (next != null) {
            next.call();
            return true;
        }
        if (reads.handOver()) {
            return true;
        }
        next = state == StreamState.CLOSED && endWaiters != null ? endWaiters.takeClosed() : null;
        if (next != null) {
            next.call();
            return true;
        }
        return false;
    }

    /** Whether a callback is due, or perhaps one is: an untried read may be complete. */
    private boolean callbackIsDue() {
        return hasCallbacks()
                || reads.isUntried()
                || reads.hasChunk()
                || (state == StreamState.CLOSED && endWaiters != null && endWaiters.hasClosed());
    }

    private boolean wantsInput() {
        return switch (state) {
            case OPEN -> reads.wantsInput() && mayHoldMore();
            case CLOSING -> writes.hasEnded() && !reads.hasEnded();
            case NEW, OPENING, CLOSED -> false;
        };
    }

    private boolean mayHoldMore() {
        return !loop.memoryIsSpent() || reads.size() < LITTLE;
    }

    /** Whether it is for the memory budget alone that nothing is read. */
    private boolean lacksMemory() {
        return state == StreamState.OPEN && reads.wantsInput() && !mayHoldMore();
    }

    private boolean readOnce(int most) {
        try {
            return state == StreamState.OPEN ? reads.readOnce(transport, most) : reads.discard(transport, most) != 0;
        } catch (IOException e) {
            if (state == StreamState.CLOSING
                    && e instanceof CloseCause cut
                    && cut.reason() == CloseReason.TLS_TRUNCATED) {
                // nobody reads what it may have cut off
                reads.endInput();
                return true;
            }
            finish(e instanceof CloseCause known ? known.reason() : CloseReason.PEER_RESET, e);
            return true;
        }
    }

    /** Closes when no byte will come any more and nobody can use those that are buffered. */
    private void endWithInput() {
        if (state != StreamState.OPEN
                || isHalfClosed()
                || hasCallbacks()
                || !reads.hasEnded()
                || !reads.finishInput()) {
            return;
        }
        Delivery peerEnded = endWaiters == null ? null : endWaiters.takePeerEnded();
        if (peerEnded == null) {
            beginClose(CloseReason.PEER_END);
        } else {
            reads.endTold();
            reads.end();
            post(peerEnded);
        }
    }

    private void send() {
        if (state != StreamState.OPEN && state != StreamState.CLOSING) {
            return;
        }
        try {
            writes.send(transport);
        } catch (IOException e) {
            failWriting(e, 0);
            return;
        }
        if (!writes.hasEnded() || transport.unflushed() > 0 || !reads.hasEnded()) {
            return;
        }
        if (state == StreamState.CLOSING) {
            CloseReason reason = closeReason();
            assert reason != null;
            finish(reason, null);
        } else if (isHalfClosed() && !hasCallbacks()) {
            finish(CloseReason.PEER_END, null);
        }
    }

    /** Ends every entry: lets go of the shared buffer, counts, and derives what to watch for. */
    private void settle() {
        try {
            reads.retain();
        } catch (Throwable failure) {
            broken(failure);
        }
        count();
        if (state == StreamState.CLOSED) {
            return;
        }
        int interest = wantsInput() ? Interest.READ : Interest.NONE;
        transport.watch(writes.isEmpty() || flushQueued ? interest : interest | Interest.WRITE);
        if (deadlines != null) {
            deadlines.update();
        }
    }

    // ---- state

    private void become(StreamState next) {
        if (!state.mayBecome(next)) {
            throw new AssertionError("A stream cannot become " + next + " when it is " + state);
        }
        state = next;
    }

    /** What a closed stream still holds is not counted: nobody tells when the stream itself is let go. */
    private void count() {
        int inbound = state == StreamState.CLOSED ? 0 : reads.size() + transport.undelivered();
        holds(inbound, writes.held() + transport.unflushed());
    }

    /** The transport if bytes can be given to it now, or null. */
    @Nullable
    Transport openTransport() {
        return state == StreamState.OPEN ? transport : null;
    }

    /** Whether the user sees the stream as closed. Safe from any thread. */
    boolean isClosed() {
        return closeAsked || state.isClosed();
    }

    /** Whether it closes as soon as the last byte has been sent, since the peer has ended before. */
    boolean closesOnceSent() {
        return state == StreamState.CLOSING && reads.hasEnded();
    }

    /** Whether the transport is closed and nothing will move any more. */
    boolean isFinished() {
        return state == StreamState.CLOSED;
    }

    boolean isHalfClosed() {
        return reads.isEndTold();
    }

    @Nullable
    CloseReason closeReason() {
        Ending known = ending;
        return known == null ? null : known.reason();
    }

    @Nullable
    Throwable error() {
        Ending known = ending;
        return known == null ? null : known.error();
    }

    long unsentBytes() {
        Ending known = ending;
        return known != null && state == StreamState.CLOSED ? known.unsent() : writes.size();
    }

    @Override
    IOLoop loop() {
        return loop;
    }

    @Override
    StreamOptions options() {
        return options;
    }

    /** Goes on with other limits. */
    void options(StreamOptions changed) {
        options = changed;
    }

    /** A read was started. */
    void readStarted() {
        if (deadlines != null) {
            deadlines.readStarted();
        }
    }

    Transport transport() {
        return transport;
    }

    @Override
    public StreamInfo info() {
        SecureTransport secure = transport instanceof SecureTransport encrypted ? encrypted : null;
        return new StreamInfo(
                id,
                options.endpoint().name(),
                loop.name(),
                state.name(),
                transport.localAddress(),
                transport.remoteAddress(),
                transport.proxyAddress(),
                Duration.ofNanos(openNanos()),
                reads.received(),
                writes.sent(),
                reads.size(),
                unsentBytes(),
                peakInbound(),
                peakOutbound(),
                secure == null ? null : secure.protocol(),
                secure == null ? null : secure.identity(),
                closeReason());
    }

    private long openNanos() {
        Ending known = ending;
        return known != null && state == StreamState.CLOSED ? known.openNanos() : sinceOpened();
    }

    StreamClosedException closedException(String operation) {
        CloseReason reason = closeReason();
        if (reason == null) {
            reason = isHalfClosed() ? CloseReason.PEER_END : CloseReason.LOCAL;
        }
        return new StreamClosedException(operation, reason, error());
    }

    void check(String operation) {
        // asked before the message is made, since every operation comes by here
        if (!loop.inLoop()) {
            loop.requireConfined("IOStream#" + id + "." + operation);
        }
    }

    @Override
    public String toString() {
        return "IOStream#" + id + "[" + state + ", " + options.endpoint().name() + ", " + transport.remoteAddress()
                + "]";
    }
}
