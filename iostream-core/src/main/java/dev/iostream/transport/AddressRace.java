package dev.iostream.transport;

import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.loop.Timeout;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attempts at several addresses, each begun a little after the one before, of which the first to succeed stays (RFC 8305,
 * section 5). An attempt that fails lets the next begin at once. Confined to its loop.
 */
final class AddressRace {
    private final IOLoop loop;
    private final Duration delay;
    private final Opener opener;
    private final Outcome outcome;
    private final ArrayDeque<SocketAddress> waiting;
    private final List<Attempt> running = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private @Nullable Timeout timer;
    private int tried;
    private boolean nextPosted;
    private boolean over;

    /** Opens the transport of one attempt. */
    interface Opener {
        Transport open(SocketAddress address) throws IOException;
    }

    /** Is told how the race ended, once. */
    interface Outcome {
        /** One attempt has succeeded, and the others are closed. */
        void won(Winner winner);

        /** All have failed. */
        void lost();
    }

    /** A connected transport, and the readiness that it is told of from now on. */
    interface Winner {
        /** Says who is told of the transport's readiness from now on, and gives the transport. */
        Transport handTo(ReadyHandler handler);
    }

    /** What kept an address from being connected to. */
    record Failure(SocketAddress address, Throwable cause) {}

    AddressRace(IOLoop loop, List<? extends SocketAddress> addresses, Duration delay, Opener opener, Outcome outcome) {
        this.loop = loop;
        this.waiting = new ArrayDeque<>(addresses);
        this.delay = delay;
        this.opener = opener;
        this.outcome = outcome;
    }

    /** Begins the next attempt, and sees to it that the one after it begins in time. The outcome may come at once. */
    void next() {
        nextPosted = false;
        removeTimer();
        SocketAddress address = over ? null : waiting.pollFirst();
        if (address == null) {
            return;
        }
        tried++;
        var attempt = new Attempt(address);
        running.add(attempt);
        attempt.start();
        if (!over && !nextPosted && !waiting.isEmpty()) {
            timer = loop.addTimeout(delay, this::next);
        }
    }

    private void won(Attempt attempt) {
        running.remove(attempt);
        close();
        outcome.won(attempt);
    }

    private void failed(Attempt attempt, Throwable cause) {
        if (cause instanceof Error) {
            loop.reportFailure(cause);
        }
        running.remove(attempt);
        attempt.close();
        failures.add(new Failure(attempt.address, cause));
        if (!waiting.isEmpty()) {
            nextSoon();
        } else if (running.isEmpty()) {
            over = true;
            outcome.lost();
        }
    }

    /** In a turn of its own, so that many addresses that fail at once do not hold up the loop. */
    private void nextSoon() {
        removeTimer();
        if (!nextPosted) {
            nextPosted = true;
            loop.addCallback(this::next);
        }
    }

    private void removeTimer() {
        if (timer != null) {
            loop.removeTimeout(timer);
            timer = null;
        }
    }

    /** Ends all attempts that are under way, and begins no more. There is no outcome any more. */
    void close() {
        over = true;
        removeTimer();
        waiting.clear();
        for (Attempt attempt : running) {
            attempt.close();
        }
        running.clear();
    }

    /** What has failed so far, in the order in which it did. */
    List<Failure> failures() {
        return failures;
    }

    /** How many attempts have begun. */
    int tried() {
        return tried;
    }

    private final class Attempt implements ReadyHandler, Winner {
        final SocketAddress address;
        private @Nullable Transport transport;
        private @Nullable ReadyHandler next;
        private boolean ended;

        Attempt(SocketAddress address) {
            this.address = address;
        }

        void start() {
            try {
                transport = opener.open(address);
                transport.attach(this);
            } catch (Throwable e) {
                // also an error: the others would not be tried, and nobody be told
                failed(this, e);
                return;
            }
            establish(transport);
        }

        @Override
        public void ready(int interest) {
            if (next != null) {
                next.ready(interest);
            } else if (!ended && transport != null) {
                establish(transport);
            }
        }

        private void establish(Transport connecting) {
            Stage stage;
            try {
                stage = connecting.establish();
            } catch (Throwable e) {
                failed(this, e);
                return;
            }
            if (stage == Stage.READY) {
                ended = true;
                won(this);
            }
        }

        @Override
        public Transport handTo(ReadyHandler handler) {
            assert transport != null;
            next = handler;
            return transport;
        }

        void close() {
            ended = true;
            if (transport != null) {
                transport.close();
            }
        }
    }
}
