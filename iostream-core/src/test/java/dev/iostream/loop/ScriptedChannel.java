package dev.iostream.loop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A connected channel in memory: gives one piece for each read, takes as many bytes as it has room for, and counts. */
public final class ScriptedChannel extends SocketChannel implements ScriptedSelectorProvider.Scripted {
    private final ScriptedSelectorProvider provider;
    private final ArrayDeque<byte[]> input = new ArrayDeque<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private @Nullable IOException failure;
    private boolean ended;
    private boolean spins;
    private int room = Integer.MAX_VALUE;
    private int spurious;
    private int reads;
    private int writes;

    ScriptedChannel(ScriptedSelectorProvider provider) {
        super(provider);
        this.provider = provider;
        provider.opened();
    }

    /** Lets a piece arrive. */
    public void gives(String piece) {
        provider.change(() -> input.addLast(piece.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Lets the end of the stream arrive. */
    public void ends() {
        provider.change(() -> ended = true);
    }

    /** Lets every read and write fail. */
    public void fails(IOException with) {
        provider.change(() -> failure = with);
    }

    /** Has room for so many bytes more. */
    public void takes(int bytes) {
        provider.change(() -> room = bytes);
    }

    /** Seems ready once, although it is not. */
    public void seemsReady(int interest) {
        provider.change(() -> spurious = interest);
    }

    /** Makes selectors that watch it return at once, without being ready. */
    public void spins(boolean on) {
        provider.change(() -> spins = on);
    }

    /** Closes it, as a thread may that knows nothing of the loop. */
    public void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was written so far. */
    public String written() {
        return output.toString(StandardCharsets.ISO_8859_1);
    }

    /** How often it was read from, with or without success. */
    public int reads() {
        return reads;
    }

    /** How often it was written to, with or without success. */
    public int writes() {
        return writes;
    }

    @Override
    public boolean spins() {
        return spins;
    }

    @Override
    public int readyOps() {
        int ready = spurious;
        spurious = 0;
        if (ended || failure != null || !input.isEmpty()) {
            ready |= Interest.READ;
        }
        return room > 0 || failure != null ? ready | Interest.WRITE : ready;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        reads++;
        requireUsable();
        byte[] piece = input.pollFirst();
        if (piece == null) {
            return ended ? -1 : 0;
        }
        int count = Math.min(piece.length, into.remaining());
        into.put(piece, 0, count);
        if (count < piece.length) {
            input.addFirst(Arrays.copyOfRange(piece, count, piece.length));
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        writes++;
        requireUsable();
        int count = Math.min(room, from.remaining());
        room -= room == Integer.MAX_VALUE ? 0 : count;
        for (int i = 0; i < count; i++) {
            output.write(from.get());
        }
        return count;
    }

    private void requireUsable() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        return length == 0 ? 0 : read(into[offset]);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        return length == 0 ? 0 : write(from[offset]);
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean connect(SocketAddress remote) {
        return true;
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public SocketChannel shutdownInput() {
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() {
        return this;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 2);
    }

    @Override
    public SocketChannel bind(SocketAddress local) {
        return this;
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
        return this;
    }

    @Override
    public <T> @Nullable T getOption(SocketOption<T> name) {
        return null;
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException("sockets");
    }

    @Override
    protected void implCloseSelectableChannel() {
        if (!isRegistered()) {
            deregistered();
        }
    }

    @Override
    public void deregistered() {
        provider.released();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // never blocks
    }
}
