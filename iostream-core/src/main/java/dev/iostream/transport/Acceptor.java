package dev.iostream.transport;

import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;

/** A place where connections are accepted. Safe from any thread. */
public interface Acceptor {
    /** Where it listens, with the port that was chosen when 0 was asked for. */
    SocketAddress localAddress();

    /** Accepts from now on, first those that wait. A new acceptor does not accept before. */
    void resume();

    /** Leaves connections waiting, as many as its backlog holds, until {@link #resume()}. */
    void pause();

    /** Asks for slots again after there was none. Without effect while it is paused. */
    void retry();

    /** Accepts what waits now, paused or not, as far as there are slots, and then closes. Completes as a close does. */
    CompletableFuture<Void> finish();

    /** Stops accepting; connections that wait are reset. Completes when the address is free again. */
    CompletableFuture<Void> close();

    /** Whether it waits because the system could not give it a connection, for want of descriptors most likely. */
    boolean backingOff();

    /** Whether it is closed: by {@link #close()}, or because its loop was closed or has died. */
    boolean isClosed();
}
