package dev.iostream.client;

import dev.iostream.dns.HostAndPort;
import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Endpoint;
import dev.iostream.event.Errno;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.ConnectFailure;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.LoopFuture;
import dev.iostream.stream.StreamOptions;
import dev.iostream.tls.ReloadableTls;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.DialOptions;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Connects to one or several targets, once or for good. Safe from any thread.
 *
 * <p>Connections are spread over the loops of the group in turn, unless the client is bound to one with {@link #on}.
 * Several targets are tried in order until one answers, each with its own deadlines; after a failure the next one comes
 * first. Names are resolved anew each time.
 *
 * <pre>{@code
 * TCPClient client = TCPClient.builder(group).name("orders").target("orders.internal:9000").build();
 * client.connect().thenCompose(stream -> stream.write("hello\n"));
 * }</pre>
 *
 * <p>{@link #supervise} gives a connection that is made again whenever it is lost.
 */
public final class TCPClient implements AutoCloseable {
    private final ClientCore core;
    private final Supplier<IOLoop> placement;
    private final DialOptions dial;

    private TCPClient(ClientCore core, Supplier<IOLoop> placement, DialOptions dial) {
        this.core = core;
        this.placement = placement;
        this.dial = dial;
    }

    /** A client on the loops of {@code group}, which somebody else starts and closes. */
    public static Builder builder(IOLoopGroup group) {
        return new Builder(group::next);
    }

    /** A client on one loop. */
    public static Builder builder(IOLoop loop) {
        return new Builder(() -> loop);
    }

    /**
     * Connects. The future is completed on the stream's loop, and fails with a {@link DialException}; cancelling it, or
     * letting it time out, cancels the attempt, and closes a stream that comes too late.
     */
    public CompletableFuture<AsyncIOStream> connect() {
        IOLoop loop = placement.get();
        var future = new LoopFuture<AsyncIOStream>(loop);
        var attempt = new ConnectAttempt(core, loop, dial, new ConnectAttempt.Outcome() {
            @Override
            public void connected(IOStream stream) {
                if (!future.complete(stream.async())) {
                    stream.abort();
                }
            }

            @Override
            public void failed(DialException why) {
                future.completeExceptionally(why);
            }
        });
        try {
            loop.addCallback(begin(attempt));
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(new DialException(
                    "Could not connect " + core + ": " + e.getMessage(), Errno.ECANCELED, CloseReason.LOOP_CLOSED, e));
        }
        future.whenComplete((stream, failure) -> {
            if (failure != null) {
                attempt.cancel();
            }
        });
        return future;
    }

    /**
     * Connects, and calls one of the two on the stream's loop; what {@code connected} throws closes the stream.
     *
     * @throws RejectedExecutionException when the loop is closed, so that nothing could be called
     */
    public void connect(Consumer<? super IOStream> connected, ConnectFailure failed) {
        Objects.requireNonNull(connected, "connected");
        Objects.requireNonNull(failed, "failed");
        IOLoop loop = placement.get();
        var attempt = new ConnectAttempt(core, loop, dial, new ConnectAttempt.Outcome() {
            @Override
            public void connected(IOStream stream) {
                connected.accept(stream);
            }

            @Override
            public void failed(DialException why) {
                failed.failed(why.errno(), String.valueOf(why.getMessage()));
            }
        });
        loop.addCallback(begin(attempt));
    }

    /** The attempt is made, and its outcome told, with what belongs to the caller. */
    private Runnable begin(ConnectAttempt attempt) {
        return core.options().context().carry(attempt::begin);
    }

    /**
     * A connection that is made again whenever it is lost, once it has been started. A client may have several.
     *
     * @throws IllegalStateException when the client is closed
     */
    public SupervisedConnection supervise(ConnectionHandler handler) {
        Objects.requireNonNull(handler, "handler");
        var connection = new SupervisedConnection(core, placement.get(), dial, handler);
        try {
            core.supervised(connection);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return connection;
    }

    /** The same client, but that it connects on that loop: for a pipe, whose ends must share one. Closing either closes both. */
    public TCPClient on(IOLoop loop) {
        return new TCPClient(core, () -> loop, dial);
    }

    /**
     * The same client, but that each of its connections begins with that header, in version 2, before TLS if there is any:
     * for a proxy, which connects for somebody else. Closing either closes both.
     */
    public TCPClient introducing(ProxyHeader header) {
        return new TCPClient(core, placement, dial.preamble(ByteBuffer.wrap(header.encodeV2())));
    }

    /**
     * Uses another context for connections from now on, which resume no sessions of the former one; open streams stay as
     * they are, and {@link ClientStats#outdatedTls()} tells how many.
     *
     * @throws IllegalStateException when the client's streams are not encrypted
     */
    public void reload(SSLContext context) {
        core.requireTls().reload(context);
    }

    /**
     * The same with other TLS options.
     *
     * @throws IllegalStateException when the client's streams are not encrypted
     * @throws IllegalArgumentException when the options are a server's
     */
    public void reload(TlsOptions newOptions) {
        core.requireTls().reload(newOptions);
    }

    /** The name that meters and logs show. */
    public String name() {
        return core.name();
    }

    /** How its streams are made. */
    public StreamOptions streamOptions() {
        return core.options();
    }

    /** How its next streams are encrypted, or null for plain ones. */
    public @Nullable TlsOptions tlsOptions() {
        return core.tlsOptions();
    }

    /** What it has done so far. */
    public ClientStats stats() {
        return core.stats();
    }

    /**
     * Ends what there is: attempts fail, supervised connections stop, and each stream closes as with {@link
     * IOStream#close()}, after what was written has been sent. The client can connect again, and its connections be
     * started again.
     *
     * @return completes when none of the streams is left that there were
     */
    public CompletableFuture<Void> stop() {
        return core.stop();
    }

    /**
     * Ends for good: attempts fail, supervised connections close, and each stream closes as with {@link IOStream#close()},
     * after what was written has been sent. Returns at once; {@link #closed()} tells when all of that is done.
     */
    @Override
    public void close() {
        core.close();
    }

    /** Completes when the client is closed and none of its streams is left. */
    public CompletableFuture<Void> closed() {
        return core.ended();
    }

    @Override
    public String toString() {
        return "TCPClient[" + core.name() + ", " + core.targets() + "]";
    }

    /** Collects what a client is made of: at least a target. */
    public static final class Builder {
        private final Supplier<IOLoop> placement;
        private final List<SocketAddress> targets = new ArrayList<>();
        private String name = "client";
        private StreamOptions stream = StreamOptions.defaults();
        private @Nullable DialOptions dial;
        private @Nullable TlsOptions tls;
        private ReconnectPolicy policy = ReconnectPolicy.defaults();
        private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

        private Builder(Supplier<IOLoop> placement) {
            this.placement = placement;
        }

        /** The name that meters and logs show: {@code client} by default. */
        public Builder name(String newName) {
            name = Objects.requireNonNull(newName, "name");
            return this;
        }

        /** Adds a target, written {@code host:port}, with brackets around an IPv6 address. */
        public Builder target(String hostAndPort) {
            return target(HostAndPort.parse(hostAndPort).unresolved());
        }

        /** Adds a target. */
        public Builder target(String host, int port) {
            return target(new HostAndPort(host, port).unresolved());
        }

        /**
         * Adds a target. An address that is resolved stays as it is; one that is not is resolved anew for each attempt. A
         * Unix-domain socket's will do as well.
         */
        public Builder target(SocketAddress address) {
            if (address instanceof InetSocketAddress internet && internet.getPort() == 0) {
                throw new IllegalArgumentException("A target needs a port from 1 to 65535: " + address);
            }
            targets.add(Objects.requireNonNull(address, "address"));
            return this;
        }

        /** How its streams are made; their endpoint is the client, whatever the options say. */
        public Builder stream(StreamOptions options) {
            stream = Objects.requireNonNull(options, "options");
            return this;
        }

        /** How its streams are made, as said so far. */
        public StreamOptions stream() {
            return stream;
        }

        /** How it connects, in place of what the stream options say of that. */
        public Builder dial(DialOptions options) {
            dial = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * How its streams are encrypted: they are {@link dev.iostream.stream.SSLIOStream}s then, and connected when the
         * handshake has ended and the target is verified. Null, the default, for plain ones.
         */
        public Builder tls(@Nullable TlsOptions options) {
            if (options != null && !options.client()) {
                throw new IllegalArgumentException("These TlsOptions are a server's; use TlsOptions.client");
            }
            tls = options;
            return this;
        }

        /** When supervised connections are made again. */
        public Builder reconnect(ReconnectPolicy newPolicy) {
            policy = Objects.requireNonNull(newPolicy, "policy");
            return this;
        }

        /** Where chance comes from, numbers from 0 to 1, asked on the loops: for tests that are to repeat. */
        public Builder random(DoubleSupplier source) {
            random = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * The client.
         *
         * @throws IllegalStateException when it has no target
         */
        public TCPClient build() {
            if (targets.isEmpty()) {
                throw new IllegalStateException("Client '" + name + "' has no target; add one with target(...)");
            }
            StreamOptions.Builder options = stream.toBuilder();
            if (!stream.endpoint().name().equals(name)) {
                options.endpoint(new Endpoint(name));
            }
            if (dial != null) {
                options.dial(dial);
            }
            StreamOptions built = options.build();
            return new TCPClient(
                    new ClientCore(
                            name,
                            new Targets(targets),
                            built,
                            tls == null ? null : new ReloadableTls(tls),
                            policy,
                            random),
                    placement,
                    built.dial());
        }
    }
}
