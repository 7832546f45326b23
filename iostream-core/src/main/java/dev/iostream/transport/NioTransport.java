package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.loop.Registration;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A socket of the system: TCP or Unix-domain. */
final class NioTransport implements Transport {
    private static final Logger LOG = System.getLogger(NioTransport.class.getName());

    /** The JDK copies a heap buffer whole into a direct one that it keeps, so it is not shown more than this at once. */
    private static final int HEAP_SLICE = 64 * 1024;

    private final SocketChannel channel;
    private final IOLoop loop;
    private @Nullable Registration registration;
    private @Nullable ReadyHandler handler;
    private int watched;
    /** Whether the last read took all there was, so that only readiness can tell of more; spares a call that finds nothing. */
    private boolean dry = true;

    NioTransport(SocketChannel channel, IOLoop loop) throws IOException {
        this.channel = channel;
        this.loop = loop;
        channel.configureBlocking(false);
    }

    @Override
    public void attach(ReadyHandler newHandler) throws IOException {
        handler = newHandler;
        registration = loop.register(channel, this::ready);
    }

    private void ready(int interest) {
        dry &= !Interest.has(interest, Interest.READ);
        assert handler != null;
        handler.ready(interest);
    }

    @Override
    public Stage establish() {
        return channel.isConnected() ? Stage.READY : Stage.CONNECTING;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (dry) {
            return 0;
        }
        int wanted = into.remaining();
        int count = channel.read(into);
        dry = count >= 0 && count < wanted;
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        if (from.isDirect() || from.remaining() <= HEAP_SLICE) {
            return channel.write(from);
        }
        int limit = from.limit();
        from.limit(from.position() + HEAP_SLICE);
        try {
            return channel.write(from);
        } finally {
            from.limit(limit);
        }
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        return file.transferTo(position, count, channel);
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public void shutdownWrite() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void watch(int interest) {
        if (interest != watched && registration != null) {
            watched = interest;
            registration.watch(interest);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed all the same, and the reason for closing matters more than this
            LOG.log(Level.DEBUG, "Could not close " + channel, e);
        }
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        try {
            return channel.getLocalAddress();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        try {
            return channel.getRemoteAddress();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "NioTransport[" + channel + "]";
    }
}
