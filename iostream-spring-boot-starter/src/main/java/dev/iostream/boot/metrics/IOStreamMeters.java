package dev.iostream.boot.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter.Type;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The meters, with their types, units and tags.
 *
 * <p>Values of tags are names from the configuration and small enumerations, never an address, so the number of series is
 * known once the application has started.
 */
public enum IOStreamMeters implements MeterDocumentation {
    /** Connections that are open now. */
    CONNECTIONS_ACTIVE(
            "iostream.connections.active", Type.GAUGE, null, "Connections that are open now", Key.ROLE, Key.ENDPOINT),

    /** Connections that have opened. */
    CONNECTIONS_OPENED(
            "iostream.connections.opened", Type.COUNTER, null, "Connections that have opened", Key.ROLE, Key.ENDPOINT),

    /**
     * Connections that have closed, by reason. There is a series for every reason from the start, at 0: a series that
     * appeared with its first event would hide that event from every rate. Opened is active plus closed for all reasons.
     */
    CONNECTIONS_CLOSED(
            "iostream.connections.closed",
            Type.COUNTER,
            null,
            "Connections that have closed, by reason",
            Key.ROLE,
            Key.ENDPOINT,
            Key.REASON),

    /** Bytes read from connections. */
    DATA_RECEIVED(
            "iostream.data.received",
            Type.COUNTER,
            BaseUnits.BYTES,
            "Bytes read from connections",
            Key.ROLE,
            Key.ENDPOINT),

    /** Bytes written to connections, as far as the system has taken them. */
    DATA_SENT(
            "iostream.data.sent",
            Type.COUNTER,
            BaseUnits.BYTES,
            "Bytes written to connections",
            Key.ROLE,
            Key.ENDPOINT),

    /**
     * Bytes that streams hold now: in direction {@code read} those that no callback has seen yet, in direction {@code
     * write} those that the system has not taken yet.
     */
    BUFFER_USED(
            "iostream.buffer.used",
            Type.GAUGE,
            BaseUnits.BYTES,
            "Bytes that streams hold, read and not asked for or written and not sent",
            Key.ROLE,
            Key.ENDPOINT,
            Key.DIRECTION);

    private final String name;
    private final Type type;
    private final @Nullable String baseUnit;
    private final String description;
    private final Key[] keys;

    IOStreamMeters(String name, Type type, @Nullable String baseUnit, String description, Key... keys) {
        this.name = name;
        this.type = type;
        this.baseUnit = baseUnit;
        this.description = description;
        this.keys = keys;
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

    @Override
    public KeyName[] getKeyNames() {
        return keys.clone();
    }

    /** The keys of the tags. */
    public enum Key implements KeyName {
        /** {@code server} or {@code client}. */
        ROLE,
        /** The name that the server or client is configured under. */
        ENDPOINT,
        /** Why a connection closed: a {@link dev.iostream.event.CloseReason} in lower case. */
        REASON,
        /** {@code read} or {@code write}. */
        DIRECTION;

        @Override
        public String asString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
