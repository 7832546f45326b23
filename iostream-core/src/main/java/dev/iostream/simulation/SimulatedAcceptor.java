package dev.iostream.simulation;

import dev.iostream.loop.EndsWithLoop;
import dev.iostream.loop.IOLoop;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.Slot;
import dev.iostream.transport.Slots;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A listener in memory. Confined to the simulation's loop, and so are those whom it serves. */
final class SimulatedAcceptor implements Acceptor {
    private static final int BATCH = 128;

    private final SocketAddress address;
    private final int backlog;
    private final IOLoop loop;
    private final Slots slots;
    private final Runnable onClose;
    private final EndsWithLoop member = reason -> close();
    private final ArrayDeque<SimulatedTransport> waiting = new ArrayDeque<>();
    private boolean paused = true;
    private boolean full;
    private boolean closed;
    private boolean acceptQueued;

    SimulatedAcceptor(SocketAddress address, int backlog, IOLoop loop, Slots slots, Runnable onClose) {
        this.address = address;
        this.backlog = backlog;
        this.loop = loop;
        this.slots = slots;
        this.onClose = onClose;
        loop.join(member);
    }

    /** Whether one more connection can wait. */
    boolean hasRoom() {
        return waiting.size() < backlog;
    }

    /** Takes in a connection, for which there must be room. */
    void offer(SimulatedTransport connection) {
        waiting.addLast(connection);
        accept();
    }

    private void accept() {
        if (!paused && !full && accept(BATCH)) {
            acceptLater();
        }
    }

    private void acceptLater() {
        if (!acceptQueued && !waiting.isEmpty()) {
            acceptQueued = true;
            tell(() -> {
                acceptQueued = false;
                accept();
            });
        }
    }

    /** Accepts at most so many; whether more wait and could be accepted. */
    private boolean accept(int most) {
        for (int i = 0; i < most && !waiting.isEmpty(); i++) {
            Slot slot = slots.take();
            if (slot == null) {
                full = true;
                return false;
            }
            accept(waiting.removeFirst(), slot);
        }
        return !waiting.isEmpty();
    }

    private static void accept(SimulatedTransport connection, Slot slot) {
        connection.takes(slot);
        if (!slot.admits(connection.remoteAddress(), () -> peerOf(connection))) {
            refuse(connection, slot.refusal());
            return;
        }
        slot.fill(connection, slot.place());
    }

    private static void refuse(SimulatedTransport connection, @Nullable ByteBuffer words) {
        try {
            if (words != null) {
                connection.write(words);
            }
        } catch (IOException e) {
            // the peer has gone already
        } finally {
            connection.close();
        }
    }

    private static @Nullable Object peerOf(SimulatedTransport connection) {
        return connection.remoteAddress() instanceof InetSocketAddress internet ? internet.getAddress() : null;
    }

    @Override
    public SocketAddress localAddress() {
        return address;
    }

    @Override
    public void resume() {
        paused = false;
        acceptLater();
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void retry() {
        full = false;
        acceptLater();
    }

    @Override
    public boolean backingOff() {
        return false;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public CompletableFuture<Void> finish() {
        full = false;
        accept(backlog);
        return close();
    }

    @Override
    public CompletableFuture<Void> close() {
        if (!closed) {
            closed = true;
            loop.leave(member);
            onClose.run();
            waiting.forEach(SimulatedTransport::reset);
            waiting.clear();
        }
        return CompletableFuture.completedFuture(null);
    }

    private void tell(Runnable step) {
        try {
            loop.addCallback(step);
        } catch (RejectedExecutionException e) {
            // the loop has closed, and with it the world
            return;
        }
    }
}
