package dev.iostream.boot.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** The meters of one registry: each is registered as it is documented, and noted, so that all can be removed again. */
final class MeterBook {
    private final MeterRegistry registry;
    private final List<Meter> registered = new ArrayList<>();

    MeterBook(MeterRegistry registry) {
        this.registry = registry;
    }

    // a registry holds the object of a meter weakly, but its function strongly: the function is given as the object,
    // too

    void gauge(IOStreamMeters meter, Tags tags, DoubleSupplier value) {
        note(Gauge.builder(meter.getName(), value, unused -> value.getAsDouble())
                .description(meter.getDescription())
                .baseUnit(meter.getBaseUnit())
                .tags(tags)
                .register(registry));
    }

    void counter(IOStreamMeters meter, Tags tags, DoubleSupplier value) {
        note(FunctionCounter.builder(meter.getName(), value, unused -> value.getAsDouble())
                .description(meter.getDescription())
                .baseUnit(meter.getBaseUnit())
                .tags(tags)
                .register(registry));
    }

    /** A timer that somebody else counts and adds up. */
    void timer(IOStreamMeters meter, Tags tags, LongSupplier count, LongSupplier nanos) {
        note(FunctionTimer.builder(
                        meter.getName(),
                        count,
                        unused -> count.getAsLong(),
                        unused -> nanos.getAsLong(),
                        TimeUnit.NANOSECONDS)
                .description(meter.getDescription())
                .tags(tags)
                .register(registry));
    }

    Timer timer(IOStreamMeters meter, Tags tags) {
        return note(Timer.builder(meter.getName())
                .description(meter.getDescription())
                .tags(tags)
                .register(registry));
    }

    DistributionSummary summary(IOStreamMeters meter, Tags tags) {
        return note(DistributionSummary.builder(meter.getName())
                .description(meter.getDescription())
                .baseUnit(meter.getBaseUnit())
                .tags(tags)
                .register(registry));
    }

    private <M extends Meter> M note(M meter) {
        registered.add(meter);
        return meter;
    }

    /** Removes all of them, since the registry may outlive what they measure. */
    void close() {
        registered.forEach(registry::remove);
        registered.clear();
    }
}
