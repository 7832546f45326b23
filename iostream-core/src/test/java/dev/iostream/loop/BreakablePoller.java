package dev.iostream.loop;

import java.io.IOException;
import java.nio.channels.SelectableChannel;

/** The selector of a loop, whose polls throw once it is broken. */
public final class BreakablePoller implements Poller {
    private final Poller real = NioPoller.open();
    private volatile int failures;

    /** A loop over it. */
    public IOLoop loop(String name) {
        return new IOLoop(LoopOptions.named(name).poller(() -> this));
    }

    /** Lets so many polls throw, from any thread. */
    public void fails(int times) {
        failures = times;
        wakeup();
    }

    @Override
    public long nanoTime() {
        return real.nanoTime();
    }

    @Override
    public void poll(long timeoutNanos) throws IOException {
        real.poll(failures > 0 ? 0 : timeoutNanos);
        if (failures > 0) {
            failures--;
            throw new OutOfMemoryError("on purpose");
        }
    }

    @Override
    public void dispatch(LoopExceptionHandler handler) {
        real.dispatch(handler);
    }

    @Override
    public void wakeup() {
        real.wakeup();
    }

    @Override
    public Registration register(SelectableChannel channel, ReadyHandler handler) throws IOException {
        return real.register(channel, handler);
    }

    @Override
    public void close() throws IOException {
        real.close();
    }
}
