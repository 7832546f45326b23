package dev.iostream.server;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.proxy.ProxiedTransport;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.stream.ServedStream;
import dev.iostream.stream.StreamCallback;
import dev.iostream.tls.ReloadableTls;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.Network;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections and hands each to a handler as a stream.
 *
 * <p>Give it a {@link StreamHandler}, or extend it and override {@link #handle(IOStream)}. What the handler throws closes
 * its stream and is reported; the server goes on. Connections are spread over the loops of the group in turn. The loops
 * may be started before or after: connections wait until then. Each listener belongs to one of the loops and ends with it:
 * when the last is gone, the server is {@link ServerState#STOPPED}, and can listen again as long as a loop is left.
 *
 * <p>Safe from any thread; the handler is called on the stream's loop.
 *
 * <pre>{@code
 * var server = new TCPServer(group, this::serve, ServerOptions.named("echo"));
 * server.listen(new InetSocketAddress(9000));
 * }</pre>
 */
public class TCPServer implements AutoCloseable {
    private final IOLoopGroup group;
    private final @Nullable StreamHandler handler;
    private final ServerOptions options;
    private final Connections connections;
    private final Listeners listeners;
    private final @Nullable ReloadableTls tls;

    // changed under the lock, read without it
    private volatile List<Acceptor> accepting = List.of();
    private volatile List<Acceptor> bound = List.of();
    private volatile boolean started;
    private volatile boolean paused;
    private volatile @Nullable Drain drain;

    /** A server on the loops of {@code group}, which somebody else starts and closes. */
    public TCPServer(IOLoopGroup group, StreamHandler handler, ServerOptions options) {
        this(options, group, Objects.requireNonNull(handler, "handler"));
    }

    /** A server on one loop. */
    public TCPServer(IOLoop loop, StreamHandler handler, ServerOptions options) {
        this(IOLoopGroup.of(loop), handler, options);
    }

    /** For a subclass that overrides {@link #handle(IOStream)}. */
    protected TCPServer(IOLoopGroup group, ServerOptions options) {
        this(options, group, null);
    }

    /** For a subclass that overrides {@link #handle(IOStream)}, on one loop. */
    protected TCPServer(IOLoop loop, ServerOptions options) {
        this(IOLoopGroup.of(loop), options);
    }

    // what takes "this" here asks it nothing before something is accepted, which is after its construction
    @SuppressWarnings("this-escape")
    private TCPServer(ServerOptions options, IOLoopGroup group, @Nullable StreamHandler handler) {
        this.group = Objects.requireNonNull(group, "group");
        this.handler = handler;
        this.options = Objects.requireNonNull(options, "options");
        this.tls = options.tls() == null ? null : new ReloadableTls(options.tls());
        this.connections = new Connections(options, group.loops().get(0).nanoTime(), this::take, this::retry);
        this.listeners = new Listeners(options, group, connections, this::waitFor);
    }

    // ---- serving

    /**
     * Serves a new stream, on its loop's thread: starts its first read and returns. By default the server's handler does.
     *
     * @throws Exception closes this stream with {@link CloseReason#CALLBACK_FAILED}; the server goes on
     */
    protected void handle(IOStream stream) throws Exception {
        if (handler == null) {
            throw new UnsupportedOperationException("Server '" + options.name() + "' has no handler: give it one, or"
                    + " override handle(IOStream) in " + getClass().getName());
        }
        handler.handle(stream);
    }

    /**
     * Brings a stream to its end, since the server drains; see {@link StreamHandler#drain}. By default the server's handler
     * does, and without one the stream closes when it is idle.
     *
     * @throws Exception closes this stream with {@link CloseReason#CALLBACK_FAILED}
     */
    protected void drain(IOStream stream) throws Exception {
        if (handler == null) {
            WhenIdle.close(stream);
        } else {
            handler.drain(stream);
        }
    }

    private void take(Transport connection, IOLoop loop) {
        StreamCallback served =
                connection instanceof ProxiedTransport proxied ? stream -> handle(stream, proxied) : this::handle;
        try {
            if (tls == null) {
                IOStream.over(connection, loop, options.stream(), served);
            } else {
                SSLIOStream.over(connection, tls, loop, options.stream(), served);
            }
        } catch (Throwable e) {
            // an error, too: the connection would have no owner
            connection.close();
            loop.reportFailure(e);
        }
    }

    private void handle(IOStream stream, ProxiedTransport proxied) throws Exception {
        stream.setAttribute(ProxyHeader.class, proxied.header());
        handle(stream);
    }

    /**
     * Uses another context for connections from now on, which resume no sessions of the former one; open streams and
     * {@linkplain TlsOptions#sniContexts contexts for names} stay as they are.
     *
     * @throws IllegalStateException when the server's streams are not encrypted
     */
    public void reload(SSLContext context) {
        requireTls().reload(context);
    }

    /**
     * Uses other TLS options for connections from now on, with contexts for names and all; open streams stay as they are,
     * and {@link ServerStats#outdatedTls()} tells how many.
     *
     * @throws IllegalStateException when the server's streams are not encrypted
     * @throws IllegalArgumentException when the options are a client's
     */
    public void reload(TlsOptions newOptions) {
        requireTls().reload(newOptions);
    }

    private ReloadableTls requireTls() {
        if (tls == null) {
            throw new IllegalStateException("Server '" + options.name() + "' has no TLS; give it ServerOptions.tls");
        }
        return tls;
    }

    // ---- listening

    /**
     * Accepts connections at each address from now on. May be called more than once, and again after {@link #stop()}.
     *
     * <p>With port 0 the system chooses one, the same for all addresses of this call that say 0; {@link #localAddresses()}
     * tells which. An address that is given twice counts once, and so do both wildcard addresses: IPv4 comes in at that of
     * IPv6 too, unless {@link ServerOptions#family} says otherwise. An unresolved name is resolved by the calling thread,
     * and stands for all its addresses. The file of a Unix-domain socket is made, and removed by {@link #stop()}; one that
     * a dead process has left is replaced.
     *
     * @param addresses at least one
     * @throws UncheckedIOException when an address cannot be listened at; then none of this call is
     * @throws UnsupportedOperationException when {@link ServerOptions#reusePort} is set and the system has no such option
     * @throws IllegalStateException when the server is draining
     */
    public void listen(SocketAddress... addresses) {
        requireNotDraining("listen");
        add(listeners.open(addresses), true, "listen");
    }

    /**
     * Binds the addresses as {@link #listen} does, but accepts only from {@link #start()} on, at once if that was before;
     * until then connections wait.
     */
    public void bind(SocketAddress... addresses) {
        requireNotDraining("bind");
        add(listeners.open(addresses), false, "bind");
    }

    private void add(List<Acceptor> opened, boolean atOnce, String operation) {
        synchronized (this) {
            if (!isDraining()) {
                if (atOnce || started) {
                    accept(opened);
                } else {
                    bound = joined(bound, opened);
                }
                return;
            }
        }
        // a drain has begun in between
        waitFor(Tasks.all(opened.stream().map(Acceptor::close).toList()));
        requireNotDraining(operation);
    }

    /**
     * Accepts connections at the addresses that are or will be bound.
     *
     * @throws IllegalStateException when the server is started already and was not stopped since, or is draining
     */
    public synchronized void start() {
        requireNotDraining("start");
        if (started) {
            throw new IllegalStateException("Server '" + options.name() + "' is started already; stop it first");
        }
        started = true;
        List<Acceptor> waiting = bound;
        bound = List.of();
        accept(waiting);
    }

    /**
     * Accepts connections from a channel that is bound and that the server then owns, started or not.
     *
     * @throws UncheckedIOException when it cannot be used, as one that is not bound or is closed
     * @throws IllegalStateException when the server is draining
     */
    public void addSocket(ServerSocketChannel socket) {
        requireNotDraining("addSocket");
        try {
            IOLoop loop = group.next();
            Acceptor one = Network.over(socket, options.listening(), loop, connections.slots(loop, group::next));
            add(List.of(one), true, "addSocket");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Server '" + options.name() + "' could not accept from " + socket + ": " + e.getMessage(), e);
        }
    }

    private void accept(List<Acceptor> opened) {
        accepting = joined(accepting, opened);
        if (!paused) {
            opened.forEach(Acceptor::resume);
        }
    }

    private void requireNotDraining(String operation) {
        if (isDraining()) {
            throw new IllegalStateException("Server '" + options.name() + "' is draining; " + operation
                    + " is possible again when that is over");
        }
    }

    /** There may be room for connections again. Called on any loop, so without the lock. */
    private void retry() {
        accepting.forEach(Acceptor::retry);
    }

    // ---- not accepting

    /**
     * Accepts nothing until {@link #resume()}: connections wait, as many as the backlog holds. Holds for addresses that are
     * added meanwhile as well, and ends with {@link #stop()}.
     */
    public synchronized void pause() {
        paused = true;
        accepting.forEach(Acceptor::pause);
    }

    /** Accepts again after {@link #pause()}, first those that wait. */
    public synchronized void resume() {
        paused = false;
        accepting.forEach(Acceptor::resume);
    }

    /**
     * Accepts what waits to be accepted, then nothing more, and lets the open streams end: each is given to
     * {@link StreamHandler#drain}, and closed with {@link CloseReason#DRAIN_DEADLINE} if it is open at the deadline. Does
     * not block; the server can listen again when it is over. While it drains, a second call changes nothing and gets the
     * same answer.
     *
     * @param limit from now to the deadline; zero or less closes the streams at once
     * @return completes on a loop when no connection is left, with how they ended; only when the loops run
     */
    public CompletableFuture<Drained> drain(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        Drain begun;
        synchronized (this) {
            Drain current = drain;
            if (current != null && !current.isOver()) {
                return current.outcome();
            }
            // nobody was promised yet that what waits there is served
            bound.forEach(Acceptor::close);
            begun = new Drain(connections, endpoint(), this::drain, takeAcceptors());
            drain = begun;
        }
        // not under the lock: where nothing is left to be waited for, whoever waits is called here
        begun.begin(group.loops(), limit);
        return begun.outcome();
    }

    private List<Acceptor> takeAcceptors() {
        List<Acceptor> all = joined(accepting, bound);
        accepting = List.of();
        bound = List.of();
        started = false;
        paused = false;
        return all;
    }

    /**
     * Stops accepting; open streams are not disturbed, and connections that wait are reset. A second call does nothing. The
     * server can listen again. Returns when the addresses are free, unless the loops do not run, or it is called on a
     * loop's thread, which cannot wait for itself.
     */
    public void stop() {
        waitFor(stopAccepting());
    }

    /**
     * Stops accepting and closes the open streams at once with {@link CloseReason#ABORTED}; what they had not sent is
     * dropped. Returns as {@link #stop()} does. The server can listen again.
     */
    @Override
    public void close() {
        waitFor(stopAccepting().thenCompose(stopped -> endStreams()));
    }

    private CompletableFuture<Void> stopAccepting() {
        List<Acceptor> all;
        Drain current;
        synchronized (this) {
            all = takeAcceptors();
            current = drain;
        }
        CompletableFuture<Void> stopped =
                Tasks.all(all.stream().map(Acceptor::close).toList());
        return current == null ? stopped : Tasks.all(List.of(stopped, current.closeAcceptors()));
    }

    /** Comes after all that accepting has queued on the loops, so no stream of this server is missed. */
    private CompletableFuture<Void> endStreams() {
        return Tasks.all(group.loops().stream()
                .map(loop -> Tasks.on(loop, () -> loop.end(endpoint(), CloseReason.ABORTED)))
                .toList());
    }

    /** Not under the lock: what is waited for may need a callback to return that asks this server something. */
    private void waitFor(CompletableFuture<Void> done) {
        if (group.loops().stream().allMatch(loop -> loop.running() && !loop.inLoop())) {
            done.join();
        }
    }

    // ---- facts

    /** Where it listens, with the ports that the system chose; empty when it does not. */
    public List<SocketAddress> localAddresses() {
        return joined(accepting, bound).stream()
                .filter(acceptor -> !acceptor.isClosed())
                .map(Acceptor::localAddress)
                .distinct()
                .toList();
    }

    /** The server at this moment. */
    public ServerStats stats() {
        return new ServerStats(
                endpoint().stats(),
                state(),
                connections.areFull(),
                connections.areThrottled(),
                accepting.stream().anyMatch(Acceptor::backingOff),
                connections.open(),
                connections.waiting(),
                connections.accepted(),
                connections.rejected(),
                connections.failures(),
                tls == null ? 0 : tls.outdated());
    }

    private ServerState state() {
        if (isDraining()) {
            return ServerState.DRAINING;
        }
        if (haveEnded(accepting)) {
            return haveEnded(bound) ? ServerState.STOPPED : ServerState.BOUND;
        }
        return paused ? ServerState.PAUSED : ServerState.ACCEPTING;
    }

    /** Whether none is left: each ends with its loop. */
    private static boolean haveEnded(List<Acceptor> acceptors) {
        return acceptors.stream().allMatch(Acceptor::isClosed);
    }

    private boolean isDraining() {
        Drain current = drain;
        return current != null && !current.isOver();
    }

    /**
     * The open streams, those included that are only sending what was written before they closed.
     *
     * @param most how many at most, at least 0
     * @return completes on a loop, when each loop has told its own
     */
    public CompletableFuture<List<StreamInfo>> streams(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("most must be at least 0, was " + most);
        }
        List<CompletableFuture<List<StreamInfo>>> parts = group.loops().stream()
                .map(loop -> Tasks.ask(loop, () -> streams(loop, most), List.<StreamInfo>of()))
                .toList();
        return Tasks.all(parts)
                .thenApply(all -> parts.stream()
                        .flatMap(part -> part.join().stream())
                        .limit(most)
                        .toList());
    }

    private List<StreamInfo> streams(IOLoop loop, int most) {
        return ServedStream.of(endpoint(), loop).stream()
                .limit(most)
                .map(ServedStream::info)
                .toList();
    }

    /**
     * Closes one stream as {@link IOStream#close()} does.
     *
     * @param id the stream's, as {@link StreamInfo#id()} says
     * @return completes on a loop: with true, or with false when this server has no such open stream
     */
    public CompletableFuture<Boolean> closeStream(long id) {
        List<CompletableFuture<Boolean>> parts = group.loops().stream()
                .map(loop -> Tasks.ask(loop, () -> closeStream(loop, id), false))
                .toList();
        return Tasks.all(parts).thenApply(all -> parts.stream().anyMatch(CompletableFuture::join));
    }

    private boolean closeStream(IOLoop loop, long id) {
        for (ServedStream served : ServedStream.of(endpoint(), loop)) {
            IOStream stream = served.stream();
            if (served.info().id() == id && !stream.closed()) {
                stream.close();
                return true;
            }
        }
        return false;
    }

    private Endpoint endpoint() {
        return options.stream().endpoint();
    }

    /** How its next streams are encrypted, which {@link #reload} may have changed; null for plain ones. */
    public @Nullable TlsOptions tlsOptions() {
        return tls == null ? null : tls.current();
    }

    /** The options it was made with. */
    public ServerOptions options() {
        return options;
    }

    private static List<Acceptor> joined(List<Acceptor> some, List<Acceptor> more) {
        List<Acceptor> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }
}
