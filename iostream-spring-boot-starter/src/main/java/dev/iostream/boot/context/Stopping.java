package dev.iostream.boot.context;

/** Stops something without keeping the caller, so that the limit of the shutdown phase holds for it. */
final class Stopping {
    private Stopping() {}

    /** Runs {@code stop} and then {@code stopped} on a thread of their own. */
    static void run(String name, Runnable stop, Runnable stopped) {
        var thread = new Thread(
                () -> {
                    try {
                        stop.run();
                    } finally {
                        stopped.run();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
