package dev.iostream.simulation;

import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.transport.Slot;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One end of a simulated connection. Readiness is level-triggered, as a selector's, and told by tasks of the loop. */
final class SimulatedTransport implements Transport {
    private final IOLoop loop;
    private final SimulatedPipe in;
    private final SimulatedPipe out;
    private final SocketAddress local;
    private final SocketAddress remote;
    private @Nullable SimulatedTransport peer;
    private @Nullable ReadyHandler handler;
    private Stage stage = Stage.READY;
    private @Nullable IOException refusal;
    private int watched;
    private boolean telling;
    private boolean closed;
    private @Nullable Slot slot;

    SimulatedTransport(IOLoop loop, SimulatedPipe in, SimulatedPipe out, SocketAddress local, SocketAddress remote) {
        this.loop = loop;
        this.in = in;
        this.out = out;
        this.local = local;
        this.remote = remote;
        in.onReadable(this::tellLater);
        out.onWritable(this::tellLater, in::breakOff);
    }

    static void pair(SimulatedTransport one, SimulatedTransport other) {
        one.peer = other;
        other.peer = one;
    }

    SimulatedTransport peer() {
        if (peer == null) {
            throw new IllegalStateException("The transport has no peer");
        }
        return peer;
    }

    // ---- being connected

    /** Is not connected yet: carries nothing until {@link #connected()}. */
    void connecting() {
        stage = Stage.CONNECTING;
    }

    void connected() {
        stage = Stage.READY;
        tellOutcome();
    }

    /** Will never be connected. */
    void refuse(IOException cause) {
        refusal = cause;
        tellOutcome();
    }

    boolean isClosed() {
        return closed;
    }

    /** Frees {@code newSlot} when this is closed. */
    void takes(Slot newSlot) {
        slot = newSlot;
    }

    private void tellOutcome() {
        if (!closed && handler != null) {
            handler.ready(Interest.CONNECT);
        }
        tellLater();
    }

    // ---- what every transport does

    @Override
    public void attach(ReadyHandler newHandler) {
        handler = newHandler;
    }

    @Override
    public Stage establish() throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        return stage;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return in.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return stage == Stage.READY ? out.write(from) : 0;
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public void shutdownWrite() {
        out.end();
    }

    @Override
    public void watch(int interest) {
        watched = interest;
        tellLater();
    }

    private void tellLater() {
        if (!telling && !closed && ready() != Interest.NONE) {
            telling = true;
            loop.addCallback(this::tell);
        }
    }

    private void tell() {
        telling = false;
        int ready = ready();
        if (!closed && ready != Interest.NONE && handler != null) {
            handler.ready(ready);
            tellLater();
        }
    }

    private int ready() {
        if (stage != Stage.READY) {
            return Interest.NONE;
        }
        return watched & ((in.readable() ? Interest.READ : 0) | (out.writable() ? Interest.WRITE : 0));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (in.closeReceiver()) {
            out.reset();
        } else {
            out.end();
        }
        if (slot != null) {
            slot.free();
        }
    }

    @Override
    public void reset() {
        if (!closed) {
            out.reset();
            close();
        }
    }

    @Override
    public SocketAddress localAddress() {
        return local;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remote;
    }

    @Override
    public String toString() {
        return "SimulatedTransport[" + local + " to " + remote + "]";
    }
}
