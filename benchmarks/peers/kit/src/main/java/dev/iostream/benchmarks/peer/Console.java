package dev.iostream.benchmarks.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a server says to the harness, and answers it.
 *
 * <p>It says {@code ready} and its port on standard output. From then on each line on standard input is the name of a
 * figure, which it answers with name and value. When its standard input ends, so does the server.
 */
public final class Console {
    /** Bytes that sinks took, on all connections. */
    public static final LongAdder RECEIVED = new LongAdder();

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** By thread, what was seen last. */
    private static final Map<Long, Long> ALLOCATED = new HashMap<>();

    private static final Map<String, LongSupplier> FIGURES = new ConcurrentHashMap<>(Map.of(
            "allocated", Console::allocated,
            "heap", Console::heap,
            "received", RECEIVED::sum));

    private Console() {}

    /** Adds a figure that the harness can ask for. */
    public static void figure(String name, LongSupplier value) {
        FIGURES.put(name, value);
    }

    /** Says that the server accepts connections at these addresses, and begins to answer. */
    public static void ready(SocketAddress... addresses) {
        System.out.println(Stream.of(addresses)
                .map(address -> Integer.toString(((InetSocketAddress) address).getPort()))
                .collect(Collectors.joining(" ", "ready ", "")));
        // not a daemon: the server lives as long as it can be asked, whatever its other threads are
        new Thread(Console::answer, "console").start();
    }

    private static void answer() {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            for (String name = input.readLine(); name != null; name = input.readLine()) {
                System.out.println(
                        name + " " + FIGURES.getOrDefault(name, () -> -1).getAsLong());
            }
        } catch (IOException e) {
            System.err.println("Could not read what the harness asks: " + e.getMessage());
        }
        Runtime.getRuntime().halt(0);
    }

    /**
     * Bytes that all threads but this one have allocated since they started; exact, not sampled. Of a thread that has
     * ended it is what was seen last, so that the sum never falls.
     */
    private static long allocated() {
        long self = Thread.currentThread().getId();
        for (long id : THREADS.getAllThreadIds()) {
            long bytes = id == self ? 0 : THREADS.getThreadAllocatedBytes(id);
            ALLOCATED.merge(id, bytes, Math::max);
        }
        return ALLOCATED.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Bytes of the heap that are reachable. */
    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
