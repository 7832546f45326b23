package dev.iostream.boot;

import dev.iostream.server.TCPServer;
import java.net.InetSocketAddress;
import org.springframework.context.ApplicationEvent;

/** A server listens. Published on the thread that starts the application context, and again after a restart. */
public final class IOStreamServerStartedEvent extends ApplicationEvent {
    private static final long serialVersionUID = 1L;

    private final transient TCPServer server;
    private final InetSocketAddress address;

    /** The server listens at that address. */
    public IOStreamServerStartedEvent(TCPServer server, InetSocketAddress address) {
        super(server);
        this.server = server;
        this.address = address;
    }

    /** The name that it is configured under. */
    public String getServerName() {
        return server.options().name();
    }

    /** The server. */
    public TCPServer getServer() {
        return server;
    }

    /** Where it listens, with the port that the system chose if it was left to it. */
    public InetSocketAddress getAddress() {
        return address;
    }
}
