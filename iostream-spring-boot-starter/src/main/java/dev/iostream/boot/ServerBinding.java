package dev.iostream.boot;

import dev.iostream.server.TCPServer;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;

/**
 * A server, where it is to listen once the application starts, and how it stops with it. A bean of this type is a server of
 * the application like those under {@code iostream.server}.
 *
 * @param server not listening yet
 * @param addresses at least one; with port 0 the system chooses one, the same for all
 * @param shutdown how it stops
 */
public record ServerBinding(TCPServer server, List<SocketAddress> addresses, ShutdownOptions shutdown) {
    /** Checks that there is an address. */
    public ServerBinding {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(shutdown, "shutdown");
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException(
                    "Server '" + server.options().name() + "' needs an address to listen at");
        }
    }

    /** A server that is to listen at these addresses, and is drained when it stops. */
    public ServerBinding(TCPServer server, SocketAddress... addresses) {
        this(server, List.of(addresses), ShutdownOptions.whenDrained());
    }

    /** The server's name. */
    public String name() {
        return server.options().name();
    }
}
