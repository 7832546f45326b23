package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where transports come from: the system's sockets, or a simulation. */
public interface Network {
    /** The system's sockets. */
    static Network nio() {
        return NioNetwork.INSTANCE;
    }

    /** A transport over a channel that is connected or being connected, and that it then owns. */
    static Transport over(SocketChannel channel, IOLoop loop) throws IOException {
        return new NioTransport(channel, loop);
    }

    /**
     * A transport that connects a channel, which it then owns, to {@code address}. It begins when
     * {@link Transport#establish} is called first, which throws whatever keeps it from being connected. The channel is
     * closed then, since a refused one cannot be used again.
     */
    static Transport over(SocketChannel channel, SocketAddress address, IOLoop loop) throws IOException {
        return new NioTransport(channel, loop, List.of(address));
    }

    /**
     * A transport that connects to {@code address}, without blocking: it begins when {@link Transport#establish} is
     * called first, which throws whatever keeps it from being connected, at once or later. To be closed in either case.
     *
     * @param address resolved, or a Unix-domain socket's
     * @param source the address to connect from, with port 0 for any, or null to let the system choose
     * @throws IOException when there is no descriptor left, or {@code source} cannot be used
     */
    Transport connect(SocketAddress address, @Nullable SocketAddress source, TransportOptions options, IOLoop loop)
            throws IOException;

    /**
     * Listens at {@code address} and accepts connections once the acceptor is resumed. Safe from any thread.
     *
     * @param address resolved; or a Unix-domain socket's, whose file is made, and removed with the acceptor
     * @param loop the acceptor's
     * @param slots has room for the connections, or not
     * @throws java.net.BindException when the address is taken or not one of this machine
     * @throws UnsupportedOperationException when {@link ListenOptions#reusePort} is asked for and the system has no such
     *     option
     */
    Acceptor listen(SocketAddress address, ListenOptions options, IOLoop loop, Slots slots) throws IOException;

    /**
     * Listens with the default options and room for any number of connections, and accepts them from the next turn of
     * {@code loop} on. Safe from any thread.
     *
     * @param backlog how many connections the system keeps waiting
     * @param placement the loop of each new connection
     * @param accepted is given each new connection on the loop that {@code placement} said
     */
    default Acceptor listen(
            SocketAddress address, int backlog, IOLoop loop, Placement placement, Consumer<Accepted> accepted)
            throws IOException {
        Acceptor acceptor =
                listen(address, ListenOptions.backlog(backlog), loop, new UnlimitedSlots(placement, accepted));
        acceptor.resume();
        return acceptor;
    }

    /**
     * An acceptor over a channel that is bound, and that it then owns; it accepts once it is resumed.
     *
     * @param options those for the address are not used
     */
    static Acceptor over(ServerSocketChannel channel, ListenOptions options, IOLoop loop, Slots slots)
            throws IOException {
        channel.configureBlocking(false);
        return NioAcceptor.start(channel, null, options, loop, slots);
    }

    /** Says which loop takes the next connection. */
    @FunctionalInterface
    interface Placement {
        /** The loop for one new connection. */
        IOLoop next();
    }

    /** A new connection, on the loop it belongs to. */
    record Accepted(Transport transport, IOLoop loop) {}
}
