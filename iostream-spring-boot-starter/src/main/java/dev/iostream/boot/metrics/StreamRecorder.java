package dev.iostream.boot.metrics;

import dev.iostream.boot.EndpointRole;
import dev.iostream.event.CloseReason;
import dev.iostream.event.IOListener;
import dev.iostream.event.Stage;
import dev.iostream.event.StreamInfo;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Records what is known only at the moment of an event: how long handshakes and connections took, and what connections
 * have held. That is when connections open and close, and never when bytes come or go.
 */
final class StreamRecorder implements IOListener {
    private static final MeterLabel PROTOCOL = IOStreamMeters.TLS_HANDSHAKE.label("protocol");
    private static final String NO_PROTOCOL = "none";

    private final EndpointRole role;
    private final String endpoint;
    private final List<Recording> recordings = new CopyOnWriteArrayList<>();
    private final LongAdder probes = new LongAdder();
    private final LongAdder reloads = new LongAdder();
    private final LongAdder failedReloads = new LongAdder();

    StreamRecorder(EndpointRole role, String endpoint) {
        this.role = role;
        this.endpoint = endpoint;
    }

    EndpointRole role() {
        return role;
    }

    String endpoint() {
        return endpoint;
    }

    /** Records to the meters of that book from now on. */
    void bind(MeterBook book) {
        Tags tags = EndpointMeters.tags(role, endpoint);
        recordings.add(new Recording(book, tags, role));
        if (role == EndpointRole.SERVER) {
            book.counter(IOStreamMeters.CONNECTIONS_PROBES, tags, probes::sum);
        }
        if (role != EndpointRole.FACTORY) {
            MeterLabel outcome = IOStreamMeters.TLS_RELOADS.label("outcome");
            book.counter(IOStreamMeters.TLS_RELOADS, tags.and(outcome.of(Outcome.SUCCESS)), reloads::sum);
            book.counter(IOStreamMeters.TLS_RELOADS, tags.and(outcome.of(Outcome.FAILURE)), failedReloads::sum);
        }
    }

    /** Counts an attempt to put another TLS context in place. */
    void reloaded(boolean successful) {
        (successful ? reloads : failedReloads).increment();
    }

    /** Records nothing more. */
    void unbind() {
        recordings.clear();
    }

    /** Whether it counts towards this endpoint: a client may be made with the options of another. */
    private boolean isOurs(StreamInfo stream) {
        return stream.endpoint().equals(endpoint);
    }

    @Override
    public void stageEnded(StreamInfo stream, Stage stage, long nanos, @Nullable Throwable failure) {
        if (!isOurs(stream)) {
            return;
        }
        for (Recording recording : recordings) {
            switch (stage) {
                case RESOLVING -> recording.resolved(nanos, failure);
                case CONNECTING -> recording.connected(nanos, ConnectOutcome.of(failure));
                case SECURING -> recording.secured(nanos, Outcome.of(failure), stream.tlsProtocol());
                case INTRODUCING -> {
                    // that is a proxy's time, and none of the peer's or of ours
                }
                case READY -> throw new IllegalArgumentException("A stream that is ready stays so");
            }
        }
    }

    @Override
    public void streamFailed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        if (isOurs(stream)) {
            countProbe(stream, reason);
        }
    }

    @Override
    public void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
        if (isOurs(stream)) {
            countProbe(stream, reason);
            recordings.forEach(recording -> recording.closed(stream));
        }
    }

    private void countProbe(StreamInfo stream, CloseReason reason) {
        boolean byPeer = reason == CloseReason.PEER_END || reason == CloseReason.PEER_RESET;
        if (byPeer && stream.bytesReceived() == 0 && stream.bytesSent() == 0) {
            probes.increment();
        }
    }

    /** The meters of one registry. */
    private static final class Recording {
        private final Timer duration;
        private final DistributionSummary peakRead;
        private final DistributionSummary peakWrite;
        private final Map<Outcome, Timer> lookups = new EnumMap<>(Outcome.class);
        private final Map<ConnectOutcome, Timer> connects = new EnumMap<>(ConnectOutcome.class);
        private final Map<Outcome, Timer> failedHandshakes = new EnumMap<>(Outcome.class);
        private final Map<String, Timer> handshakes = new HashMap<>();

        Recording(MeterBook book, Tags tags, EndpointRole role) {
            duration = book.timer(IOStreamMeters.CONNECTION_DURATION, tags);
            peakRead = book.summary(IOStreamMeters.BUFFER_PEAK, tags.and(MeterLabel.DIRECTION.of(Direction.READ)));
            peakWrite = book.summary(IOStreamMeters.BUFFER_PEAK, tags.and(MeterLabel.DIRECTION.of(Direction.WRITE)));
            addHandshakes(book, tags);
            if (role != EndpointRole.SERVER) {
                addConnects(book, tags);
            }
        }

        private void addHandshakes(MeterBook book, Tags tags) {
            MeterLabel label = IOStreamMeters.TLS_HANDSHAKE.label("outcome");
            for (String protocol : PROTOCOL.values()) {
                if (protocol.equals(NO_PROTOCOL)) {
                    for (Outcome outcome : List.of(Outcome.FAILURE, Outcome.TIMEOUT)) {
                        Tags failed = tags.and(label.of(outcome), PROTOCOL.of(protocol));
                        failedHandshakes.put(outcome, book.timer(IOStreamMeters.TLS_HANDSHAKE, failed));
                    }
                } else {
                    Tags done = tags.and(label.of(Outcome.SUCCESS), PROTOCOL.of(protocol));
                    handshakes.put(protocol, book.timer(IOStreamMeters.TLS_HANDSHAKE, done));
                }
            }
        }

        private void addConnects(MeterBook book, Tags tags) {
            MeterLabel found = IOStreamMeters.DNS_LOOKUP.label("outcome");
            for (Outcome outcome : Outcome.values()) {
                lookups.put(outcome, book.timer(IOStreamMeters.DNS_LOOKUP, tags.and(found.of(outcome))));
            }
            MeterLabel made = IOStreamMeters.CONNECT.label("outcome");
            for (ConnectOutcome outcome : ConnectOutcome.values()) {
                connects.put(outcome, book.timer(IOStreamMeters.CONNECT, tags.and(made.of(outcome))));
            }
        }

        void resolved(long nanos, @Nullable Throwable failure) {
            record(lookups.get(Outcome.of(failure)), nanos);
            if (failure != null) {
                connected(nanos, ConnectOutcome.DNS);
            }
        }

        void connected(long nanos, ConnectOutcome outcome) {
            record(connects.get(outcome), nanos);
        }

        void secured(long nanos, Outcome outcome, @Nullable String protocol) {
            record(outcome == Outcome.SUCCESS ? handshakes.get(protocol) : failedHandshakes.get(outcome), nanos);
        }

        void closed(StreamInfo stream) {
            duration.record(stream.open());
            peakRead.record(stream.peakBuffered());
            peakWrite.record(stream.peakUnsent());
        }

        private static void record(@Nullable Timer timer, long nanos) {
            if (timer != null) {
                timer.record(nanos, TimeUnit.NANOSECONDS);
            }
        }
    }
}
