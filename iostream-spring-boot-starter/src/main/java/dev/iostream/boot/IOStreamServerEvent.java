package dev.iostream.boot;

import dev.iostream.server.TCPServer;
import org.springframework.context.ApplicationEvent;

/** Something that happens to a server as a whole. */
public abstract sealed class IOStreamServerEvent extends ApplicationEvent
        permits IOStreamServerStartedEvent, IOStreamServerStoppingEvent, IOStreamServerStoppedEvent {
    private static final long serialVersionUID = 1L;

    private final transient TCPServer server;

    IOStreamServerEvent(TCPServer server) {
        super(server);
        this.server = server;
    }

    /** The name that it is configured under. */
    public String getServerName() {
        return server.options().name();
    }

    /** The server. */
    public TCPServer getServer() {
        return server;
    }
}
