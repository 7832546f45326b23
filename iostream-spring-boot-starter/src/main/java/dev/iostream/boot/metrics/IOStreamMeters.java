package dev.iostream.boot.metrics;

import static dev.iostream.boot.metrics.MeterLabel.DIRECTION;
import static dev.iostream.boot.metrics.MeterLabel.ENDPOINT;
import static dev.iostream.boot.metrics.MeterLabel.LOOP;
import static dev.iostream.boot.metrics.MeterLabel.REASON;
import static dev.iostream.boot.metrics.MeterLabel.ROLE;

import dev.iostream.client.ConnectionState;
import dev.iostream.event.CloseReason;
import dev.iostream.server.ServerState;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter.Type;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The meters, with their types, units and tags.
 *
 * <p>Values of tags are names from the configuration and small enumerations, never an address, so the number of series is
 * known once the application has started. There is a series for every value from the start, at 0: one that appeared with
 * its first event would hide that event from every rate.
 */
public enum IOStreamMeters implements MeterDocumentation {
    CONNECTIONS_ACTIVE(
            "iostream.connections.active", Type.GAUGE, null, "Connections that are open now", ROLE, ENDPOINT),

    CONNECTIONS_OPENING(
            "iostream.connections.opening",
            Type.GAUGE,
            null,
            "Connections that are being made, or were accepted and are being secured",
            ROLE,
            ENDPOINT),

    CONNECTIONS_LIMIT(
            "iostream.connections.limit",
            Type.GAUGE,
            null,
            "Connections that a server holds at most; only for servers that have a limit",
            ROLE,
            ENDPOINT),

    CONNECTIONS_OPENED(
            "iostream.connections.opened", Type.COUNTER, null, "Connections that have opened", ROLE, ENDPOINT),

    CONNECTIONS_CLOSED(
            "iostream.connections.closed",
            Type.COUNTER,
            null,
            "Connections that had opened and have closed",
            ROLE,
            ENDPOINT,
            REASON),

    CONNECTIONS_FAILED(
            "iostream.connections.failed",
            Type.COUNTER,
            null,
            "Connections that never opened: they could not be made, or not be secured",
            ROLE,
            ENDPOINT,
            REASON),

    CONNECTIONS_REJECTED(
            "iostream.connections.rejected",
            Type.COUNTER,
            null,
            "Connections that a server has refused; those that were refused by what a proxy told are among the failed"
                    + " ones too",
            ROLE,
            ENDPOINT,
            MeterLabel.of(
                    "reason",
                    EnumSet.of(CloseReason.CONNECTION_LIMIT, CloseReason.ACCESS_DENIED, CloseReason.PROXY_PROTOCOL))),

    CONNECTIONS_PROBES(
            "iostream.connections.probes",
            Type.COUNTER,
            null,
            "Connections that a peer has ended without a byte either way, as load balancers do; they are among those"
                    + " that closed or failed too",
            ROLE,
            ENDPOINT),

    CONNECTION_DURATION(
            "iostream.connection.duration",
            Type.TIMER,
            Unit.SECONDS,
            "How long connections were open, told when they close",
            ROLE,
            ENDPOINT),

    DATA_RECEIVED(
            "iostream.data.received", Type.COUNTER, BaseUnits.BYTES, "Bytes read from connections", ROLE, ENDPOINT),

    DATA_SENT(
            "iostream.data.sent",
            Type.COUNTER,
            BaseUnits.BYTES,
            "Bytes written to connections, as far as the system has taken them",
            ROLE,
            ENDPOINT),

    BUFFER_USED(
            "iostream.buffer.used",
            Type.GAUGE,
            BaseUnits.BYTES,
            "Bytes that connections hold now: read and not asked for, or written and not sent",
            ROLE,
            ENDPOINT,
            DIRECTION),

    BUFFER_USED_MAX(
            "iostream.buffer.used.max",
            Type.GAUGE,
            BaseUnits.BYTES,
            "The most bytes that any one connection held, as of the last second",
            ROLE,
            ENDPOINT,
            DIRECTION),

    BUFFER_LIMIT(
            "iostream.buffer.limit",
            Type.GAUGE,
            BaseUnits.BYTES,
            "Bytes that one connection may hold",
            ROLE,
            ENDPOINT,
            DIRECTION),

    BUFFER_PEAK(
            "iostream.buffer.peak",
            Type.DISTRIBUTION_SUMMARY,
            BaseUnits.BYTES,
            "The most bytes that a connection has held, told when it closes",
            ROLE,
            ENDPOINT,
            DIRECTION),

    BUFFER_OVERFLOWS(
            "iostream.buffer.overflows",
            Type.COUNTER,
            null,
            "How often a limit was reached: a read that closed its connection, or a write that was refused",
            ROLE,
            ENDPOINT,
            DIRECTION),

    DEADLINES(
            "iostream.deadlines",
            Type.COUNTER,
            null,
            "Connections that a deadline has closed, or has kept from opening",
            ROLE,
            ENDPOINT,
            MeterLabel.of("kind", DeadlineKind.class)),

    ERRORS(
            "iostream.errors",
            Type.COUNTER,
            null,
            "Connections that an error has ended, or has kept from opening: of the network, of TLS, of a handler, or a"
                    + " peer that did not keep to the protocol",
            ROLE,
            ENDPOINT,
            MeterLabel.of("kind", ErrorKind.class)),

    TLS_HANDSHAKE(
            "iostream.tls.handshake",
            Type.TIMER,
            Unit.SECONDS,
            "How long TLS handshakes took; the protocol is none for those that did not succeed",
            ROLE,
            ENDPOINT,
            MeterLabel.of("outcome", Outcome.class),
            new MeterLabel("protocol", List.of("TLSv1.3", "TLSv1.2", "none"))),

    TLS_RELOADS(
            "iostream.tls.reloads",
            Type.COUNTER,
            null,
            "Times that another TLS context was to take the place of the one before; it did not if that failed",
            ROLE,
            ENDPOINT,
            MeterLabel.of("outcome", EnumSet.of(Outcome.SUCCESS, Outcome.FAILURE))),

    TLS_OUTDATED(
            "iostream.tls.outdated",
            Type.GAUGE,
            null,
            "Connections that are open with a TLS context that was replaced since",
            ROLE,
            ENDPOINT),

    INSECURE_OPTIONS(
            "iostream.insecure.options",
            Type.GAUGE,
            null,
            "Options with which strangers could read, change or reach more than they should; health says which",
            ROLE,
            ENDPOINT),

    CONNECT(
            "iostream.connect",
            Type.TIMER,
            Unit.SECONDS,
            "How long connections took to be made once the address was known, without TLS; for the outcome dns how long"
                    + " it took to find that there is no address",
            ROLE,
            ENDPOINT,
            MeterLabel.of("outcome", ConnectOutcome.class)),

    DNS_LOOKUP(
            "iostream.dns.lookup",
            Type.TIMER,
            Unit.SECONDS,
            "How long the names of targets took to be resolved",
            ROLE,
            ENDPOINT,
            MeterLabel.of("outcome", Outcome.class)),

    CLIENT_RECONNECTS(
            "iostream.client.reconnects",
            Type.COUNTER,
            null,
            "Times that a connection which a client keeps up was up again",
            ENDPOINT),

    CLIENT_STATE(
            "iostream.client.state",
            Type.GAUGE,
            null,
            "Connections which a client keeps up, by the state that they are in: 0 or 1 in each, unless it keeps several",
            ENDPOINT,
            MeterLabel.of("state", EnumSet.complementOf(EnumSet.of(ConnectionState.CLOSED)))),

    SERVER_STATE(
            "iostream.server.state",
            Type.GAUGE,
            null,
            "What a server does about new connections: 1 in the state that it is in, 0 in all others",
            ENDPOINT,
            MeterLabel.of("state", ServerState.class)),

    SERVER_ACCEPT_FAILURES(
            "iostream.server.accept.failures",
            Type.COUNTER,
            null,
            "How often the system could not give a server a connection, for want of descriptors most likely",
            ENDPOINT),

    MEMORY_USED(
            "iostream.memory.used",
            Type.GAUGE,
            BaseUnits.BYTES,
            "Bytes of the memory budget that all connections together have leased, in slices of 1 MiB"),

    MEMORY_LIMIT(
            "iostream.memory.limit",
            Type.GAUGE,
            BaseUnits.BYTES,
            "Bytes of the memory budget; when they are spent, connections that hold 4 KiB or more are not read, and after"
                    + " a second, or as soon as half as much again is held, those that hold most are closed"),

    LOOP_ITERATION(
            "iostream.loop.iteration",
            Type.TIMER,
            Unit.SECONDS,
            "Turns of a loop and the time that it worked in them; the rate of the sum is its utilisation, 1 for a loop"
                    + " that never waits",
            LOOP),

    LOOP_LAG(
            "iostream.loop.lag",
            Type.TIMER,
            Unit.SECONDS,
            "How late a timer of the loop's own ran that is to run twice a second: how long everything else waits, too",
            LOOP),

    LOOP_TASKS_PENDING("iostream.loop.tasks.pending", Type.GAUGE, null, "Tasks that wait to be run", LOOP),

    LOOP_TIMERS_PENDING("iostream.loop.timers.pending", Type.GAUGE, null, "Timers that are set", LOOP),

    LOOP_STREAMS(
            "iostream.loop.streams", Type.GAUGE, null, "Streams of the loop, those that are opening included", LOOP),

    LOOP_BLOCKED(
            "iostream.loop.blocked",
            Type.COUNTER,
            null,
            "Times that a callback kept the loop for longer than its threshold",
            LOOP),

    LOOP_FAILURES("iostream.loop.failures", Type.COUNTER, null, "Callbacks, tasks and timers that threw", LOOP);

    private final String name;
    private final Type type;
    private final @Nullable String baseUnit;
    private final String description;
    private final List<MeterLabel> labels;

    IOStreamMeters(String name, Type type, @Nullable String baseUnit, String description, MeterLabel... labels) {
        this.name = name;
        this.type = type;
        this.baseUnit = baseUnit;
        this.description = description;
        this.labels = List.of(labels);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Type getType() {
        return type;
    }

    @Override
    public @Nullable String getBaseUnit() {
        return baseUnit;
    }

    /** What the meter shows, as registries tell it. */
    public String getDescription() {
        return description;
    }

    /** The tags, in the order of the reference. */
    public List<MeterLabel> getLabels() {
        return labels;
    }

    /** The tag of that key. */
    MeterLabel label(String key) {
        return labels.stream()
                .filter(label -> label.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " has no tag '" + key + "', only " + labels));
    }

    @Override
    public KeyName[] getKeyNames() {
        return labels.toArray(KeyName[]::new);
    }

    // in a class of its own, since the constants above are made before those of the enumeration
    private static final class Unit {
        static final String SECONDS = "seconds";
    }
}
