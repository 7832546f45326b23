package dev.iostream.stream;

import dev.iostream.loop.ReadyHandler;
import dev.iostream.transport.Stage;
import dev.iostream.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A transport that gives what it was told to give, one piece for each read, and takes as much as it was told to take. */
final class ScriptedTransport implements Transport {
    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private long room = Long.MAX_VALUE;
    private @Nullable IOException failure;
    private boolean ended;
    int reads;
    int writes;

    void gives(byte[]... more) {
        for (byte[] piece : more) {
            pieces.addLast(piece);
        }
    }

    void ends() {
        ended = true;
    }

    /** Takes no more than so many bytes from now on. */
    void takes(long bytes) {
        room = bytes;
    }

    void fails(IOException with) {
        failure = with;
    }

    byte[] taken() {
        return taken.toByteArray();
    }

    @Override
    public void attach(ReadyHandler handler) {
        // scripts call what they test themselves
    }

    @Override
    public Stage establish() {
        return Stage.READY;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        reads++;
        failIfToldTo();
        byte[] piece = pieces.pollFirst();
        if (piece == null) {
            return ended ? -1 : 0;
        }
        int count = Math.min(piece.length, into.remaining());
        into.put(piece, 0, count);
        if (count < piece.length) {
            pieces.addFirst(java.util.Arrays.copyOfRange(piece, count, piece.length));
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        writes++;
        failIfToldTo();
        int count = (int) Math.min(room, from.remaining());
        room -= count;
        for (int i = 0; i < count; i++) {
            taken.write(from.get());
        }
        return count;
    }

    private void failIfToldTo() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public void shutdownWrite() {
        // nothing to tell
    }

    @Override
    public void watch(int interest) {
        // nobody is told of readiness
    }

    @Override
    public void close() {
        // holds nothing
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
