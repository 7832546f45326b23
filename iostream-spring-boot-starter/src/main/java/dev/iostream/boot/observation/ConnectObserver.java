package dev.iostream.boot.observation;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.observation.IOStreamObservations.ConnectEvent;
import dev.iostream.event.CloseReason;
import dev.iostream.event.IOListener;
import dev.iostream.event.Stage;
import dev.iostream.event.StreamInfo;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Observes each connection that a client makes, from the call that asks for it, and so within what the caller observes. */
final class ConnectObserver implements IOListener {
    private static final ClientConnectObservationConvention DEFAULT = new DefaultClientConnectObservationConvention();

    private final EndpointRole role;
    private final ObservationRegistry registry;
    private final @Nullable ClientConnectObservationConvention convention;
    private final Map<Long, UnderWay> underWay = new ConcurrentHashMap<>();

    private record UnderWay(Observation observation, ClientConnectContext context) {}

    ConnectObserver(
            EndpointRole role, ObservationRegistry registry, @Nullable ClientConnectObservationConvention convention) {
        this.role = role;
        this.registry = registry;
        this.convention = convention;
    }

    @Override
    public void streamDialled(StreamInfo stream, SocketAddress target) {
        var context = new ClientConnectContext(role, stream.endpoint(), target);
        Observation observation =
                IOStreamObservations.CLIENT_CONNECT.start(convention, DEFAULT, () -> context, registry);
        if (!observation.isNoop()) {
            underWay.put(stream.id(), new UnderWay(observation, context));
        }
    }

    @Override
    public void stageEnded(StreamInfo stream, Stage stage, long nanos, @Nullable Throwable failure) {
        UnderWay connect = underWay.get(stream.id());
        if (connect != null && failure == null) {
            connect.observation.event(
                    switch (stage) {
                        case RESOLVING -> ConnectEvent.RESOLVED;
                        case CONNECTING -> ConnectEvent.CONNECTED;
                        case SECURING -> ConnectEvent.SECURED;
                        case INTRODUCING, READY ->
                            throw new IllegalArgumentException("No stage in which a client connects: " + stage);
                    });
        }
    }

    @Override
    public void streamOpened(StreamInfo stream) {
        UnderWay connect = underWay.remove(stream.id());
        if (connect != null) {
            connect.context.opened(stream.remote(), stream.tlsProtocol());
            connect.observation.stop();
        }
    }

    @Override
    public void streamFailed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        UnderWay connect = underWay.remove(stream.id());
        if (connect != null) {
            connect.context.failed(reason);
            if (cause != null) {
                connect.observation.error(cause);
            }
            connect.observation.stop();
        }
    }

    /** How many are under way. */
    int count() {
        return underWay.size();
    }
}
