package dev.iostream.loop;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The signals of the process that loops handle, each by one loop.
 *
 * <p>By reflection on {@code sun.misc.Signal}, which is the only way to signals and whose use in code is a warning that
 * cannot be turned off. Safe from any thread.
 */
final class Signals {
    private static final String PREFIX = "SIG";

    // guarded by itself; of the whole process, since signals are
    private static final Map<String, Handling> HANDLED = new HashMap<>();

    private Signals() {}

    /** Runs {@code handler} on {@code loop} for each such signal, in place of the loop's earlier handler. */
    static void add(IOLoop loop, String signal, Runnable handler) {
        String name = nameOf(signal);
        synchronized (HANDLED) {
            Handling handling = HANDLED.get(name);
            if (handling == null) {
                handling = new Handling(loop, handler);
                handling.install(name);
                HANDLED.put(name, handling);
            } else if (handling.loop == loop) {
                handling.handler = handler;
            } else {
                throw new IllegalStateException("Signal '" + name + "' is handled by loop '" + handling.loop.name()
                        + "'; remove that handler before loop '" + loop.name() + "' takes the signal");
            }
        }
    }

    /** Restores what was there before {@link #add}, if it was {@code loop} that called it. */
    static void remove(IOLoop loop, String signal) {
        String name = nameOf(signal);
        synchronized (HANDLED) {
            Handling handling = HANDLED.get(name);
            if (handling != null && handling.loop == loop) {
                HANDLED.remove(name);
                handling.restore(name);
            }
        }
    }

    /** Restores whatever {@code loop} handles. */
    static void removeAll(IOLoop loop) {
        synchronized (HANDLED) {
            HANDLED.entrySet().removeIf(entry -> {
                boolean ended = entry.getValue().loop == loop;
                if (ended) {
                    entry.getValue().restore(entry.getKey());
                }
                return ended;
            });
        }
    }

    /** {@code USR2}, whether it is written so or {@code SIGUSR2}. */
    private static String nameOf(String signal) {
        return signal.startsWith(PREFIX) ? signal.substring(PREFIX.length()) : signal;
    }

    /** One signal while a loop handles it. */
    private static final class Handling {
        final IOLoop loop;
        final Object proxy = Jvm.handler(this::arrived);
        // volatile, since signals arrive on threads of the JVM
        volatile Runnable handler;

        @Nullable
        Object previous;

        Handling(IOLoop loop, Runnable handler) {
            this.loop = loop;
            this.handler = handler;
        }

        void install(String signal) {
            previous = Jvm.handle(signal, proxy);
        }

        void restore(String signal) {
            Object replaced = Jvm.handle(signal, previous);
            if (replaced != proxy) {
                // somebody else has taken the signal since, and keeps it
                Jvm.handle(signal, replaced);
            }
        }

        private void arrived() {
            try {
                // looked up when it runs: a handler that was replaced is not called any more
                loop.addCallback(() -> handler.run());
            } catch (RejectedExecutionException e) {
                // the loop is closing and has just let go of the signal
                assert e != null;
            }
        }
    }

    /** {@code sun.misc.Signal} and {@code sun.misc.SignalHandler}. */
    static final class Jvm {
        private Jvm() {}

        /** A {@code SignalHandler} that runs {@code task}. */
        static Object handler(Runnable task) {
            Class<?> type = type("sun.misc.SignalHandler");
            return Proxy.newProxyInstance(
                    Signals.class.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            task.run();
                            yield null;
                        }
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> System.identityHashCode(proxy);
                        default -> "a handler of iostream";
                    });
        }

        /** Installs a {@code SignalHandler} and returns the one before. */
        static @Nullable Object handle(String signal, @Nullable Object handler) {
            try {
                Class<?> type = type("sun.misc.Signal");
                Object target = type.getConstructor(String.class).newInstance(signal);
                Method handle = type.getMethod("handle", type, type("sun.misc.SignalHandler"));
                return handle.invoke(null, target, handler);
            } catch (InvocationTargetException e) {
                Throwable cause = e.getCause();
                throw new IllegalArgumentException(
                        "Signal '" + signal + "' cannot be handled: " + (cause == null ? e : cause.getMessage())
                                + ". HUP, INT, TERM, USR2 and WINCH usually can; KILL, STOP, QUIT and SEGV cannot.",
                        cause);
            } catch (ReflectiveOperationException e) {
                throw new UnsupportedOperationException("This JVM's sun.misc.Signal is not the one known", e);
            }
        }

        static Class<?> type(String name) {
            try {
                return Class.forName(name);
            } catch (ClassNotFoundException e) {
                throw new UnsupportedOperationException(
                        "Signals need " + name + " of the module jdk.unsupported, which is not there; "
                                + "start the JVM with --add-modules jdk.unsupported",
                        e);
            }
        }
    }
}
