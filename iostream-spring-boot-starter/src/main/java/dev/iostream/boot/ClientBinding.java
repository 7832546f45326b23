package dev.iostream.boot;

import dev.iostream.client.ConnectionHandler;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client, and the connection that it may keep. A bean of this type is a client of the application like those under
 * {@code iostream.client}. Safe from any thread.
 */
public final class ClientBinding {
    private final TCPClient client;
    private final Supplier<? extends ConnectionHandler> handler;
    private final boolean eager;

    private @Nullable SupervisedConnection connection;

    /** A client that connects whenever it is told to. */
    public ClientBinding(TCPClient client) {
        this(client, () -> stream -> {}, false);
    }

    /**
     * A client with somebody who uses its connection.
     *
     * @param handler asked once, when the connection is first wanted
     * @param eager whether to connect when the application starts, and to stay connected
     */
    public ClientBinding(TCPClient client, Supplier<? extends ConnectionHandler> handler, boolean eager) {
        this.client = Objects.requireNonNull(client, "client");
        this.handler = Objects.requireNonNull(handler, "handler");
        this.eager = eager;
    }

    /** The client's name. */
    public String name() {
        return client.name();
    }

    /** The client. */
    public TCPClient client() {
        return client;
    }

    /** Whether it connects when the application starts. */
    public boolean eager() {
        return eager;
    }

    /**
     * The connection that is made again whenever it is lost, the same one each time; made at the first call, and started by
     * whoever needs it, unless the application does.
     */
    public synchronized SupervisedConnection connection() {
        if (connection == null) {
            connection = client.supervise(handler.get());
        }
        return connection;
    }

    /** The connection, if anybody has wanted it. */
    public synchronized Optional<SupervisedConnection> wantedConnection() {
        return Optional.ofNullable(connection);
    }
}
