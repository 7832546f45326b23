package dev.iostream.client;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the attempts of a client have ended. Safe from any thread. */
final class ConnectCounts {
    private final LongAdder connects = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder connecting = new LongAdder();
    private volatile @Nullable DialException lastFailure;
    private final Map<Integer, LongAdder> byErrno = new ConcurrentHashMap<>();
    private final Map<CloseReason, LongAdder> byReason = new ConcurrentHashMap<>();

    void began() {
        connecting.increment();
    }

    void connected() {
        connecting.decrement();
        connects.increment();
        lastFailure = null;
    }

    void failed(DialException why) {
        connecting.decrement();
        byErrno.computeIfAbsent(why.errno(), unused -> new LongAdder()).increment();
        byReason.computeIfAbsent(why.reason(), unused -> new LongAdder()).increment();
        if (why.errno() != Errno.ECANCELED) {
            lastFailure = why;
        }
    }

    void reconnected() {
        reconnects.increment();
    }

    /** Why the last target that was tried to the end could not be connected to; null when it could. */
    @Nullable
    DialException lastFailure() {
        return lastFailure;
    }

    long connects() {
        return connects.sum();
    }

    long reconnects() {
        return reconnects.sum();
    }

    long connecting() {
        return Math.max(0, connecting.sum());
    }

    Map<Integer, Long> byErrno() {
        return sums(byErrno);
    }

    Map<CloseReason, Long> byReason() {
        return sums(byReason);
    }

    private static <K> Map<K, Long> sums(Map<K, LongAdder> counts) {
        return counts.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, entry -> entry.getValue().sum()));
    }
}
