package dev.iostream.boot.metrics;

import dev.iostream.boot.context.HeartbeatListener;
import dev.iostream.event.LoopStats;
import dev.iostream.loop.IOLoop;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** The meters of all loops in one registry. */
final class LoopMeters implements HeartbeatListener {
    private final MeterBook book;
    private final Map<IOLoop, Timer> lags = new IdentityHashMap<>();

    LoopMeters(MeterBook book, List<IOLoop> loops) {
        this.book = book;
        loops.forEach(this::register);
    }

    private void register(IOLoop loop) {
        Tags tags = Tags.of(MeterLabel.LOOP.of(loop.name()));
        book.timer(
                IOStreamMeters.LOOP_ITERATION,
                tags,
                () -> loop.stats().turns(),
                () -> loop.stats().busyNanos());
        lags.put(loop, book.timer(IOStreamMeters.LOOP_LAG, tags));
        gauge(IOStreamMeters.LOOP_TASKS_PENDING, tags, loop, LoopStats::tasks);
        gauge(IOStreamMeters.LOOP_TIMERS_PENDING, tags, loop, LoopStats::timers);
        gauge(IOStreamMeters.LOOP_STREAMS, tags, loop, LoopStats::streams);
        counter(IOStreamMeters.LOOP_BLOCKED, tags, loop, LoopStats::blocked);
        counter(IOStreamMeters.LOOP_FAILURES, tags, loop, LoopStats::failures);
    }

    private void gauge(IOStreamMeters meter, Tags tags, IOLoop loop, ToLongFunction<LoopStats> value) {
        book.gauge(meter, tags, () -> value.applyAsLong(loop.stats()));
    }

    private void counter(IOStreamMeters meter, Tags tags, IOLoop loop, ToLongFunction<LoopStats> value) {
        book.counter(meter, tags, () -> value.applyAsLong(loop.stats()));
    }

    @Override
    public void beat(IOLoop loop, long lagNanos) {
        Timer lag = lags.get(loop);
        if (lag != null) {
            lag.record(lagNanos, TimeUnit.NANOSECONDS);
        }
    }
}
