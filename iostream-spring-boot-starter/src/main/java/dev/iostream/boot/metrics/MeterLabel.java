package dev.iostream.boot.metrics;

import dev.iostream.boot.EndpointRole;
import dev.iostream.event.CloseReason;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Tag;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A tag of a meter, and what it can be.
 *
 * @param key what it is named
 * @param values all values that it has, each from the start on; empty when they are names from the configuration
 */
public record MeterLabel(String key, List<String> values) implements KeyName {
    static final MeterLabel ROLE = of("role", EndpointRole.class);
    static final MeterLabel ENDPOINT = named("endpoint");
    static final MeterLabel LOOP = named("loop");
    static final MeterLabel REASON = of("reason", CloseReason.class);
    static final MeterLabel DIRECTION = of("direction", Direction.class);

    private static MeterLabel named(String key) {
        return new MeterLabel(key, List.of());
    }

    static MeterLabel of(String key, Class<? extends Enum<?>> values) {
        return of(key, Arrays.stream(values.getEnumConstants()));
    }

    static MeterLabel of(String key, Set<? extends Enum<?>> values) {
        return of(key, values.stream().sorted());
    }

    private static MeterLabel of(String key, Stream<? extends Enum<?>> values) {
        return new MeterLabel(key, values.map(MeterLabel::word).toList());
    }

    /** The tag with one of the values. */
    Tag of(Enum<?> value) {
        return of(word(value));
    }

    /** The tag with one of the values. */
    Tag of(String value) {
        return Tag.of(key, value);
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String asString() {
        return key;
    }
}
