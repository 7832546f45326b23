package dev.iostream.boot.context;

import dev.iostream.loop.IOLoopGroup;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.SmartLifecycle;

/** The heartbeats of all loops of a group, while the application context is started. */
public final class LoopHeartbeats implements SmartLifecycle, Iterable<LoopHeartbeat> {
    /** Right after the loops. */
    public static final int PHASE = IOLoopGroupLifecycle.PHASE + 1;

    private final List<HeartbeatListener> listeners = new CopyOnWriteArrayList<>();
    private final List<LoopHeartbeat> all;
    private volatile boolean running;

    /** For the loops of that group. */
    public LoopHeartbeats(IOLoopGroup group) {
        this.all = group.loops().stream()
                .map(loop -> new LoopHeartbeat(loop, listeners))
                .toList();
    }

    /** Tells {@code listener} of each beat from now on. */
    public void add(HeartbeatListener listener) {
        listeners.add(listener);
    }

    /** Tells it nothing more, apart from a beat that is under way. */
    public void remove(HeartbeatListener listener) {
        listeners.remove(listener);
    }

    @Override
    public Iterator<LoopHeartbeat> iterator() {
        return all.iterator();
    }

    @Override
    public synchronized void start() {
        if (!running) {
            all.forEach(LoopHeartbeat::start);
            running = true;
        }
    }

    @Override
    public synchronized void stop() {
        if (running) {
            all.forEach(LoopHeartbeat::stop);
            running = false;
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }
}
