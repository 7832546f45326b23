package dev.iostream.tls;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for the slow parts of handshakes: keys, signatures, certificates. */
final class TlsTasks {
    /** As many threads as processors, and so many handshakes that wait for one; more are put off by their loops. */
    static final Executor SHARED = create();

    private static final int WAITING = 256;

    private TlsTasks() {}

    private static Executor create() {
        int threads = Runtime.getRuntime().availableProcessors();
        var pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    // not inheriting anything: the thread outlives whoever happened to cause it
                    var thread = new Thread(null, task, "iostream-tls", 0, false);
                    thread.setDaemon(true);
                    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
