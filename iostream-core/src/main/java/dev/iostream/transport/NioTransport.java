package dev.iostream.transport;

import dev.iostream.event.Errno;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.loop.Registration;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket of the system: TCP or Unix-domain. */
final class NioTransport implements Transport, ReadyHandler {
    private static final Logger LOG = System.getLogger(NioTransport.class.getName());

    /** The JDK copies a heap buffer whole into a direct one that it keeps, so it is not shown more than this at once. */
    private static final int HEAP_SLICE = 64 * 1024;

    private final SocketChannel channel;
    private final IOLoop loop;
    /**
     * Null once it is known to be connected. Until then the selector is asked for that, and for nothing else, whatever is
     * watched.
     */
    private @Nullable Attempt attempt;

    private @Nullable Registration registration;
    private @Nullable ReadyHandler handler;
    /** Where it came from; freed once, when this is closed. */
    private @Nullable Slot slot;

    private byte watched;
    /** Whether the last read took all there was, so that only readiness can tell of more; spares a call that finds nothing. */
    private boolean dry = true;

    /** Whether the last write took less than it was offered, so that only readiness can tell of room. */
    private boolean full;

    /** How a channel is connected. */
    private static final class Attempt {
        /** Where to: the first of them that the channel's family allows. Empty when somebody else connects it. */
        final List<? extends SocketAddress> targets;

        @Nullable
        SocketAddress target;

        Attempt(List<? extends SocketAddress> targets) {
            this.targets = List.copyOf(targets);
        }
    }

    NioTransport(SocketChannel channel, IOLoop loop) throws IOException {
        this(channel, loop, List.of());
    }

    NioTransport(SocketChannel channel, IOLoop loop, List<? extends SocketAddress> targets) throws IOException {
        this.channel = channel;
        this.loop = loop;
        this.attempt = channel.isConnected() ? null : new Attempt(targets);
        channel.configureBlocking(false);
    }

    /** Frees {@code newSlot} when this is closed. */
    void takes(Slot newSlot) {
        slot = newSlot;
    }

    @Override
    public void attach(ReadyHandler newHandler) throws IOException {
        handler = newHandler;
        if (registration == null) {
            registration = loop.register(channel, this);
        }
    }

    @Override
    public void ready(int interest) {
        dry &= !Interest.has(interest, Interest.READ);
        full &= !Interest.has(interest, Interest.WRITE);
        assert handler != null;
        handler.ready(interest);
    }

    @Override
    public Stage establish() throws IOException {
        Attempt current = attempt;
        if (current != null && !connect(current)) {
            return Stage.CONNECTING;
        }
        return Stage.READY;
    }

    private boolean connect(Attempt current) throws IOException {
        boolean connected = false;
        if (channel.isConnectionPending()) {
            connected = channel.finishConnect();
        } else if (!current.targets.isEmpty()) {
            connected = begin(current);
        }
        if (connected) {
            if (!current.targets.isEmpty()) {
                refuseSelf();
            }
            attempt = null;
        }
        if (registration != null) {
            // an unconnected channel would be reported as hung up for ever
            int pending = channel.isConnectionPending() ? Interest.CONNECT : Interest.NONE;
            registration.watch(connected ? watched : pending);
        }
        return connected;
    }

    private boolean begin(Attempt current) throws IOException {
        for (SocketAddress each : current.targets) {
            current.target = each;
            try {
                return channel.connect(each);
            } catch (UnsupportedAddressTypeException e) {
                // thrown before anything was done, so the channel can still be used for the next
                continue;
            } catch (UnresolvedAddressException e) {
                var unknown = new UnknownHostException(each + ": the address is not resolved");
                unknown.initCause(e);
                throw unknown;
            }
        }
        throw new SocketException(Errno.text(Errno.EAFNOSUPPORT));
    }

    /** The address that it tried to connect to; null when it has tried none, or is connected. */
    @Nullable
    SocketAddress target() {
        return attempt == null ? null : attempt.target;
    }

    /** A connection to a free port of this machine's ephemeral ones can meet itself (RFC 9293, section 3.5). */
    private void refuseSelf() throws IOException {
        if (channel.getLocalAddress() instanceof InetSocketAddress local && local.equals(channel.getRemoteAddress())) {
            channel.close();
            throw new ConnectException(Errno.text(Errno.ECONNREFUSED) + ": the connection had met itself");
        }
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
        if (attempt != null || full) {
            return 0;
        }
        int limit = from.limit();
        int offered = from.isDirect() ? from.remaining() : Math.min(from.remaining(), HEAP_SLICE);
        from.limit(from.position() + offered);
        try {
            int count = channel.write(from);
            full = count < offered;
            return count;
        } finally {
            from.limit(limit);
        }
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        if (attempt != null || full) {
            return 0;
        }
        long taken = file.transferTo(position, count, channel);
        full = taken < count;
        return taken;
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
    public void shutdownWriteToClose() {
        // closing tells the peer; once both ends are shut down the channel's own attempt at it would fail, at some cost
    }

    @Override
    public void watch(int interest) {
        if (interest != watched && registration != null) {
            watched = (byte) interest;
            if (attempt == null) {
                registration.watch(interest);
            }
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
        Slot held = slot;
        if (held != null) {
            slot = null;
            held.free();
        }
    }

    @Override
    public void reset() {
        try {
            if (channel.isOpen() && channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // then it is an ordinary end
            LOG.log(Level.DEBUG, "Could not have " + channel + " reset", e);
        }
        close();
    }

    @Override
    public void setNoDelay(boolean on) {
        try {
            if (channel.isOpen() && channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, on);
            }
        } catch (IOException e) {
            // the connection is dying, which reading or writing will tell
            LOG.log(Level.DEBUG, "Could not set TCP_NODELAY of " + channel, e);
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
