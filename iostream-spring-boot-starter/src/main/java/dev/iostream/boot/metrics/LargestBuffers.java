package dev.iostream.boot.metrics;

import dev.iostream.boot.context.HeartbeatListener;
import dev.iostream.event.Endpoint;
import dev.iostream.event.Tally;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.LoopMember;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Looks once a second, on each loop, for the stream of each endpoint that holds most. It looks at each stream of a loop
 * once, and at none of a loop that holds nothing.
 */
final class LargestBuffers implements HeartbeatListener {
    private static final int BEATS = 2;

    private final Map<IOLoop, OnLoop> loops = new IdentityHashMap<>();

    /** On these loops. */
    LargestBuffers(List<IOLoop> all) {
        all.forEach(loop -> loops.put(loop, new OnLoop()));
    }

    /** What the stream of that endpoint holds which holds most, as of the last second. */
    LongSupplier of(Endpoint endpoint, Direction direction) {
        List<Most> here = loops.values().stream().map(loop -> loop.of(endpoint)).toList();
        return () -> here.stream()
                .mapToLong(most -> (direction == Direction.READ ? most.read : most.write).get())
                .max()
                .orElse(0);
    }

    @Override
    public void beat(IOLoop loop, long lagNanos) {
        OnLoop here = loops.get(loop);
        if (here != null && ++here.beats % BEATS == 0) {
            here.look(loop);
        }
    }

    /** What one loop has found, for each endpoint. */
    private static final class OnLoop {
        private final Map<Endpoint, Most> most = new ConcurrentHashMap<>();
        private int beats;

        Most of(Endpoint endpoint) {
            return most.computeIfAbsent(endpoint, unused -> new Most());
        }

        void look(IOLoop loop) {
            most.values().forEach(Most::begin);
            if (loop.held() > 0) {
                loop.eachMember(this::see);
            }
            most.values().forEach(Most::end);
        }

        private void see(LoopMember stream) {
            Most known = most.get(stream.endpoint());
            if (known != null) {
                known.see(stream);
            }
        }
    }

    /** The most that a stream of one endpoint holds on one loop. */
    private static final class Most {
        private final Tally read = new Tally();
        private final Tally write = new Tally();
        private long readSoFar;
        private long writeSoFar;

        void begin() {
            readSoFar = 0;
            writeSoFar = 0;
        }

        void see(LoopMember stream) {
            readSoFar = Math.max(readSoFar, stream.readBuffer());
            writeSoFar = Math.max(writeSoFar, stream.writeBuffer());
        }

        void end() {
            read.set(readSoFar);
            write.set(writeSoFar);
        }
    }
}
