package dev.iostream.loop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening channel in memory: accepts what was offered to it, and fails as often as it was told to. */
public final class ScriptedServerChannel extends ServerSocketChannel implements ScriptedSelectorProvider.Scripted {
    private final ScriptedSelectorProvider provider;
    private final ArrayDeque<SocketChannel> waiting = new ArrayDeque<>();
    private final ArrayDeque<String> failures = new ArrayDeque<>();
    private int accepts;

    ScriptedServerChannel(ScriptedSelectorProvider provider) {
        super(provider);
        this.provider = provider;
        provider.opened();
    }

    /** Lets a connection arrive. */
    public void offers(SocketChannel connection) {
        provider.change(() -> waiting.addLast(connection));
    }

    /** Lets so many accepts to come fail. */
    public void fails(int times, String message) {
        provider.change(() -> {
            for (int i = 0; i < times; i++) {
                failures.addLast(message);
            }
        });
    }

    /** How often accept was called. */
    public int accepts() {
        return accepts;
    }

    @Override
    public int readyOps() {
        return waiting.isEmpty() && failures.isEmpty() ? Interest.NONE : Interest.ACCEPT;
    }

    @Override
    public @Nullable SocketChannel accept() throws IOException {
        accepts++;
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (!failures.isEmpty()) {
            throw new IOException(failures.removeFirst());
        }
        return waiting.pollFirst();
    }

    @Override
    public ServerSocketChannel bind(@Nullable SocketAddress local, int backlog) {
        return this;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) {
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
    public ServerSocket socket() {
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
