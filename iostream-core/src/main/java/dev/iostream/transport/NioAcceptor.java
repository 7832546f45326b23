package dev.iostream.transport;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Tally;
import dev.iostream.loop.EndsWithLoop;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.Registration;
import dev.iostream.loop.Timeout;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections on one loop and hands each to the loop it is placed on.
 *
 * <p>When the system has no descriptor left, it pauses for 5 ms, then twice as long each time up to a second: the
 * listening socket stays ready all the while, and trying again at once would take a whole core.
 */
final class NioAcceptor implements Acceptor {
    private static final Logger LOG = System.getLogger(NioAcceptor.class.getName());

    /** Connections accepted for one readiness at most, so that a burst does not keep open streams waiting. */
    static final int BATCH = 128;

    static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** Where descriptors are scarce they come and go, and a warning with each of them would be one too many. */
    static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(5);

    private final ServerSocketChannel channel;
    private final @Nullable SocketFile file;
    private final ListenOptions options;
    private final SocketAddress address;
    private final IOLoop loop;
    private final Slots slots;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Tally backingOff = new Tally();
    /** Without the loop nobody accepts, and connections would wait in vain. */
    private final EndsWithLoop member = this::end;

    private boolean paused = true;
    /** There was no slot, and nobody has said yet that there is one again. */
    private boolean full;

    private Duration pause = Duration.ZERO;
    private long nextWarning;
    private @Nullable Registration registration;
    private @Nullable Timeout resumption;

    private NioAcceptor(
            ServerSocketChannel channel, @Nullable SocketFile file, ListenOptions options, IOLoop loop, Slots slots)
            throws IOException {
        SocketAddress local = channel.getLocalAddress();
        if (local == null) {
            throw new IOException("The channel is not bound: " + channel);
        }
        this.channel = channel;
        this.file = file;
        this.options = options;
        this.address = local;
        this.loop = loop;
        this.slots = slots;
        this.nextWarning = loop.nanoTime();
    }

    /** An acceptor over a bound channel that does not block, paused. */
    static NioAcceptor start(
            ServerSocketChannel channel, @Nullable SocketFile file, ListenOptions options, IOLoop loop, Slots slots)
            throws IOException {
        var acceptor = new NioAcceptor(channel, file, options, loop, slots);
        loop.addCallback(acceptor::register);
        return acceptor;
    }

    private void register() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            loop.join(member);
            registration = loop.register(channel, this::ready);
            watch();
        } catch (RejectedExecutionException e) {
            // the loop runs its last tasks
            closeInLoop();
        } catch (Throwable e) {
            closeInLoop();
            loop.reportFailure(new IOException("Could not accept at " + address + ": " + e.getMessage(), e));
        }
    }

    @Override
    public SocketAddress localAddress() {
        return address;
    }

    @Override
    public boolean backingOff() {
        return backingOff.get() != 0;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    // ---- accepting

    private void ready(int interest) {
        if (mayAccept()) {
            accept(BATCH);
        }
    }

    /** Accepts at most so many; whether more may wait and could be accepted. */
    private boolean accept(int most) {
        for (int i = 0; i < most; i++) {
            if (!channel.isOpen()) {
                return false;
            }
            Slot slot = slots.take();
            if (slot == null) {
                full = true;
                watch();
                return false;
            }
            if (!accept(slot)) {
                return false;
            }
        }
        return true;
    }

    /** Accepts one; whether the next can be tried. */
    private boolean accept(Slot slot) {
        SocketChannel connection;
        try {
            connection = channel.accept();
        } catch (IOException e) {
            slot.free();
            return failed(e);
        } catch (RuntimeException | Error e) {
            slot.free();
            throw e;
        }
        if (connection == null) {
            slot.free();
            return false;
        }
        pause = Duration.ZERO;
        admit(connection, slot);
        return true;
    }

    private void admit(SocketChannel connection, Slot slot) {
        boolean placed = false;
        try {
            connection.configureBlocking(false);
            if (slot.admits(connection.getRemoteAddress(), () -> peerOf(connection))) {
                options.transport().apply(connection);
                IOLoop target = slot.place();
                var transport = new NioTransport(connection, target);
                if (target == loop) {
                    placed = true;
                    fill(slot, transport, target);
                } else {
                    target.addCallback(() -> fill(slot, transport, target));
                    placed = true;
                }
                return;
            }
            ByteBuffer words = slot.refusal();
            if (words != null) {
                connection.write(words);
            }
        } catch (IOException | RejectedExecutionException e) {
            // the peer has gone already, or its loop: nobody to tell, and the next connection is not to suffer
            LOG.log(Level.DEBUG, "A connection accepted at " + address + " was lost", e);
        } finally {
            if (!placed) {
                closeQuietly(connection);
                slot.free();
            }
        }
    }

    /** From here on it is the transport that frees the slot. */
    private static void fill(Slot slot, NioTransport transport, IOLoop target) {
        transport.takes(slot);
        try {
            slot.fill(transport, target);
        } catch (RuntimeException | Error e) {
            transport.close();
            throw e;
        }
    }

    private static @Nullable Object peerOf(SocketChannel connection) {
        try {
            SocketAddress remote = connection.getRemoteAddress();
            if (remote instanceof InetSocketAddress internet) {
                return internet.getAddress();
            }
            return remote instanceof UnixDomainSocketAddress ? PeerUser.of(connection) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Whether the next can be tried at once. */
    private boolean failed(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("abort") || message.contains("Protocol error")) {
            // this connection is lost, the next one need not be
            return true;
        }
        slots.failed(failure);
        pause = pause.isZero() ? FIRST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
        if (pause.equals(FIRST_PAUSE) && loop.nanoTime() - nextWarning >= 0) {
            nextWarning = loop.nanoTime() + BETWEEN_WARNINGS.toNanos();
            LOG.log(
                    Level.WARNING,
                    "Could not accept at " + address + ": " + message + ". Trying again after " + FIRST_PAUSE.toMillis()
                            + " ms, then less often. Open connections are not disturbed.");
        }
        backOff(loop.addTimeout(pause, () -> backOff(null)));
        return false;
    }

    private void backOff(@Nullable Timeout until) {
        resumption = until;
        backingOff.set(until == null ? 0 : 1);
        watch();
    }

    // ---- what it is told

    @Override
    public void resume() {
        tell(() -> {
            paused = false;
            watch();
        });
    }

    @Override
    public void pause() {
        tell(() -> {
            paused = true;
            watch();
        });
    }

    @Override
    public void retry() {
        tell(() -> {
            full = false;
            watch();
        });
    }

    private void tell(Runnable change) {
        try {
            loop.addCallback(change);
        } catch (RejectedExecutionException e) {
            // the loop is closed and accepts nothing any more
            LOG.log(Level.DEBUG, "The loop of the listener at " + address + " is closed", e);
        }
    }

    private boolean mayAccept() {
        return !paused && !full && resumption == null;
    }

    private void watch() {
        if (registration != null && channel.isOpen()) {
            registration.watch(mayAccept() ? Interest.ACCEPT : Interest.NONE);
        }
    }

    // ---- closing

    @Override
    public CompletableFuture<Void> finish() {
        // nobody can connect to a file that is gone, so what waits then is all that will
        return inLoop(() -> {
            removeFile();
            paused = true;
            watch();
            finish(options.backlog() + BATCH);
        });
    }

    /** At most so many, so that a flood cannot keep it from closing. */
    private void finish(int most) {
        if (most > 0 && accept(Math.min(most, BATCH))) {
            inLoop(() -> finish(most - BATCH));
        } else {
            closeInLoop();
        }
    }

    @Override
    public CompletableFuture<Void> close() {
        return inLoop(this::closeInLoop);
    }

    private CompletableFuture<Void> inLoop(Runnable step) {
        try {
            loop.addCallback(step);
        } catch (RejectedExecutionException e) {
            // the loop is closed, its selector too: closing the channel frees the address at once
            closeChannel();
            closed.complete(null);
        }
        return closed;
    }

    private void end(CloseReason reason) {
        if (!channel.isOpen()) {
            return;
        }
        closeInLoop();
        boolean died = reason == CloseReason.LOOP_DIED;
        LOG.log(
                died ? Level.ERROR : Level.DEBUG,
                "The listener at " + address + " is closed, since its loop '" + loop.name()
                        + (died ? "' died" : "' was closed") + "; listen again, on loops that run");
    }

    private void closeInLoop() {
        try {
            if (resumption != null) {
                loop.removeTimeout(resumption);
                resumption = null;
            }
            backingOff.set(0);
            loop.leave(member);
        } finally {
            closeChannel();
        }
        // the system frees the address only when the selector has let go of the key, in the poll that comes before this
        try {
            loop.addCallback(() -> closed.complete(null));
        } catch (RejectedExecutionException e) {
            closed.complete(null);
        }
    }

    private void closeChannel() {
        try {
            removeFile();
        } finally {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "Could not close the listener at " + address, e);
            }
        }
    }

    /** Before the channel is closed, which keeps the file's identity from being given to another. */
    private void removeFile() {
        if (file != null && channel.isOpen()) {
            file.remove();
        }
    }

    private static void closeQuietly(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Could not close a connection", e);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
