package dev.iostream.boot.context;

import java.util.concurrent.CountDownLatch;

/**
 * A thread that does nothing but keep the JVM from ending while a server runs: the loops are daemons, since a program
 * that only has clients is to end by itself.
 */
final class KeepAlive {
    private final CountDownLatch released = new CountDownLatch(1);

    KeepAlive(String name) {
        var thread = new Thread(this::await, name);
        thread.setDaemon(false);
        thread.start();
    }

    void release() {
        released.countDown();
    }

    private void await() {
        try {
            released.await();
        } catch (InterruptedException e) {
            // somebody ends all threads; there is nothing to clean up
            Thread.currentThread().interrupt();
        }
    }
}
