package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.Registration;
import dev.iostream.loop.Timeout;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections on one loop and hands each to the loop it is placed on.
 *
 * <p>When the system has no descriptor left, it pauses for 5 ms, then twice as long each time up to a second: the
 * listening socket stays ready all the while, and trying again at once would take a whole core.
 */
final class NioAcceptor implements Acceptor {
    private static final Logger LOG = System.getLogger(NioAcceptor.class.getName());

    /** Connections accepted for one readiness at most, so that a burst does not keep open streams waiting. */
    static final int BATCH = 128;

    static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final ServerSocketChannel channel;
    private final TransportOptions options;
    private final SocketAddress address;
    private final IOLoop loop;
    private final Network.Placement placement;
    private final Consumer<Network.Accepted> accepted;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private Duration pause = Duration.ZERO;
    private @Nullable Registration registration;
    private @Nullable Timeout resumption;

    NioAcceptor(
            ServerSocketChannel channel,
            TransportOptions options,
            IOLoop loop,
            Network.Placement placement,
            Consumer<Network.Accepted> accepted)
            throws IOException {
        this.channel = channel;
        this.options = options;
        this.address = channel.getLocalAddress();
        this.loop = loop;
        this.placement = placement;
        this.accepted = accepted;
    }

    void start() {
        loop.addCallback(() -> {
            try {
                if (channel.isOpen()) {
                    registration = loop.register(channel, this::ready);
                    registration.watch(Interest.ACCEPT);
                }
            } catch (IOException e) {
                loop.reportFailure(new IOException("Could not accept at " + address + ": " + e.getMessage(), e));
            }
        });
    }

    @Override
    public SocketAddress localAddress() {
        return address;
    }

    private void ready(int interest) {
        for (int i = 0; i < BATCH && channel.isOpen(); i++) {
            SocketChannel connection;
            try {
                connection = channel.accept();
            } catch (IOException e) {
                failed(e);
                return;
            }
            if (connection == null) {
                return;
            }
            pause = Duration.ZERO;
            place(connection);
        }
    }

    private void place(SocketChannel connection) {
        try {
            connection.configureBlocking(false);
            options.apply(connection);
            IOLoop target = placement.next();
            var transport = new NioTransport(connection, target);
            var connected = new Network.Accepted(transport, target);
            if (target == loop) {
                accepted.accept(connected);
            } else {
                target.addCallback(() -> accepted.accept(connected));
            }
        } catch (IOException | RejectedExecutionException e) {
            // the peer has gone already, or its loop: nobody to tell, and the next connection is not to suffer
            LOG.log(Level.DEBUG, "A connection accepted at " + address + " was lost", e);
            closeQuietly(connection);
        }
    }

    private void failed(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("abort") || message.contains("Protocol error")) {
            // this connection is lost, the next one need not be; the channel is still ready and comes again
            return;
        }
        pause = pause.isZero() ? FIRST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
        if (pause.equals(FIRST_PAUSE)) {
            LOG.log(
                    Level.WARNING,
                    "Could not accept at " + address + ": " + message + ". Trying again after " + FIRST_PAUSE.toMillis()
                            + " ms, then less often. Open connections are not disturbed.");
        }
        watch(Interest.NONE);
        resumption = loop.addTimeout(pause, () -> {
            resumption = null;
            watch(Interest.ACCEPT);
        });
    }

    private void watch(int interest) {
        if (registration != null) {
            registration.watch(interest);
        }
    }

    @Override
    public CompletableFuture<Void> close() {
        try {
            loop.addCallback(this::closeInLoop);
        } catch (RejectedExecutionException e) {
            // the loop is closed, its selector too: closing the channel frees the address at once
            closeInLoop();
        }
        return closed;
    }

    private void closeInLoop() {
        if (resumption != null) {
            loop.removeTimeout(resumption);
            resumption = null;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Could not close the listener at " + address, e);
        }
        // the system frees the address only when the selector has let go of the key, in the poll that comes before this
        try {
            loop.addCallback(() -> closed.complete(null));
        } catch (RejectedExecutionException e) {
            closed.complete(null);
        }
    }

    private static void closeQuietly(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Could not close a connection", e);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
