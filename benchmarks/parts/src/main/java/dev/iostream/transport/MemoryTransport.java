package dev.iostream.transport;

import dev.iostream.event.Stage;
import dev.iostream.loop.ReadyHandler;
import java.net.SocketAddress;

/** What transports without a network have in common: they are ready at once, and nobody is told of it. */
public abstract class MemoryTransport implements Transport {
    @Override
    public final void attach(ReadyHandler handler) {}

    @Override
    public final Stage establish() {
        return Stage.READY;
    }

    @Override
    public final boolean flush() {
        return true;
    }

    @Override
    public final void shutdownWrite() {}

    @Override
    public final void watch(int interest) {}

    @Override
    public final void close() {}

    @Override
    public final SocketAddress localAddress() {
        return null;
    }

    @Override
    public final SocketAddress remoteAddress() {
        return null;
    }
}
