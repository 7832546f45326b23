package dev.iostream.server;

import dev.iostream.event.CloseReason;
import dev.iostream.event.EndpointStats;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

/**
 * Accepts connections and hands each to a handler as a stream.
 *
 * <p>Safe from any thread; the handler is called on the stream's loop. A handler that throws closes its stream and is
 * reported; the server goes on. Connections are spread over the loops of the group in turn.
 *
 * <pre>{@code
 * var server = new TCPServer(group, this::serve, ServerOptions.named("echo"));
 * server.listen(new InetSocketAddress(9000));
 * }</pre>
 */
public class TCPServer implements AutoCloseable {
    private final IOLoopGroup group;
    private final StreamHandler handler;
    private final ServerOptions options;
    private final List<Acceptor> acceptors = new ArrayList<>();

    /** A server on the loops of {@code group}, which somebody else starts and closes. */
    public TCPServer(IOLoopGroup group, StreamHandler handler, ServerOptions options) {
        this.group = Objects.requireNonNull(group, "group");
        this.handler = Objects.requireNonNull(handler, "handler");
        this.options = Objects.requireNonNull(options, "options");
    }

    /** A server on one loop. */
    public TCPServer(IOLoop loop, StreamHandler handler, ServerOptions options) {
        this(IOLoopGroup.of(loop), handler, options);
    }

    /**
     * Accepts connections at each address from now on. May be called more than once, and again after {@link #stop()}.
     *
     * @param addresses where to listen; with port 0 the system chooses one, which {@link #localAddresses()} tells
     * @throws UncheckedIOException when an address cannot be listened at; then none of this call is
     */
    public void listen(SocketAddress... addresses) {
        List<Acceptor> opened = new ArrayList<>();
        for (SocketAddress address : addresses) {
            IOLoop loop = group.next();
            try {
                opened.add(options.network().listen(address, options.backlog(), loop, group::next, this::accepted));
            } catch (IOException e) {
                waitFor(allOf(opened.stream().map(Acceptor::close)));
                throw new UncheckedIOException(
                        "Server '" + options.name() + "' could not listen at " + address + ": " + e.getMessage(), e);
            }
        }
        synchronized (this) {
            acceptors.addAll(opened);
        }
    }

    private void accepted(Network.Accepted connection) {
        try {
            IOStream.over(connection.transport(), connection.loop(), options.stream(), handler::handle);
        } catch (IOException | RuntimeException e) {
            connection.transport().close();
            connection.loop().reportFailure(e);
        }
    }

    /**
     * Stops accepting; open streams are not disturbed. Returns when the addresses are free again, unless it is called on
     * a loop's thread, which cannot wait for itself.
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

    private synchronized CompletableFuture<Void> stopAccepting() {
        CompletableFuture<Void> stopped = allOf(acceptors.stream().map(Acceptor::close));
        acceptors.clear();
        return stopped;
    }

    /** Comes after all that accepting has queued on the loops, so no stream of this server is missed. */
    private CompletableFuture<Void> endStreams() {
        return allOf(group.loops().stream().map(this::endStreams));
    }

    private CompletableFuture<Void> endStreams(IOLoop loop) {
        var ended = new CompletableFuture<Void>();
        try {
            loop.addCallback(() -> {
                loop.end(options.stream().endpoint(), CloseReason.ABORTED);
                ended.complete(null);
            });
        } catch (RejectedExecutionException e) {
            // the loop is closed, and its streams with it
            ended.complete(null);
        }
        return ended;
    }

    /** Not under the lock: what is waited for may need a callback to return that asks this server something. */
    private void waitFor(CompletableFuture<Void> done) {
        if (group.loops().stream().allMatch(loop -> loop.running() && !loop.inLoop())) {
            done.join();
        }
    }

    private static CompletableFuture<Void> allOf(Stream<CompletableFuture<Void>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new));
    }

    /** Where it listens, with the ports that the system chose; empty when it does not. */
    public synchronized List<SocketAddress> localAddresses() {
        return acceptors.stream().map(Acceptor::localAddress).toList();
    }

    /** What its streams add up to since it was made. */
    public EndpointStats stats() {
        return options.stream().endpoint().stats();
    }

    /** The options it was made with. */
    public ServerOptions options() {
        return options;
    }
}
