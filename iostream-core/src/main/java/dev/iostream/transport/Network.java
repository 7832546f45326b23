package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** Where transports come from: the system's sockets, or a simulation. */
public interface Network {
    /** The system's sockets. */
    static Network nio() {
        return NioNetwork.INSTANCE;
    }

    /** A transport over a channel that is connected or will be, and that it then owns. */
    static Transport over(SocketChannel channel, IOLoop loop) throws IOException {
        return new NioTransport(channel, loop);
    }

    /**
     * Accepts connections at {@code address} from the next turn of {@code loop} on. Safe from any thread.
     *
     * @param backlog how many connections the system keeps waiting
     * @param placement the loop of each new connection
     * @param accepted is given each new connection on the loop that {@code placement} said
     * @throws java.net.BindException when the address is taken or not one of this machine
     */
    Acceptor listen(SocketAddress address, int backlog, IOLoop loop, Placement placement, Consumer<Accepted> accepted)
            throws IOException;

    /** Says which loop takes the next connection. */
    @FunctionalInterface
    interface Placement {
        /** The loop for one new connection. */
        IOLoop next();
    }

    /** A new connection, on the loop it belongs to. */
    record Accepted(Transport transport, IOLoop loop) {}
}
