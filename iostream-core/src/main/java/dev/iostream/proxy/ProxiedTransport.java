package dev.iostream.proxy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.loop.Timeout;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection from a proxy, whose first bytes say whom it is for. Its addresses are those that the proxy tells.
 *
 * <pre>
 *   WIRE ──connected──► WAITING ──header, and it is admitted──► READY
 *    └─────────────────────┴──────── failure, close() ────────────┴────► CLOSED
 * </pre>
 *
 * <p>Until then it is {@link Stage#INTRODUCING}. Once it is ready, every call goes to the wire, after what had come behind
 * the header has been read.
 */
public final class ProxiedTransport implements Transport {
    private enum State {
        WIRE,
        WAITING,
        READY,
        CLOSED
    }

    private final Transport wire;
    private final IOLoop loop;
    private final Duration limit;
    private final Introduction introduction;

    private State state = State.WIRE;
    private @Nullable ReadyHandler handler;
    private @Nullable Timeout deadline;
    /** What has come so far, to be filled further; when it is ready, what has come behind the header, to be read. */
    private @Nullable ByteBuffer arrived;

    private @Nullable ProxyHeader header;
    private @Nullable IOException failure;
    private int watched;

    /** Is told once how it was said whom a connection is for. */
    public interface Introduction {
        /**
         * The header has come.
         *
         * @throws IOException when the connection is not wanted; its stream then fails with that
         */
        void introduced(ProxyHeader header) throws IOException;

        /** It has not come in time, or the connection has ended before, or what has come is none. */
        void failed(ProxyProtocolException why);
    }

    /**
     * A transport over {@code wire}, which it then owns.
     *
     * @param limit how long the header may take
     */
    public ProxiedTransport(Transport wire, IOLoop loop, Duration limit, Introduction introduction) {
        this.wire = wire;
        this.loop = loop;
        this.limit = limit;
        this.introduction = introduction;
    }

    /** What the proxy has said, or null while it has not. */
    public @Nullable ProxyHeader header() {
        return header;
    }

    // ---- coming about

    @Override
    public void attach(ReadyHandler newHandler) throws IOException {
        handler = newHandler;
        wire.attach(newHandler);
    }

    @Override
    public Stage establish() throws IOException {
        if (failure != null) {
            throw failure;
        }
        switch (state) {
            case WIRE -> begin();
            case WAITING -> readHeader();
            case READY -> {
                return Stage.READY;
            }
            case CLOSED -> throw new ClosedChannelException();
        }
        return header == null ? Stage.INTRODUCING : Stage.READY;
    }

    /** Bytes are read only when some have come, so that whoever makes a stream is not met by its failure. */
    private void begin() throws IOException {
        if (wire.establish() == Stage.READY) {
            state = State.WAITING;
            deadline = loop.addTimeout(limit, this::deadlineReached);
            wire.watch(Interest.READ);
        }
    }

    private void readHeader() throws IOException {
        ByteBuffer bytes = arrived == null ? ByteBuffer.allocate(ProxyHeader.LONGEST) : arrived;
        arrived = bytes;
        ProxyHeader found = null;
        while (found == null) {
            int count = readWire(bytes);
            if (count == 0) {
                return;
            }
            if (count < 0) {
                throw ended(bytes.position() > 0);
            }
            found = decode(bytes);
        }
        stopDeadline();
        arrived = bytes.hasRemaining() ? bytes : null;
        header = found;
        state = State.READY;
        try {
            introduction.introduced(found);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        wire.watch(watched);
    }

    private int readWire(ByteBuffer bytes) throws ProxyProtocolException {
        try {
            return wire.read(bytes);
        } catch (IOException e) {
            throw failed(
                    "The connection from " + wire.remoteAddress() + " broke before its PROXY header: " + e.getMessage(),
                    CloseReason.PEER_RESET,
                    Errno.of(e),
                    e);
        }
    }

    /** The header, with the bytes then to be read from behind it; or null, with the bytes to be filled further. */
    private @Nullable ProxyHeader decode(ByteBuffer bytes) throws ProxyProtocolException {
        bytes.flip();
        try {
            ProxyHeader found = ProxyHeader.decode(bytes);
            if (found == null) {
                bytes.position(bytes.limit()).limit(bytes.capacity());
            }
            return found;
        } catch (ProxyProtocolException e) {
            throw failed(
                    "The connection from " + wire.remoteAddress()
                            + " does not begin with a PROXY header that is right: "
                            + e.getMessage()
                            + "; let the proxy send one, or do not expect any from there (ProxyProtocol.trusted)",
                    CloseReason.PROXY_PROTOCOL,
                    e.errno(),
                    e);
        }
    }

    private void deadlineReached() {
        deadline = null;
        failed(
                "No PROXY header came from " + wire.remoteAddress() + " within " + limit
                        + " (ProxyProtocol.headerTimeout); let the proxy send one, or do not expect any from there",
                CloseReason.PROXY_PROTOCOL,
                Errno.ETIMEDOUT,
                null);
        if (handler != null) {
            handler.ready(Interest.READ);
        }
    }

    private ProxyProtocolException ended(boolean within) {
        return within
                ? failed(
                        "The connection from " + wire.remoteAddress() + " has ended within its PROXY header",
                        CloseReason.PROXY_PROTOCOL,
                        Errno.ECONNRESET,
                        null)
                : failed(
                        "The connection from " + wire.remoteAddress() + " has ended before a byte came",
                        CloseReason.PEER_END,
                        Errno.ECONNRESET,
                        null);
    }

    private ProxyProtocolException failed(String message, CloseReason reason, int errno, @Nullable IOException cause) {
        var why = new ProxyProtocolException(message, reason, errno, cause);
        stopDeadline();
        failure = why;
        introduction.failed(why);
        return why;
    }

    private void stopDeadline() {
        if (deadline != null) {
            loop.removeTimeout(deadline);
            deadline = null;
        }
    }

    @Override
    public void reset() {
        wire.reset();
        close();
    }

    @Override
    public void close() {
        state = State.CLOSED;
        stopDeadline();
        arrived = null;
        wire.close();
    }

    // ---- bytes

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (arrived == null && state == State.READY) {
            return wire.read(into);
        }
        return state == State.READY ? readArrived(into) : 0;
    }

    private int readArrived(ByteBuffer into) {
        ByteBuffer from = arrived;
        assert from != null;
        int count = Math.min(from.remaining(), into.remaining());
        into.put(into.position(), from, from.position(), count).position(into.position() + count);
        if (!from.position(from.position() + count).hasRemaining()) {
            arrived = null;
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return state == State.READY ? wire.write(from) : 0;
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        return state == State.READY ? wire.transferFrom(file, position, count) : 0;
    }

    @Override
    public boolean flush() throws IOException {
        return wire.flush();
    }

    @Override
    public void shutdownWrite() throws IOException {
        wire.shutdownWrite();
    }

    @Override
    public void shutdownWriteToClose() throws IOException {
        wire.shutdownWriteToClose();
    }

    @Override
    public boolean canHalfClose() {
        return wire.canHalfClose();
    }

    @Override
    public void watch(int interest) {
        watched = interest;
        if (state == State.READY) {
            wire.watch(interest);
        }
    }

    @Override
    public void setNoDelay(boolean on) {
        wire.setNoDelay(on);
    }

    // ---- facts

    @Override
    public @Nullable SocketAddress localAddress() {
        return header == null || header.destination() == null ? wire.localAddress() : header.destination();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return header == null || header.source() == null ? wire.remoteAddress() : header.source();
    }

    /** The wire's own peer, unless that has connected for itself. */
    @Override
    public @Nullable SocketAddress proxyAddress() {
        return header == null || header.local() ? null : wire.remoteAddress();
    }

    @Override
    public String toString() {
        return "ProxiedTransport[" + state + ", " + header + ", " + wire + "]";
    }
}
