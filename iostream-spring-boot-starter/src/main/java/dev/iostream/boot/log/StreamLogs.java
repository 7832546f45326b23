package dev.iostream.boot.log;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.boot.context.HeartbeatListener;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.event.IOListener;
import dev.iostream.loop.IOLoop;
import dev.iostream.stream.StreamOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;

/** Gives each server and client its logs. */
public final class StreamLogs implements StreamOptionsCustomizer, HeartbeatListener, AutoCloseable {
    private final BiPredicate<EndpointRole, String> hasAccessLog;
    private final List<ClosedStreamLog> closed = new CopyOnWriteArrayList<>();

    /**
     * With the heartbeats as the clock by which they tell what they have counted.
     *
     * @param hasAccessLog whether a server or client has a line logged for each of its connections
     */
    public StreamLogs(LoopHeartbeats heartbeats, BiPredicate<EndpointRole, String> hasAccessLog) {
        this.hasAccessLog = hasAccessLog;
        heartbeats.add(this);
    }

    @Override
    public StreamOptions customize(EndpointRole role, String endpoint, StreamOptions options) {
        var log = new ClosedStreamLog(role, endpoint);
        closed.add(log);
        IOListener access = hasAccessLog.test(role, endpoint) ? new AccessLog(role, endpoint) : IOListener.NONE;
        return options.toBuilder()
                .listener(options.listener().and(log).and(access))
                .build();
    }

    @Override
    public void beat(IOLoop loop, long lagNanos) {
        closed.forEach(ClosedStreamLog::tellWhatIsOver);
    }

    /** Tells of everything that was counted. */
    @Override
    public void close() {
        closed.forEach(ClosedStreamLog::tellAll);
    }
}
