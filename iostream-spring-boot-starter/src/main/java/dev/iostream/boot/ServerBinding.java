package dev.iostream.boot;

import dev.iostream.server.TCPServer;
import java.net.InetSocketAddress;

/**
 * A server, and where it is to listen once the application starts.
 *
 * @param server not listening yet
 * @param address with port 0 the system chooses one
 */
public record ServerBinding(TCPServer server, InetSocketAddress address) {
    /** The server's name. */
    public String name() {
        return server.options().name();
    }
}
