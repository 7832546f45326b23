package dev.iostream.dns;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Timeout;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's look-up, which blocks, on few threads.
 *
 * <p>A look-up cannot be interrupted, so a name server that is silent takes threads away. That must cost no more than
 * these threads: deadlines are timers of the loops that wait, a name that is being looked up is not looked up again, a
 * name that nobody waits for any longer leaves the queue, and a full queue refuses at once.
 */
final class SystemResolver implements Resolver {
    static final int THREADS = 4;
    static final int QUEUE = 256;

    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

    static final SystemResolver SHARED = new SystemResolver(InetAddress::getAllByName, pool());

    private final Lookup lookup;
    private final ThreadPoolExecutor pool;
    /** What is queued or looked up, by name. Its monitor guards the next one and the waiters of every flight. */
    private final Map<String, Flight> flights = new HashMap<>();

    private final Map<Consumer<List<InetAddress>>, Waiter> waiters = new IdentityHashMap<>();

    /** Blocks until a name server has answered. */
    interface Lookup {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    SystemResolver(Lookup lookup, ThreadPoolExecutor pool) {
        this.lookup = lookup;
        this.pool = pool;
    }

    /** Threads that come when there is work, and go when there is none for 10 s. */
    static ThreadPoolExecutor pool() {
        var pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE.toNanos(),
                TimeUnit.NANOSECONDS,
                new LinkedBlockingQueue<>(QUEUE),
                SystemResolver::thread);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread thread(Runnable work) {
        // not inheriting thread locals: the thread outlives whoever happened to cause it
        var thread = new Thread(null, work, "iostream-dns-" + THREAD_NUMBER.incrementAndGet(), 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    @Override
    public void resolve(
            String host,
            Duration limit,
            IOLoop loop,
            Consumer<List<InetAddress>> resolved,
            Consumer<IOException> failed) {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(resolved, "resolved");
        Objects.requireNonNull(failed, "failed");
        loop.requireConfined("Resolver.resolve");
        if (limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException("The limit of a look-up must be more than zero, was " + limit);
        }
        var waiter = new Waiter(host, limit, loop, resolved, failed);
        try {
            join(HostName.toAscii(host), waiter);
            waiter.startTimer();
        } catch (UnknownHostException e) {
            waiter.tell(Answer.failure(e));
        } catch (RejectedExecutionException e) {
            waiter.tell(Answer.failure(e));
        }
    }

    @Override
    public void cancel(Consumer<List<InetAddress>> resolved) {
        Waiter waiter;
        synchronized (flights) {
            waiter = waiters.get(resolved);
        }
        if (waiter != null) {
            waiter.leave();
        }
    }

    private void join(String name, Waiter waiter) {
        synchronized (flights) {
            Flight flight = flights.get(name);
            if (flight == null) {
                flight = new Flight(name);
                pool.execute(flight);
                flights.put(name, flight);
            }
            flight.waiting.add(waiter);
            waiter.flight = flight;
            waiters.put(waiter.resolved, waiter);
        }
    }

    private void leave(Waiter waiter) {
        synchronized (flights) {
            waiters.remove(waiter.resolved, waiter);
            Flight flight = waiter.flight;
            if (flight != null && flight.waiting.remove(waiter) && flight.waiting.isEmpty() && pool.remove(flight)) {
                flights.remove(flight.name);
            }
        }
    }

    /** One look-up, for all who wait for it. */
    private final class Flight implements Runnable {
        final String name;
        final Set<Waiter> waiting = new LinkedHashSet<>();

        Flight(String name) {
            this.name = name;
        }

        @Override
        public void run() {
            Answer answer;
            try {
                answer = Answer.success(List.of(lookup.addresses(name)));
            } catch (Throwable failure) {
                answer = Answer.failure(failure);
            }
            land().forEach(answer::tell);
        }

        private List<Waiter> land() {
            synchronized (flights) {
                flights.remove(name);
                waiting.forEach(waiter -> waiters.remove(waiter.resolved, waiter));
                return new ArrayList<>(waiting);
            }
        }
    }

    /** What a look-up found; exactly one of the two is there. */
    private record Answer(
            List<InetAddress> addresses, @Nullable Throwable failure) {
        static Answer success(List<InetAddress> addresses) {
            return new Answer(addresses, null);
        }

        static Answer failure(Throwable failure) {
            return new Answer(List.of(), failure);
        }

        void tell(Waiter waiter) {
            waiter.tell(this);
        }
    }

    /** Somebody who waits for a name. Confined to its loop, but for {@link #tell}. */
    private final class Waiter {
        final String host;
        final Duration limit;
        final IOLoop loop;
        final Consumer<List<InetAddress>> resolved;
        final Consumer<IOException> failed;

        @Nullable
        Flight flight;

        private @Nullable Timeout timer;
        private boolean done;

        Waiter(
                String host,
                Duration limit,
                IOLoop loop,
                Consumer<List<InetAddress>> resolved,
                Consumer<IOException> failed) {
            this.host = host;
            this.limit = limit;
            this.loop = loop;
            this.resolved = resolved;
            this.failed = failed;
        }

        void startTimer() {
            timer = loop.addTimeout(limit, () -> {
                if (!done) {
                    leave();
                    failed.accept(DialException.dnsDeadline(host, limit));
                }
            });
        }

        /** Waits no longer. */
        void leave() {
            end();
            SystemResolver.this.leave(this);
        }

        private void end() {
            done = true;
            if (timer != null) {
                loop.removeTimeout(timer);
                timer = null;
            }
        }

        /** Gives the answer to the loop. Called on any thread. */
        void tell(Answer answer) {
            try {
                loop.addCallback(() -> answer(answer));
            } catch (RejectedExecutionException e) {
                // the loop is closed, and its streams were told so
                return;
            }
        }

        private void answer(Answer answer) {
            if (done) {
                return;
            }
            end();
            Throwable failure = answer.failure();
            if (failure != null) {
                failed.accept(explain(failure));
            } else if (answer.addresses().isEmpty()) {
                failed.accept(DialException.unknownHost(host, "it has no address", null));
            } else {
                resolved.accept(answer.addresses());
            }
        }

        private DialException explain(Throwable failure) {
            if (failure instanceof RejectedExecutionException) {
                return new DialException(
                        "Could not resolve " + host + ": " + THREADS + " look-ups are under way and " + QUEUE
                                + " wait already; check whether the name server answers, or look up fewer names at once",
                        Errno.EAI_AGAIN,
                        CloseReason.CONNECT_FAILED,
                        failure);
            }
            int errno = failure instanceof UnknownHostException ? Errno.of(failure) : Errno.EAI_AGAIN;
            if (errno == Errno.EAI_AGAIN) {
                return new DialException(
                        "Could not resolve " + host + ": " + failure + "; check the name server",
                        errno,
                        CloseReason.CONNECT_FAILED,
                        failure);
            }
            return DialException.unknownHost(host, why(failure), failure);
        }

        /** The JDK puts the name before the reason, or gives the name alone. */
        private String why(Throwable failure) {
            String message = String.valueOf(failure.getMessage());
            String asked = flight == null ? host : flight.name;
            String reason = message.startsWith(asked + ": ") ? message.substring(asked.length() + 2) : message;
            boolean told = !reason.equals(asked) && !reason.equals("null");
            String what = told ? reason : Errno.text(Errno.EAI_NONAME);
            return flight == null ? what : what + "; check the spelling, or the name server";
        }
    }
}
