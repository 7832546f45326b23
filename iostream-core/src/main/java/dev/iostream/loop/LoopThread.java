package dev.iostream.loop;

import java.util.concurrent.CountDownLatch;

/** The daemon thread that a group runs a loop on. */
final class LoopThread {
    private final IOLoop loop;
    private final Thread thread;
    private final CountDownLatch running = new CountDownLatch(1);

    LoopThread(IOLoop loop) {
        this.loop = loop;
        this.thread = new Thread(loop::start, loop.name());
        thread.setDaemon(true);
    }

    /** Returns when the loop runs, since until then it would be taken for one that its caller may use. */
    void start() {
        loop.addCallback(running::countDown);
        thread.start();
        uninterruptibly(running::await);
    }

    /** Closes the loop and waits until its thread has ended, unless that is the calling thread. */
    void close() {
        loop.close();
        if (Thread.currentThread() != thread) {
            uninterruptibly(thread::join);
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
