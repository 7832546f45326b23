package dev.iostream.transport;

import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;

/** A place where connections are accepted. Safe from any thread. */
public interface Acceptor {
    /** Where it listens, with the port that was chosen when 0 was asked for. */
    SocketAddress localAddress();

    /** Stops accepting. Completes when the address is free again. */
    CompletableFuture<Void> close();
}
