package dev.iostream.client;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.event.IOListener;
import dev.iostream.event.Stage;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import dev.iostream.transport.DialOptions;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One attempt to connect: each target in turn, with a dial of its own, until one answers. Confined to its loop. */
final class ConnectAttempt {
    private final ClientCore core;
    private final IOLoop loop;
    private final DialOptions dial;
    private final Outcome outcome;
    private final List<DialException> failures = new ArrayList<>();

    private int left;
    private int index;
    private boolean cancelled;
    private @Nullable IOStream stream;

    /** What becomes of an attempt: exactly one of {@link #connected} and {@link #failed}. */
    interface Outcome {
        /** This target is tried now. */
        default void trying(SocketAddress target, int index) {}

        /** It answered. Called as a callback of the stream, so what it throws closes the stream. */
        void connected(IOStream stream);

        /** None answered, or the attempt was cancelled. */
        void failed(DialException why);

        /** The stream's connection is encrypted from now on: since it was made, or since it went on with TLS. */
        default void secured(IOStream secured) {}

        /** The stream that was connected, or was about to be told so, has closed; its callbacks may still be due. */
        default void closed(IOStream closed, CloseReason reason, @Nullable Throwable cause) {}
    }

    ConnectAttempt(ClientCore core, IOLoop loop, DialOptions dial, Outcome outcome) {
        this.core = core;
        this.loop = loop;
        this.dial = dial;
        this.outcome = outcome;
        this.left = core.targets().size();
        this.index = core.targets().first();
    }

    /** Begins with the first target. */
    void begin() {
        tryNext();
    }

    /** Ends it, and lets it fail if it has not connected. Safe from any thread. */
    void cancel() {
        try {
            loop.addCallback(() -> {
                cancelled = true;
                if (stream != null) {
                    stream.close();
                }
            });
        } catch (RejectedExecutionException e) {
            // the loop has closed, and the stream with it
            return;
        }
    }

    private void tryNext() {
        SocketAddress target = core.targets().get(index);
        left--;
        core.counts().began();
        outcome.trying(target, index);
        try {
            if (cancelled) {
                throw new RejectedExecutionException("the attempt was cancelled");
            }
            connectTo(target);
        } catch (Throwable e) {
            // the client or the loop is closed, the target is none, or there was an error: it was not tried, and others
            // would fare no better
            if (e instanceof Error) {
                loop.reportFailure(e);
            }
            left = 0;
            int errno = e instanceof RejectedExecutionException ? Errno.ECANCELED : Errno.of(e);
            failed(new DialException(
                    "Could not connect to " + target + ": " + e.getMessage(), errno, CloseReason.CONNECT_FAILED, e));
        }
    }

    private void connectTo(SocketAddress target) {
        var watch = new Watch();
        IOStream opened = core.open(loop, dial, watch);
        watch.watched = opened;
        try {
            core.opened(opened);
            opened.connect(target, () -> connected(opened), (errno, message) -> failed(opened, errno, message));
        } catch (Throwable e) {
            opened.abort();
            core.ended(opened);
            throw e;
        }
        stream = opened;
    }

    private void connected(IOStream opened) {
        stream = null;
        core.counts().connected();
        outcome.connected(opened);
    }

    private void failed(IOStream opened, int errno, String message) {
        stream = null;
        core.ended(opened);
        CloseReason reason = opened.closeReason();
        failed(
                opened.error() instanceof DialException dial
                        ? dial
                        : new DialException(
                                message, errno, reason == null ? CloseReason.CONNECT_FAILED : reason, opened.error()));
    }

    private void failed(DialException why) {
        core.counts().failed(why);
        failures.add(why);
        // cancelled here, or by the client that stops: another target would be no better
        boolean over = cancelled || why.errno() == Errno.ECANCELED;
        if (why.errno() != Errno.ECANCELED) {
            core.targets().failed(index);
        }
        if (left == 0 || over) {
            outcome.failed(summary());
            return;
        }
        index = core.targets().after(index);
        tryNext();
    }

    private DialException summary() {
        DialException last = failures.get(failures.size() - 1);
        if (failures.size() == 1) {
            return last;
        }
        String all = failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; "));
        var summary = new DialException(
                "Could not connect " + core + " to any of " + failures.size() + " targets: " + all,
                last.errno(),
                last.reason(),
                last);
        failures.subList(0, failures.size() - 1).forEach(summary::addSuppressed);
        return summary;
    }

    /**
     * Hears of the end of the stream. When it goes on with TLS this goes on with it, since to observers it is the same: the
     * client knows each connection by the stream that it opened.
     */
    private final class Watch implements IOListener {
        private @Nullable IOStream watched;

        @Override
        public void stageEnded(StreamInfo info, Stage stage, long nanos, @Nullable Throwable failure) {
            IOStream secured = watched;
            if (stage == Stage.SECURING && failure == null && secured != null) {
                outcome.secured(secured);
            }
        }

        @Override
        public void streamClosed(StreamInfo closed, CloseReason reason, @Nullable Throwable cause) {
            IOStream ended = watched;
            if (ended != null) {
                core.ended(ended);
                outcome.closed(ended, reason, cause);
            }
        }
    }
}
