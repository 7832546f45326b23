package dev.iostream.stream;

import dev.iostream.event.Stage;
import dev.iostream.loop.Interest;
import dev.iostream.loop.ReadyHandler;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** The transport of a stream that another one takes over, once what the first had queued has been sent. */
final class Handover implements Transport {
    private final StreamDriver former;
    private final Transport transport;
    private boolean drained;

    Handover(StreamDriver former) {
        this.former = former;
        this.transport = former.transport();
    }

    @Override
    public void attach(ReadyHandler handler) throws IOException {
        transport.attach(handler);
    }

    @Override
    public Stage establish() throws IOException {
        if (!drained) {
            drained = former.drain();
            transport.watch(drained ? Interest.NONE : Interest.WRITE);
        }
        // securing has begun as far as the user, and its deadline, are concerned
        return drained ? Stage.READY : Stage.SECURING;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return transport.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return drained ? transport.write(from) : 0;
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        return drained ? transport.transferFrom(file, position, count) : 0;
    }

    @Override
    public boolean flush() throws IOException {
        return drained && transport.flush();
    }

    @Override
    public void shutdownWrite() throws IOException {
        transport.shutdownWrite();
    }

    @Override
    public void shutdownWriteToClose() throws IOException {
        transport.shutdownWriteToClose();
    }

    @Override
    public boolean canHalfClose() {
        return transport.canHalfClose();
    }

    @Override
    public void watch(int interest) {
        transport.watch(drained ? interest : Interest.WRITE);
    }

    @Override
    public int unflushed() {
        // before that it is the former stream's account that has them
        return drained ? transport.unflushed() : 0;
    }

    @Override
    public int undelivered() {
        return transport.undelivered();
    }

    @Override
    public void close() {
        if (former.dropQueued() || (!drained && transport.unflushed() > 0)) {
            transport.reset();
        } else {
            transport.close();
        }
    }

    @Override
    public void reset() {
        former.dropQueued();
        transport.reset();
    }

    @Override
    public void setNoDelay(boolean on) {
        transport.setNoDelay(on);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return transport.localAddress();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return transport.remoteAddress();
    }

    @Override
    public @Nullable String host() {
        return transport.host();
    }

    @Override
    public @Nullable SocketAddress proxyAddress() {
        return transport.proxyAddress();
    }

    @Override
    public String toString() {
        return transport.toString();
    }
}
