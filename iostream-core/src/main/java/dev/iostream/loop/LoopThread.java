package dev.iostream.loop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The daemon thread that a group runs a loop on. */
final class LoopThread {
    private static final Logger LOG = System.getLogger(LoopThread.class.getName());

    /** How long the end of a thread is waited for: a callback that blocks is not to keep the program from ending. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final IOLoop loop;
    private final Duration patience;
    private final Thread thread;
    private final CountDownLatch running = new CountDownLatch(1);

    LoopThread(IOLoop loop) {
        this(loop, PATIENCE);
    }

    LoopThread(IOLoop loop, Duration patience) {
        this.loop = loop;
        this.patience = patience;
        // what belongs to whoever starts it, such as a trace, is not that of the streams it will have for all its life
        this.thread = new Thread(null, loop::runAndRest, loop.name(), 0, false);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.setDaemon(true);
    }

    /** Returns when the loop runs, since until then it would be taken for one that its caller may use. */
    void start() {
        loop.addCallback(running::countDown);
        thread.start();
        uninterruptibly(running::await);
    }

    /** Stops the loop and waits for its thread. */
    void stop() {
        loop.stop();
        join();
    }

    /** Closes the loop and waits for its thread. */
    void close() {
        loop.close();
        join();
    }

    /** Waits until the thread has ended, unless that is the calling thread. */
    private void join() {
        if (Thread.currentThread() == thread) {
            return;
        }
        uninterruptibly(() -> thread.join(patience.toMillis()));
        if (thread.isAlive()) {
            StackTraceElement[] stack = thread.getStackTrace();
            LOG.log(
                    Level.WARNING,
                    "Loop ''{0}'' has not ended within {1} and is left behind; a callback keeps it{2}",
                    loop.name(),
                    patience,
                    stack.length == 0 ? "" : " at " + stack[0]);
        }
    }

    /** Finishes waiting for what ends by itself, and only then passes on an interrupt. */
    private static void uninterruptibly(Wait wait) {
        boolean interrupted = false;
        while (true) {
            try {
                wait.run();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Wait {
        void run() throws InterruptedException;
    }
}
