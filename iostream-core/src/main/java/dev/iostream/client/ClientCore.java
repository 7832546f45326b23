package dev.iostream.client;

import dev.iostream.event.IOListener;
import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.ReloadableTls;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.DialOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What all that one client does has in common, on whatever loop. Safe from any thread. */
final class ClientCore {
    private final String name;
    private final Targets targets;
    private final StreamOptions options;
    private final @Nullable ReloadableTls tls;
    private final ReconnectPolicy policy;
    private final DoubleSupplier random;
    private final ConnectCounts counts = new ConnectCounts();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // guarded by this
    private final Set<IOStream> streams = new LinkedHashSet<>();
    private final Set<SupervisedConnection> connections = new LinkedHashSet<>();
    private boolean closed;
    /** The streams that a stop waits for, and whom it tells; null while none does. */
    private @Nullable Stopping stopping;

    private record Stopping(Set<IOStream> left, CompletableFuture<Void> done) {}

    ClientCore(
            String name,
            Targets targets,
            StreamOptions options,
            @Nullable ReloadableTls tls,
            ReconnectPolicy policy,
            DoubleSupplier random) {
        this.name = name;
        this.targets = targets;
        this.options = options;
        this.tls = tls;
        this.policy = policy;
        this.random = random;
    }

    String name() {
        return name;
    }

    Targets targets() {
        return targets;
    }

    StreamOptions options() {
        return options;
    }

    /**
     * A stream that is not connected yet, will be as {@code dial} says, and that {@code listener} is told of after the
     * user's.
     */
    IOStream open(IOLoop loop, DialOptions dial, IOListener listener) {
        StreamOptions told = options.toBuilder()
                .dial(dial)
                .listener(options.listener().and(listener))
                .build();
        return tls == null ? IOStream.open(loop, told) : SSLIOStream.open(loop, tls, told);
    }

    @Nullable
    TlsOptions tlsOptions() {
        return tls == null ? null : tls.current();
    }

    ReloadableTls requireTls() {
        if (tls == null) {
            throw new IllegalStateException(this + " has no TLS; give it TCPClient.Builder.tls");
        }
        return tls;
    }

    ReconnectPolicy policy() {
        return policy;
    }

    /** From 0 to 1. */
    double chance() {
        return random.getAsDouble();
    }

    ConnectCounts counts() {
        return counts;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Completes when the client is closed and all its streams have ended. */
    CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** Takes in a stream that begins to connect. */
    synchronized void opened(IOStream stream) {
        requireOpen();
        streams.add(stream);
    }

    /** Lets go of a stream that has ended or never began. */
    void ended(IOStream stream) {
        boolean last;
        Stopping stopped = null;
        synchronized (this) {
            streams.remove(stream);
            last = closed && streams.isEmpty();
            if (stopping != null && stopping.left.remove(stream) && stopping.left.isEmpty()) {
                stopped = stopping;
                stopping = null;
            }
        }
        if (stopped != null) {
            stopped.done.complete(null);
        }
        if (last) {
            ended.complete(null);
        }
    }

    synchronized void supervised(SupervisedConnection connection) {
        requireOpen();
        connections.add(connection);
    }

    synchronized void unsupervised(SupervisedConnection connection) {
        connections.remove(connection);
    }

    synchronized List<ConnectionStatus> connections() {
        return connections.stream().map(SupervisedConnection::status).toList();
    }

    private void requireOpen() {
        if (closed) {
            throw new RejectedExecutionException(this + " is closed and connects no more");
        }
    }

    /** Ends what there is; the future completes when that is done. */
    CompletableFuture<Void> stop() {
        List<IOStream> open;
        List<SupervisedConnection> supervised;
        CompletableFuture<Void> done;
        synchronized (this) {
            open = new ArrayList<>(streams);
            supervised = new ArrayList<>(connections);
            if (stopping == null && open.isEmpty()) {
                done = CompletableFuture.completedFuture(null);
            } else {
                if (stopping == null) {
                    stopping = new Stopping(new LinkedHashSet<>(), new CompletableFuture<>());
                }
                stopping.left.addAll(open);
                done = stopping.done.copy();
            }
        }
        // not while holding the lock: what is told of the end may ask this client something
        supervised.forEach(SupervisedConnection::stop);
        open.forEach(IOStream::close);
        return done;
    }

    /** Ends what there is, and takes in nothing more. */
    void close() {
        List<IOStream> open;
        List<SupervisedConnection> supervised;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            open = new ArrayList<>(streams);
            supervised = new ArrayList<>(connections);
        }
        // not while holding the lock: what is told of the close may ask this client something
        supervised.forEach(SupervisedConnection::close);
        open.forEach(IOStream::close);
        if (open.isEmpty()) {
            ended.complete(null);
        }
    }

    ClientStats stats() {
        return new ClientStats(
                targets.get(targets.first()),
                options.endpoint().stats(),
                counts.connects(),
                counts.connecting(),
                counts.byErrno(),
                counts.byReason(),
                counts.lastFailure(),
                counts.reconnects(),
                tls == null ? 0 : tls.outdated(),
                connections());
    }

    @Override
    public String toString() {
        return "client '" + name + "'";
    }
}
