package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Room for one connection. An acceptor takes it before it accepts, so that what there is no room for stays in the
 * backlog, and it is freed exactly once.
 */
public interface Slot {
    /**
     * Whether a connection of that peer may have it; otherwise it is closed at once. Called on the acceptor's loop.
     *
     * @param address the peer's, or null when it is not known
     * @param peer gives what peers are told apart by: the IP address or, over a Unix-domain socket, the user; null when
     *     that is not known, since the peer has gone already or the system does not tell
     */
    boolean admits(@Nullable SocketAddress address, Supplier<? extends @Nullable Object> peer);

    /** What a connection that was not admitted is sent before it is closed, as far as that can be done at once; or null. */
    default @Nullable ByteBuffer refusal() {
        return null;
    }

    /** The loop that the connection goes to, asked once. Called on the acceptor's loop. */
    IOLoop place();

    /** The connection, on {@code loop}, which is the one that {@link #place()} said. */
    void fill(Transport connection, IOLoop loop);

    /** The connection is closed, or there was none. Safe from any thread. */
    void free();
}
