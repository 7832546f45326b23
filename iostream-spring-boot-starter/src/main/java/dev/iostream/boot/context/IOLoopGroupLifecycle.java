package dev.iostream.boot.context;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the loops before everything that uses them and stops them after it. A group whose loops run already is left
 * alone.
 */
public final class IOLoopGroupLifecycle implements SmartLifecycle {
    /** Before clients and servers. */
    public static final int PHASE = DEFAULT_PHASE - 4096;

    private final IOLoopGroup group;
    private boolean started;
    private volatile boolean running;

    /** Starts and stops that group. */
    public IOLoopGroupLifecycle(IOLoopGroup group) {
        this.group = group;
    }

    @Override
    public synchronized void start() {
        if (!running) {
            // if only some run, an earlier stop has left one behind, and starting the group says so
            started = !group.loops().stream().allMatch(IOLoop::running);
            if (started) {
                group.start();
            }
            running = true;
        }
    }

    @Override
    public synchronized void stop() {
        if (started) {
            group.stop();
            started = false;
        }
        running = false;
    }

    @Override
    public void stop(Runnable callback) {
        Stopping.run(group, "iostream-stop-loops", this::stop, callback);
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
