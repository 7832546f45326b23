package dev.iostream.boot.context;

import dev.iostream.loop.IOLoopGroup;

/** Stops something without keeping the caller, so that the limit of the shutdown phase holds for it. */
final class Stopping {
    private Stopping() {}

    /** Whether this is the thread of a loop: of a callback that closes the application, and waits for itself if it waits. */
    static boolean isOnLoop(IOLoopGroup group) {
        return group.loops().stream().anyMatch(loop -> loop.running() && loop.inLoop());
    }

    /**
     * Runs {@code stop} and then {@code stopped} on a thread of their own; but on the caller's when that is a loop's: nothing
     * waits there, and another thread would wait for that very callback.
     */
    static void run(IOLoopGroup group, String name, Runnable stop, Runnable stopped) {
        Runnable both = () -> {
            try {
                stop.run();
            } finally {
                stopped.run();
            }
        };
        if (isOnLoop(group)) {
            both.run();
        } else {
            var thread = new Thread(both, name);
            thread.setDaemon(true);
            thread.start();
        }
    }
}
