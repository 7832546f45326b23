package dev.iostream.transport;

import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.ReadyHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a byte pipe that never blocks.
 *
 * <p>Confined to its loop. Calls make what progress they can; only {@link #watch} leads to a later call of the handler.
 * What it asks for is exact: ask only for the readiness on which the very next call would act.
 */
public interface Transport {
    /** Bytes that {@link #transferFrom} takes at once where the system does not do the transfer. */
    int TRANSFER_CHUNK = 64 * 1024;

    /**
     * A transport that will be connected to {@code host}: it resolves the name, unless it is an IP address, and races the
     * addresses as RFC 8305 says. Nothing is begun before {@link #establish} is called first; what makes the connection
     * impossible is thrown there as a {@link dev.iostream.event.DialException}.
     *
     * <p>While it is dialled, {@link #establish} says {@link Stage#RESOLVING} and then {@link Stage#CONNECTING}; closing
     * it ends all attempts.
     *
     * @param host a name or an IP address, IPv6 without brackets
     * @param port from 1 to 65535
     */
    static Transport dial(String host, int port, IOLoop loop, DialOptions options) {
        return new DialTransport(null, Objects.requireNonNull(host, "host"), port, loop, options);
    }

    /** The same with one address: resolved, a Unix-domain socket's, or with a name that is to be resolved. */
    static Transport dial(SocketAddress address, IOLoop loop, DialOptions options) {
        return DialTransport.to(null, Objects.requireNonNull(address, "address"), loop, options);
    }

    /**
     * The same as {@link #dial(String, int, IOLoop, DialOptions)} with a channel of the caller's, which the transport
     * then owns. Since a refused channel cannot be used again, only the first address that its family allows is tried.
     * Its socket stays set as it is; {@link DialOptions#network}, {@link DialOptions#source} and
     * {@link DialOptions#transport} are not used.
     *
     * @param channel not connected nor being connected
     */
    static Transport dial(SocketChannel channel, String host, int port, IOLoop loop, DialOptions options) {
        return new DialTransport(
                Objects.requireNonNull(channel, "channel"), Objects.requireNonNull(host, "host"), port, loop, options);
    }

    /** The same with a channel of the caller's and one address. */
    static Transport dial(SocketChannel channel, SocketAddress address, IOLoop loop, DialOptions options) {
        return DialTransport.to(
                Objects.requireNonNull(channel, "channel"), Objects.requireNonNull(address, "address"), loop, options);
    }

    /** Says whom to tell of readiness: before all else, and again when another takes over. */
    void attach(ReadyHandler handler) throws IOException;

    /**
     * Goes on towards carrying bytes, and says how far that has come. Until it says {@link Stage#READY}, the handler is
     * told whenever this should be called again, whatever is watched.
     *
     * @throws IOException when bytes will never flow; the transport is then only to be closed
     */
    Stage establish() throws IOException;

    /** Bytes read, 0 when none are available now, -1 at the end of the stream. */
    int read(ByteBuffer into) throws IOException;

    /** Bytes accepted, 0 when there is no room now. */
    int write(ByteBuffer from) throws IOException;

    /**
     * Bytes accepted from a part of a file, 0 when there is no room now or the file has ended before {@code position}.
     *
     * <p>A transport that cannot take them from the file by itself takes them in chunks of at most 64 KiB.
     */
    default long transferFrom(FileChannel file, long position, long count) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(count, TRANSFER_CHUNK));
        return file.read(chunk, position) <= 0 ? 0 : write(chunk.flip());
    }

    /** Whether every accepted byte has left this process; makes progress towards it. */
    boolean flush() throws IOException;

    /** Bytes that it has made of accepted ones and holds, since they have not left yet; 0 for one that keeps none. */
    default int unflushed() {
        return 0;
    }

    /** Bytes that it has read and holds, since they are not whole yet or nobody has taken them; 0 for one that keeps none. */
    default int undelivered() {
        return 0;
    }

    /** Ends the stream of bytes to the peer, after those that were accepted. Reading goes on. */
    void shutdownWrite() throws IOException;

    /** The same when {@link #close} follows at once, which is all that a transport without a goodbye of its own needs. */
    default void shutdownWriteToClose() throws IOException {
        shutdownWrite();
    }

    /** Whether {@link #shutdownWrite} leaves the other direction open, as far as that is known now. */
    default boolean canHalfClose() {
        return true;
    }

    /** Replaces what the handler is told about: bits of {@link dev.iostream.loop.Interest}. */
    void watch(int interest);

    /** Lets go of everything at once. A second call does nothing. */
    void close();

    /**
     * The same where bytes are lost that the peer should have had: it sees a reset and not an end, as far as there is such a
     * thing, and the system keeps none of them for it.
     */
    default void reset() {
        close();
    }

    /** Whether small writes leave at once; without effect where there is no such thing, and on a closed transport. */
    default void setNoDelay(boolean on) {}

    /** Its own address, or null while it has none. */
    @Nullable
    SocketAddress localAddress();

    /** The peer's address, or null while there is none. */
    @Nullable
    SocketAddress remoteAddress();

    /** The host that it was dialled by, a name or digits; null for one that was accepted, or was given a resolved address. */
    default @Nullable String host() {
        return null;
    }

    /** The address of the proxy that has connected for the peer, and has said so; null when none has. */
    default @Nullable SocketAddress proxyAddress() {
        return null;
    }
}
