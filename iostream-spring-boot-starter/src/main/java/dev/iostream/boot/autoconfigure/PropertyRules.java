package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;

/** What the values of the properties must be. Each message names the property, what is allowed and what was given. */
final class PropertyRules {
    private final Errors errors;

    PropertyRules(Errors errors) {
        this.errors = errors;
    }

    static boolean supports(Class<?> type) {
        return type == IOStreamProperties.class
                || type == IOStreamProperties.Loop.class
                || type == IOStreamProperties.Server.class;
    }

    void check(Object target) {
        if (target instanceof IOStreamProperties global) {
            size("maxBufferSize", global.getMaxBufferSize());
            size("maxWriteBufferSize", global.getMaxWriteBufferSize());
        } else if (target instanceof IOStreamProperties.Loop loop) {
            atLeast(1, "count", loop.getCount());
        } else if (target instanceof IOStreamProperties.Server server) {
            check(server);
        }
    }

    private void check(IOStreamProperties.Server server) {
        port("port", server.getPort(), server.isEnabled());
        atLeast(1, "backlog", server.getBacklog());
        size("maxBufferSize", server.getMaxBufferSize());
        size("maxWriteBufferSize", server.getMaxWriteBufferSize());
        notNegative("firstByteTimeout", server.getFirstByteTimeout());
        notNegative("readTimeout", server.getReadTimeout());
        notNegative("idleTimeout", server.getIdleTimeout());
        notNegative("writeStallTimeout", server.getWriteStallTimeout());
        notNegative("closeTimeout", server.getCloseTimeout());
    }

    private void port(String field, @Nullable Integer port, boolean required) {
        if (port == null) {
            if (required) {
                reject(field, "must be set; 0 lets the system choose a port");
            }
        } else if (port < 0 || port > 65_535) {
            reject(field, "must be between 0 and 65535, was " + port);
        }
    }

    private void atLeast(int least, String field, @Nullable Integer value) {
        if (value != null && value < least) {
            reject(field, "must be at least " + least + ", was " + value);
        }
    }

    private void size(String field, @Nullable DataSize size) {
        if (size != null && size.toBytes() < 1) {
            reject(field, "must be at least 1 byte, was " + size);
        }
    }

    private void notNegative(String field, @Nullable Duration duration) {
        if (duration != null && duration.isNegative()) {
            reject(field, "must not be negative, was " + duration.toSeconds() + "s");
        }
    }

    private void reject(String field, String reason) {
        String property = errors.getObjectName() + "." + DataObjectPropertyName.toDashedForm(field);
        errors.rejectValue(field, "invalid", "'" + property + "' " + reason);
    }
}
