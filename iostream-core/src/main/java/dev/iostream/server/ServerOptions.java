package dev.iostream.server;

import dev.iostream.event.Endpoint;
import dev.iostream.stream.StreamOptions;
import dev.iostream.transport.Network;
import java.util.Objects;

/**
 * How a server is made. Immutable.
 *
 * @param name shown in messages and meters
 * @param backlog connections that the system keeps waiting, at least 1
 * @param stream how its streams are made; their endpoint is the server, whatever the options say
 * @param network where connections come from
 */
public record ServerOptions(String name, int backlog, StreamOptions stream, Network network) {
    private static final int DEFAULT_BACKLOG = 1024;

    /** Puts the server in place of the endpoint of the streams. */
    public ServerOptions {
        if (backlog < 1) {
            throw new IllegalArgumentException(
                    "The backlog of server '" + name + "' must be at least 1, was " + backlog);
        }
        if (!stream.endpoint().name().equals(name)) {
            stream = stream.toBuilder().endpoint(new Endpoint(name)).build();
        }
    }

    /** The defaults for a server of that name: a backlog of 1,024, the default stream options, the system's sockets. */
    public static ServerOptions named(String name) {
        return new ServerOptions(
                Objects.requireNonNull(name, "name"), DEFAULT_BACKLOG, StreamOptions.defaults(), Network.nio());
    }

    /** The same with another backlog. */
    public ServerOptions backlog(int newBacklog) {
        return new ServerOptions(name, newBacklog, stream, network);
    }

    /** The same with other stream options. */
    public ServerOptions stream(StreamOptions newStream) {
        return new ServerOptions(name, backlog, newStream, network);
    }

    /** The same with another network. */
    public ServerOptions network(Network newNetwork) {
        return new ServerOptions(name, backlog, stream, newNetwork);
    }
}
