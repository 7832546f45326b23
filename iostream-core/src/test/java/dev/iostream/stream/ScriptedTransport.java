package dev.iostream.stream;

import dev.iostream.event.Stage;
import dev.iostream.loop.ReadyHandler;
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
    private @Nullable IOException end;
    private @Nullable IOException whenFull;
    private @Nullable Error breakdown;
    private @Nullable Error breakdownOfWrites;
    private @Nullable Error breakdownOfClose;
    private @Nullable ReadyHandler handler;
    private boolean ended;
    private boolean closed;
    private boolean reset;
    int reads;
    int writes;
    int watched;
    int shutdowns;
    int shutdownsToClose;

    void gives(byte[]... more) {
        for (byte[] piece : more) {
            pieces.addLast(piece);
        }
    }

    void ends() {
        ended = true;
    }

    /** Fails to read when it has given everything. */
    void endsWith(IOException with) {
        end = with;
    }

    /** Tells the stream that it is ready, as a selector does. */
    void becomesReady(int interest) {
        if (handler == null) {
            throw new IllegalStateException("No stream is attached to the transport");
        }
        handler.ready(interest);
    }

    boolean isClosed() {
        return closed;
    }

    boolean isReset() {
        return reset;
    }

    /** Takes no more than so many bytes from now on. */
    void takes(long bytes) {
        room = bytes;
    }

    void fails(IOException with) {
        failure = with;
    }

    /** Fails to write when it has taken as much as it was told to. */
    void failsWhenFull(IOException with) {
        whenFull = with;
    }

    /** Gives its next piece, and breaks down with that. */
    void breaksDownWith(Error with) {
        breakdown = with;
    }

    /** Breaks down with that when it has taken as much as it was told to. */
    void breaksDownWhenFullWith(Error with) {
        breakdownOfWrites = with;
    }

    /** Closes, and breaks down with that. */
    void breaksDownAtCloseWith(Error with) {
        breakdownOfClose = with;
    }

    byte[] taken() {
        return taken.toByteArray();
    }

    @Override
    public void attach(ReadyHandler newHandler) {
        handler = newHandler;
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
            if (end != null) {
                throw end;
            }
            return ended ? -1 : 0;
        }
        int count = Math.min(piece.length, into.remaining());
        into.put(piece, 0, count);
        if (breakdown != null) {
            throw breakdown;
        }
        if (count < piece.length) {
            pieces.addFirst(java.util.Arrays.copyOfRange(piece, count, piece.length));
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        writes++;
        failIfToldTo();
        if (room == 0 && whenFull != null) {
            throw whenFull;
        }
        if (room == 0 && breakdownOfWrites != null) {
            throw breakdownOfWrites;
        }
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
        shutdowns++;
    }

    @Override
    public void shutdownWriteToClose() {
        shutdownsToClose++;
    }

    @Override
    public void watch(int interest) {
        watched = interest;
    }

    @Override
    public void close() {
        closed = true;
        if (breakdownOfClose != null) {
            throw breakdownOfClose;
        }
    }

    @Override
    public void reset() {
        reset = true;
        close();
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
