package dev.iostream.client;

import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What a client connects to, in turn: after a failure the next one comes first. Safe from any thread. */
final class Targets {
    private final List<SocketAddress> all;
    private final AtomicInteger first = new AtomicInteger();

    Targets(List<SocketAddress> all) {
        this.all = List.copyOf(all);
    }

    @Override
    public String toString() {
        return all.toString();
    }

    int size() {
        return all.size();
    }

    SocketAddress get(int index) {
        return all.get(index);
    }

    /** The index of the one to begin with. */
    int first() {
        return first.get();
    }

    int after(int index) {
        return (index + 1) % all.size();
    }

    /** Begins with the one after this from now on; however many fail with it at once, it moves by one. */
    void failed(int index) {
        first.compareAndSet(index, after(index));
    }
}
