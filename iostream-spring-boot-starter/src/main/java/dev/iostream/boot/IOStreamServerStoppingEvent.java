package dev.iostream.boot;

import dev.iostream.server.TCPServer;

/** A server is about to accept no more connections, and to let those that are open end. */
public final class IOStreamServerStoppingEvent extends IOStreamServerEvent {
    private static final long serialVersionUID = 1L;

    /** It is this server. */
    public IOStreamServerStoppingEvent(TCPServer server) {
        super(server);
    }
}
