package dev.iostream.boot;

import dev.iostream.server.TCPServer;
import java.net.SocketAddress;
import java.util.List;

/**
 * A server listens. Published on the thread that starts the application context, again after a restart, and on the thread
 * that has a drained server accept again.
 */
public final class IOStreamServerStartedEvent extends IOStreamServerEvent {
    private static final long serialVersionUID = 1L;

    private final transient List<SocketAddress> addresses;

    /** The server listens at these addresses. */
    public IOStreamServerStartedEvent(TCPServer server, List<SocketAddress> addresses) {
        super(server);
        this.addresses = List.copyOf(addresses);
    }

    /** Where it listens, with the port that the system chose if it was left to it. */
    public List<SocketAddress> getAddresses() {
        return addresses;
    }
}
