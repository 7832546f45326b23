package dev.iostream.client;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.loop.EndsWithLoop;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Timeout;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.LoopFuture;
import dev.iostream.transport.DialOptions;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is made again whenever it is lost, until it is stopped; see {@link ConnectionState} for its states.
 *
 * <p>Each attempt tries the client's targets in turn, resolving their names anew, and begins after the one that failed
 * last; between attempts are the delays of the {@link ReconnectPolicy}. Belongs to one loop for life, on which its handler
 * is called. Safe from any thread; {@code start}, {@code stop} and {@code close} return at once and take effect in the
 * order of the calls.
 *
 * <pre>{@code
 * SupervisedConnection connection = client.supervise(stream -> {
 *     stream.write("HELLO me\n");
 *     readOn(stream);
 * });
 * connection.start();
 * connection.current().ifPresent(stream -> stream.write("PING\n"));
 * }</pre>
 */
public final class SupervisedConnection implements AutoCloseable {
    private final ClientCore core;
    private final IOLoop loop;
    private final DialOptions dial;
    private final ConnectionHandler handler;
    private final EndsWithLoop member = reason -> loopEnded(reason, null);
    private final List<CompletableFuture<AsyncIOStream>> waiting = new ArrayList<>();

    private volatile ConnectionStatus status = ConnectionStatus.idle();
    private volatile @Nullable AsyncIOStream current;

    // confined to the loop
    private @Nullable ConnectAttempt attempt;
    /** The one that was connected; {@link IOStream#latest()} of it has the connection. */
    private @Nullable IOStream stream;

    private @Nullable Timeout timer;
    private @Nullable SocketAddress target;
    private @Nullable Throwable ownCause;
    private int targetIndex;
    private int failures;
    private long upSince;
    private boolean hasBeenUp;

    SupervisedConnection(ClientCore core, IOLoop loop, DialOptions dial, ConnectionHandler handler) {
        this.core = core;
        this.loop = loop;
        this.dial = dial;
        this.handler = handler;
    }

    /**
     * Connects, and stays connected; without effect when it is started already.
     *
     * @throws IllegalStateException when it is closed, or its loop
     */
    public void start() {
        if (state() == ConnectionState.CLOSED || !inLoop(this::begin)) {
            throw new IllegalStateException("The supervised connection of " + core + " is closed");
        }
    }

    /** Closes the stream when what was written has been sent, and makes no other until it is started again. */
    public void stop() {
        inLoop(() -> end(ConnectionState.IDLE));
    }

    /** The same for good. */
    @Override
    public void close() {
        core.unsupervised(this);
        if (!inLoop(() -> end(ConnectionState.CLOSED))) {
            // the loop has closed, and told this as a member
            current = null;
        }
    }

    /** Where it stands. */
    public ConnectionState state() {
        return status.state();
    }

    /** Where it stands, and what happened last. */
    public ConnectionStatus status() {
        return status;
    }

    /** The stream while the connection is up, and otherwise nothing. */
    public Optional<AsyncIOStream> current() {
        return Optional.ofNullable(current).filter(up -> !up.stream().closed());
    }

    /**
     * The stream when the connection is up, which may be now. Fails with a {@link DialException} when the connection is
     * stopped or closed, or gives up.
     */
    public CompletableFuture<AsyncIOStream> whenUp() {
        var future = new LoopFuture<AsyncIOStream>(loop);
        if (!inLoop(() -> await(future))) {
            future.completeExceptionally(ended("is closed", null));
        }
        return future;
    }

    /** The loop that it belongs to, on which the handler is called. */
    public IOLoop loop() {
        return loop;
    }

    @Override
    public String toString() {
        ConnectionStatus now = status;
        return "SupervisedConnection[" + core.name() + ", " + now.state() + ", " + now.target() + "]";
    }

    private boolean inLoop(Runnable task) {
        try {
            loop.addCallback(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    // ---- on the loop

    private void await(CompletableFuture<AsyncIOStream> future) {
        Optional<AsyncIOStream> up = current();
        if (up.isPresent()) {
            future.complete(up.get());
        } else if (state() == ConnectionState.CLOSED) {
            future.completeExceptionally(ended("is closed", null));
        } else if (state() == ConnectionState.GAVE_UP) {
            future.completeExceptionally(ended("gave up", status.lastCause()));
        } else {
            waiting.add(future);
            future.whenComplete((unused, failure) -> {
                if (failure != null) {
                    inLoop(() -> waiting.remove(future));
                }
            });
        }
    }

    private void begin() {
        if (state() == ConnectionState.IDLE || state() == ConnectionState.GAVE_UP) {
            failures = 0;
            try {
                loop.join(member);
            } catch (RejectedExecutionException e) {
                loopEnded(CloseReason.LOOP_CLOSED, e);
                return;
            }
            connect();
        }
    }

    private void connect() {
        timer = null;
        targetIndex = core.targets().first();
        target = core.targets().get(targetIndex);
        become(ConnectionState.CONNECTING, null);
        var next = new Attempt();
        attempt = new ConnectAttempt(core, loop, dial, next);
        next.self = attempt;
        attempt.begin();
    }

    private void connected(IOStream connected) {
        attempt = null;
        ownCause = null;
        stream = connected;
        become(ConnectionState.LOGGING_IN, null);
        if (connected.closed()) {
            CloseReason reason = connected.closeReason();
            lost(connected, reason == null ? CloseReason.LOCAL : reason, connected.error());
            return;
        }
        Duration limit = core.policy().logInTimeout();
        if (!limit.isZero()) {
            timer = loop.addTimeout(limit, () -> logInTooLate(connected, limit));
        }
        guarded(connected, () -> handler.logIn(connected, () -> loggedIn(connected)));
    }

    /** From any thread. */
    private void loggedIn(IOStream connected) {
        if (IOLoop.current() == loop) {
            up(connected);
        } else {
            inLoop(() -> up(connected));
        }
    }

    private void logInTooLate(IOStream connected, Duration limit) {
        timer = null;
        ownCause = new SocketTimeoutException("Could not log in to " + target + " within " + limit
                + "; check that the peer answers, or raise ReconnectPolicy.logInTimeout");
        connected.abort();
    }

    private void up(IOStream connected) {
        IOStream latest = connected.latest();
        if (stream != connected || state() != ConnectionState.LOGGING_IN || latest.closed()) {
            return;
        }
        stopTimer();
        upSince = loop.nanoTime();
        become(ConnectionState.UP, null);
        if (hasBeenUp) {
            core.counts().reconnected();
        }
        hasBeenUp = true;
        guarded(connected, () -> handler.onUp(latest));
        handOn(connected);
    }

    /** Lets others have the stream: when it is up, and when it has gone on with TLS since. */
    private void handOn(IOStream connected) {
        IOStream latest = connected.latest();
        if (stream != connected || state() != ConnectionState.UP || latest.closed()) {
            return;
        }
        AsyncIOStream async = latest.async();
        current = async;
        takeWaiting().forEach(future -> future.complete(async));
    }

    /** What the handler throws is the failure of a callback of the stream, from wherever it was called. */
    private void guarded(IOStream connected, HandlerCall call) {
        try {
            call.run();
        } catch (Throwable e) {
            if (ownCause == null) {
                ownCause = e;
            }
            inLoop(connected::abort);
            if (e instanceof Error error) {
                throw error;
            }
            throw e instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException("The handler of " + core + " failed: " + e, e);
        }
    }

    private interface HandlerCall {
        void run() throws Exception;
    }

    private void lost(IOStream closed, CloseReason reason, @Nullable Throwable cause) {
        if (stream != closed) {
            return;
        }
        boolean lasted = state() == ConnectionState.UP
                && Duration.ofNanos(loop.nanoTime() - upSince)
                                .compareTo(core.policy().resetAfter())
                        >= 0;
        failures = lasted ? 0 : failures + 1;
        stream = null;
        current = null;
        stopTimer();
        core.targets().failed(targetIndex);
        down(reason, ownCause == null ? cause : ownCause);
    }

    private void failed(DialException why) {
        attempt = null;
        failures++;
        down(why.reason(), why);
    }

    private void down(CloseReason reason, @Nullable Throwable cause) {
        ReconnectPolicy policy = core.policy();
        if (policy.maxAttempts() > 0 && failures >= policy.maxAttempts()) {
            loop.leave(member);
            become(ConnectionState.GAVE_UP, null, reason, cause);
            failWaiting("gave up after " + failures + " attempts", cause);
            handler.onDown(reason, cause, null);
            return;
        }
        Duration delay = policy.delay(Math.max(1, failures), core.chance());
        try {
            timer = loop.addTimeout(delay, this::connect);
        } catch (RejectedExecutionException e) {
            loopEnded(reason, cause);
            return;
        }
        become(ConnectionState.WAITING, delay, reason, cause);
        handler.onDown(reason, cause, delay);
    }

    private void end(ConnectionState next) {
        ConnectionState former = state();
        if (former == ConnectionState.CLOSED || former == next) {
            return;
        }
        IOStream ending = stream;
        ConnectAttempt cancelled = attempt;
        stream = null;
        current = null;
        attempt = null;
        stopTimer();
        loop.leave(member);
        become(next, null);
        failWaiting(next == ConnectionState.CLOSED ? "is closed" : "was stopped", null);
        if (cancelled != null) {
            cancelled.cancel();
        }
        if (ending != null) {
            ending.close();
            handler.onDown(CloseReason.LOCAL, null, null);
        }
    }

    private void loopEnded(CloseReason reason, @Nullable Throwable cause) {
        if (state() == ConnectionState.CLOSED) {
            return;
        }
        stream = null;
        current = null;
        attempt = null;
        timer = null;
        core.unsupervised(this);
        become(ConnectionState.CLOSED, null, reason, cause);
        failWaiting("is closed, since its loop is", cause);
        handler.onDown(reason, cause, null);
    }

    private void stopTimer() {
        if (timer != null) {
            loop.removeTimeout(timer);
            timer = null;
        }
    }

    private void failWaiting(String why, @Nullable Throwable cause) {
        takeWaiting().forEach(future -> future.completeExceptionally(ended(why, cause)));
    }

    private List<CompletableFuture<AsyncIOStream>> takeWaiting() {
        List<CompletableFuture<AsyncIOStream>> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    private DialException ended(String why, @Nullable Throwable cause) {
        int errno = cause == null ? Errno.ECANCELED : Errno.of(cause);
        return new DialException(
                "The supervised connection of " + core + " " + why + (cause == null ? "" : ": " + cause.getMessage()),
                errno,
                cause instanceof DialException dial ? dial.reason() : CloseReason.LOCAL,
                cause);
    }

    private void become(ConnectionState next, @Nullable Duration delay) {
        become(next, delay, status.lastReason(), status.lastCause());
    }

    private void become(
            ConnectionState next, @Nullable Duration delay, @Nullable CloseReason reason, @Nullable Throwable cause) {
        if (!state().mayBecome(next)) {
            throw new AssertionError("A supervised connection cannot become " + next + " when it is " + state());
        }
        status = new ConnectionStatus(next, Instant.now(), target, failures, delay, reason, cause);
    }

    /** One attempt and, when it succeeds, its stream. What comes after the connection has been stopped does not count. */
    private final class Attempt implements ConnectAttempt.Outcome {
        private @Nullable ConnectAttempt self;

        @Override
        public void trying(SocketAddress next, int index) {
            target = next;
            targetIndex = index;
            ConnectionStatus now = status;
            status = new ConnectionStatus(
                    now.state(), now.since(), next, failures, null, now.lastReason(), now.lastCause());
        }

        @Override
        public void connected(IOStream connected) {
            if (attempt == self) {
                SupervisedConnection.this.connected(connected);
            } else {
                connected.abort();
            }
        }

        @Override
        public void failed(DialException why) {
            if (attempt == self) {
                SupervisedConnection.this.failed(why);
            }
        }

        @Override
        public void secured(IOStream secured) {
            if (stream == secured) {
                // in a task as well: it has not opened yet
                inLoop(() -> handOn(secured));
            }
        }

        @Override
        public void closed(IOStream closed, CloseReason reason, @Nullable Throwable cause) {
            // in a task, since the stream must not be called from here, and its callbacks may be to come
            if (!inLoop(() -> lost(closed, reason, cause))) {
                lost(closed, reason, cause);
            }
        }
    }
}
