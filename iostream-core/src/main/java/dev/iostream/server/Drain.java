package dev.iostream.server;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Timeout;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.ServedStream;
import dev.iostream.stream.StreamCallback;
import dev.iostream.transport.Acceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The end of a server's streams, from the moment at which it stops accepting: each is asked to end, and closed at the
 * deadline if it has not. Safe from any thread; each loop is asked by its tasks.
 */
final class Drain {
    /** Turns for a stream that was accepted last: to begin its first read, to find what has come, and to answer that. */
    private static final int FIRST_TURNS = 3;

    private final Connections connections;
    private final Endpoint endpoint;
    private final StreamCallback asked;
    private final List<Acceptor> acceptors;
    private final List<OnLoop> parts = new ArrayList<>();
    private final long endedBefore;
    private final AtomicLong forced = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Drained> done = new CompletableFuture<>();

    /**
     * A drain that is to be begun.
     *
     * @param asked asks one stream to end
     */
    Drain(Connections connections, Endpoint endpoint, StreamCallback asked, List<Acceptor> acceptors) {
        this.connections = connections;
        this.endpoint = endpoint;
        this.asked = asked;
        this.acceptors = acceptors;
        this.endedBefore = connections.ended();
    }

    /** Completes when no connection is left. */
    CompletableFuture<Drained> outcome() {
        return done;
    }

    /** Begins to drain. */
    void begin(List<IOLoop> loops, Duration limit) {
        for (IOLoop loop : loops) {
            var part = new OnLoop(loop);
            parts.add(part);
            Tasks.on(loop, () -> part.setDeadline(limit));
        }
        Tasks.all(acceptors.stream().map(Acceptor::finish).toList()).thenRun(this::ask);
    }

    /** Gives up what still waits to be accepted. */
    CompletableFuture<Void> closeAcceptors() {
        return Tasks.all(acceptors.stream().map(Acceptor::close).toList());
    }

    boolean isOver() {
        return done.isDone();
    }

    /** All connections that will ever be are on their loops, or among the tasks that come before these. */
    private void ask() {
        Tasks.all(parts.stream()
                        .map(part -> Tasks.later(FIRST_TURNS, part.loop, part::ask))
                        .toList())
                .thenRun(() -> connections.whenNone(this::end));
    }

    /** After the close callbacks of the last streams, which a loop's next turn runs at the latest. */
    private void end() {
        if (over.compareAndSet(false, true)) {
            Tasks.all(parts.stream()
                            .map(part -> Tasks.later(1, part.loop, part::stop))
                            .toList())
                    .thenRun(() -> done.complete(result()));
        }
    }

    private Drained result() {
        long closed = forced.get();
        return new Drained(Math.max(0, connections.ended() - endedBefore - closed), closed);
    }

    /** What one loop does of it. Confined to that loop. */
    private final class OnLoop {
        private final IOLoop loop;
        private @Nullable Timeout deadline;
        private boolean deadlinePassed;

        OnLoop(IOLoop loop) {
            this.loop = loop;
        }

        void setDeadline(Duration limit) {
            if (!over.get()) {
                deadline = loop.addTimeout(limit, this::force);
            }
        }

        void ask() {
            if (deadlinePassed) {
                force();
                return;
            }
            for (ServedStream served : ServedStream.of(endpoint, loop)) {
                ask(served);
            }
        }

        private void ask(ServedStream served) {
            if (!served.isServed()) {
                served.end(CloseReason.DRAINED);
                return;
            }
            IOStream stream = served.stream();
            if (stream.closed()) {
                return;
            }
            try {
                asked.call(stream);
            } catch (Throwable failure) {
                served.callbackFailed(failure);
            }
        }

        private void force() {
            deadline = null;
            deadlinePassed = true;
            for (ServedStream served : ServedStream.of(endpoint, loop)) {
                CloseReason reason = served.info().closeReason();
                if (reason != null && served.hasSentAll()) {
                    // it has ended already, and only waits for its peer to do so
                    served.end(reason);
                } else {
                    forced.incrementAndGet();
                    served.end(CloseReason.DRAIN_DEADLINE);
                }
            }
        }

        void stop() {
            if (deadline != null) {
                loop.removeTimeout(deadline);
                deadline = null;
            }
        }
    }
}
