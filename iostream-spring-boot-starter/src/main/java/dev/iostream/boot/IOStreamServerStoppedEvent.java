package dev.iostream.boot;

import dev.iostream.server.TCPServer;

/** A server does not listen any more, and none of its connections is left. */
public final class IOStreamServerStoppedEvent extends IOStreamServerEvent {
    private static final long serialVersionUID = 1L;

    /** It is this server. */
    public IOStreamServerStoppedEvent(TCPServer server) {
        super(server);
    }
}
