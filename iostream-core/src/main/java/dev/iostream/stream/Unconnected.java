package dev.iostream.stream;

import dev.iostream.event.Stage;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** What a stream has for a transport before it connects: nothing moves, and the caller's channel is kept if there is one. */
final class Unconnected implements Transport {
    private static final Logger LOG = System.getLogger(Unconnected.class.getName());

    private final @Nullable SocketChannel channel;
    private final @Nullable IOException refusal;

    Unconnected(@Nullable SocketChannel channel) {
        this(channel, null);
    }

    /** One that will never be connected, which {@link #establish} says. */
    Unconnected(@Nullable SocketChannel channel, @Nullable IOException refusal) {
        this.channel = channel;
        this.refusal = refusal;
    }

    /** The caller's channel to connect with, or null. */
    @Nullable
    SocketChannel channel() {
        return channel;
    }

    @Override
    public void attach(ReadyHandler handler) {}

    @Override
    public Stage establish() throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        return Stage.CONNECTING;
    }

    @Override
    public int read(ByteBuffer into) {
        return 0;
    }

    @Override
    public int write(ByteBuffer from) {
        return 0;
    }

    @Override
    public boolean flush() {
        return false;
    }

    @Override
    public void shutdownWrite() {}

    @Override
    public void watch(int interest) {}

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "Could not close " + channel, e);
            }
        }
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return null;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return null;
    }
}
