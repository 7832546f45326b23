package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

/**
 * Says what is allowed where the text of an {@code iostream} property could not be converted. Comes before Boot's own
 * analyzer, which tells only that it could not.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class IOStreamBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("iostream");

    private static final Map<Class<?>, String> REMEDIES = Map.of(
            DataSize.class,
            "Set it to a number of bytes, or to a number with B, KB, MB, GB or TB, such as 64KB.",
            Duration.class,
            "Set it to a number of seconds, or to a number with ns, us, ms, s, m, h or d, such as 500ms.",
            Integer.class,
            "Set it to a whole number.",
            Boolean.class,
            "Set it to true or false.",
            Double.class,
            "Set it to a number.");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        if (!PREFIX.isAncestorOf(cause.getName())) {
            return null;
        }
        Class<?> type = cause.getTarget().getBoxedType().resolve();
        if (type == ServerProperties.class || type == ClientProperties.class) {
            String kind = type == ServerProperties.class ? "server" : "client";
            return new FailureAnalysis(
                    "'" + cause.getName() + "' has a value itself, where properties of a " + kind + " are expected.",
                    "Set '" + cause.getName() + ".port' instead.",
                    cause);
        }
        ConfigurationProperty property = cause.getProperty();
        String remedy = type == null ? null : REMEDIES.get(type);
        if (property == null || remedy == null) {
            return null;
        }
        String origin = property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        return new FailureAnalysis(
                "'" + property.getName() + "' cannot be \"" + property.getValue() + "\"" + origin + ".", remedy, cause);
    }
}
