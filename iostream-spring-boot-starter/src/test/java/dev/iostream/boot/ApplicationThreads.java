package dev.iostream.boot;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The threads that belong to an application: its loops, and what keeps its servers up. */
public final class ApplicationThreads {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Those of the whole JVM, which linger for a while when nobody needs them. */
    private static final Set<String> SHARED = Set.of("iostream-watchdog", "iostream-tls", "iostream-dns");

    private ApplicationThreads() {}

    /** The names of those that run. */
    public static List<String> names() {
        return among(Thread.getAllStackTraces().keySet().stream().map(Thread::getName));
    }

    /** Those of them that belong to an application. */
    static List<String> among(Stream<String> names) {
        return names.filter(
                        name -> name.startsWith("iostream-") && SHARED.stream().noneMatch(name::startsWith))
                .toList();
    }

    /** Threads end a little after they have done what they are for. */
    public static void awaitNone() {
        await().atMost(LIMIT).until(ApplicationThreads::names, List::isEmpty);
    }
}
