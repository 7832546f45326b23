package dev.iostream.transport;

import dev.iostream.loop.ReadyHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

    /** Says whom to tell of readiness. Called once, before all else. */
    void attach(ReadyHandler handler) throws IOException;

    /** Goes on towards carrying bytes, and says how far that has come. */
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

    /** Ends the stream of bytes to the peer, after those that were accepted. Reading goes on. */
    void shutdownWrite() throws IOException;

    /** Replaces what the handler is told about: bits of {@link dev.iostream.loop.Interest}. */
    void watch(int interest);

    /** Lets go of everything at once. A second call does nothing. */
    void close();

    /** Its own address, or null while it has none. */
    @Nullable
    SocketAddress localAddress();

    /** The peer's address, or null while there is none. */
    @Nullable
    SocketAddress remoteAddress();
}
