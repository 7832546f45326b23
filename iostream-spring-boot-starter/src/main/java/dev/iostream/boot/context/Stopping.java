package dev.iostream.boot.context;

import dev.iostream.loop.IOLoopGroup;

/** Stops something without keeping the caller, so that the limit of the shutdown phase holds for it. */
final class Stopping {
    private Stopping() {}

    /**
     * Runs {@code stop} and then {@code stopped} on a thread of their own; but on the caller's when that is a loop's, whose
     * callback closes the application: nothing waits there, and another thread would wait for that very callback.
     */
    static void run(IOLoopGroup group, String name, Runnable stop, Runnable stopped) {
        Runnable both = () -> {
            try {
                stop.run();
            } finally {
                stopped.run();
            }
        };
        if (group.loops().stream().anyMatch(loop -> loop.running() && loop.inLoop())) {
            both.run();
        } else {
            var thread = new Thread(both, name);
            thread.setDaemon(true);
            thread.start();
        }
    }
}
