package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.context.LoopHeartbeat;
import dev.iostream.dns.IpNetworks;
import java.net.SocketAddress;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;

/** What the values of the properties must be. Each message names the property, what is allowed and what was given. */
final class PropertyRules {
    private static final long LEAST_BUDGET = DataSize.ofMegabytes(1).toBytes();
    private static final Duration LEAST_THRESHOLD = Duration.ofMillis(1);
    /** Two beats, since after one a loop that is well may seem late. */
    private static final Duration LEAST_HEALTH_THRESHOLD = LoopHeartbeat.PERIOD.multipliedBy(2);

    private static final int HIGHEST_PORT = 65_535;

    private static final Set<Class<?>> KNOWN = Set.of(
            IOStreamProperties.class,
            LoopProperties.class,
            ServerProperties.class,
            ClientProperties.class,
            TcpProperties.class,
            ShutdownProperties.class,
            ProxyProtocolProperties.class,
            ServerSslProperties.class,
            ClientSslProperties.class,
            ReconnectProperties.class);

    private final Errors errors;

    PropertyRules(Errors errors) {
        this.errors = errors;
    }

    static boolean supports(Class<?> type) {
        return KNOWN.contains(type);
    }

    void check(Object target) {
        if (target instanceof IOStreamProperties global) {
            size("maxBufferSize", global.getMaxBufferSize());
            size("maxWriteBufferSize", global.getMaxWriteBufferSize());
            notNegative("dnsTimeout", global.getDnsTimeout());
            budget(global.getMemoryBudget());
        } else if (target instanceof LoopProperties loop) {
            check(loop);
        } else if (target instanceof ServerProperties server) {
            check(server);
        } else if (target instanceof ClientProperties client) {
            check(client);
        } else if (target instanceof TcpProperties tcp) {
            buffer("sendBufferSize", tcp.getSendBufferSize());
            buffer("receiveBufferSize", tcp.getReceiveBufferSize());
        } else if (target instanceof ProxyProtocolProperties proxies) {
            check(proxies);
        } else if (target instanceof SslStoreProperties ssl) {
            new SslRules(errors, ssl).check();
        } else if (target instanceof ShutdownProperties shutdown) {
            notNegative("gracePeriod", shutdown.getGracePeriod());
            notNegative("preDrainDelay", shutdown.getPreDrainDelay());
        } else if (target instanceof ReconnectProperties reconnect) {
            check(reconnect);
        }
    }

    private void check(LoopProperties loop) {
        atLeast(1, "count", loop.getCount());
        Duration threshold = loop.getBlockedThreshold();
        if (!threshold.isZero() && threshold.compareTo(LEAST_THRESHOLD) < 0) {
            reject("blockedThreshold", "must be 0 or at least 1ms, was " + text(threshold));
        }
        if (loop.getHealthThreshold().compareTo(LEAST_HEALTH_THRESHOLD) < 0) {
            reject(
                    "healthThreshold",
                    "must be at least " + text(LEAST_HEALTH_THRESHOLD) + ", was " + text(loop.getHealthThreshold()));
        }
    }

    private void check(StreamProperties stream) {
        size("maxBufferSize", stream.getMaxBufferSize());
        size("maxWriteBufferSize", stream.getMaxWriteBufferSize());
        notNegative("dnsTimeout", stream.getDnsTimeout());
        notNegative("firstByteTimeout", stream.getFirstByteTimeout());
        notNegative("readTimeout", stream.getReadTimeout());
        notNegative("idleTimeout", stream.getIdleTimeout());
        notNegative("writeStallTimeout", stream.getWriteStallTimeout());
        notNegative("closeTimeout", stream.getCloseTimeout());
        firstByteBeforeIdle(stream.getFirstByteTimeout(), stream.getIdleTimeout());
        DataSize low = stream.getLowWaterMark();
        DataSize high = stream.getHighWaterMark();
        if (low.isNegative() || high.compareTo(low) <= 0) {
            reject("lowWaterMark", "must be at least 0B and below 'high-water-mark', were " + low + " and " + high);
        }
    }

    private void check(ServerProperties server) {
        check((StreamProperties) server);
        List<String> addresses = server.getAddress();
        boolean network = addresses.isEmpty() || !addresses.stream().allMatch(Addresses::isUnix);
        port(0, server.getPort());
        if (server.getPort() == null && server.isEnabled() && network) {
            reject("port", "must be set; 0 lets the system choose a port");
        }
        for (String address : addresses) {
            address("address", address, text -> Addresses.local(text, 0));
        }
        atLeast(1, "backlog", server.getBacklog());
        atLeast(1, "maxConnections", server.getMaxConnections());
        atLeast(1, "maxConnectionsPerPeer", server.getMaxConnectionsPerPeer());
        fileMode(server.getFileMode());
        networks("allow", server.getAllow());
        networks("deny", server.getDeny());
        atLeast(1, "acceptRate", server.getAcceptRate());
        atLeast(1, "acceptBurst", server.getAcceptBurst());
        if (server.getAcceptBurst() != null && server.getAcceptRate() == null) {
            reject("acceptBurst", "means nothing without 'accept-rate'");
        }
        if (server.getRejectWith() != null && server.getSsl().isOn()) {
            reject("rejectWith", "must not be set beside 'ssl': nobody waits for a handshake to be told so");
        }
    }

    private void check(ProxyProtocolProperties proxies) {
        networks("trusted", proxies.getTrusted());
        if (proxies.getHeaderTimeout().isZero() || proxies.getHeaderTimeout().isNegative()) {
            reject("headerTimeout", "must be more than 0, was " + text(proxies.getHeaderTimeout()));
        }
    }

    private void check(ClientProperties client) {
        check((StreamProperties) client);
        port(1, client.getPort());
        boolean host = client.getHost() != null;
        boolean port = client.getPort() != null;
        if (!client.getTargets().isEmpty() && (host || port)) {
            reject("targets", "must not be set beside '" + (host ? "host" : "port") + "'; write host:port into it");
        }
        if (host && client.getHost().isBlank()) {
            reject("host", "must not be blank");
        }
        if (client.isEnabled() && host != port) {
            reject(host ? "port" : "host", "must be set beside '" + (host ? "host" : "port") + "'");
        }
        for (String target : client.getTargets()) {
            address("targets", target, Addresses::target);
        }
        if (client.getLocalAddress() != null) {
            address("localAddress", client.getLocalAddress(), text -> Addresses.local(text, 0));
        }
        notNegative("connectTimeout", client.getConnectTimeout());
    }

    private void check(ReconnectProperties reconnect) {
        Duration initial = reconnect.getInitialDelay();
        Duration max = reconnect.getMaxDelay();
        if (initial.isNegative() || initial.isZero()) {
            reject("initialDelay", "must be more than 0, was " + text(initial));
        } else if (max.compareTo(initial) < 0 || max.compareTo(Duration.ofDays(365)) > 0) {
            reject("maxDelay", "must be from 'initial-delay' (" + text(initial) + ") to 365 days, was " + text(max));
        }
        // written so that NaN is refused, too
        if (!(reconnect.getMultiplier() >= 1 && reconnect.getMultiplier() < Double.POSITIVE_INFINITY)) {
            reject("multiplier", "must be at least 1, was " + reconnect.getMultiplier());
        }
        if (!(reconnect.getJitter() >= 0 && reconnect.getJitter() <= 1)) {
            reject("jitter", "must be between 0 and 1, was " + reconnect.getJitter());
        }
        notNegative("resetAfter", reconnect.getResetAfter());
        notNegative("logInTimeout", reconnect.getLogInTimeout());
        atLeast(0, "maxAttempts", reconnect.getMaxAttempts());
    }

    // ---- what does not go together

    private void firstByteBeforeIdle(@Nullable Duration firstByte, @Nullable Duration idle) {
        boolean both = firstByte != null && idle != null && !firstByte.isZero() && !idle.isZero();
        if (both && firstByte.compareTo(idle) >= 0) {
            reject(
                    "firstByteTimeout",
                    "can never pass with " + text(firstByte) + ", since 'idle-timeout' (" + text(idle)
                            + ") closes the connection first");
        }
    }

    // ---- kinds of values

    private void port(int least, @Nullable Integer port) {
        if (port != null && (port < least || port > HIGHEST_PORT)) {
            reject("port", "must be between " + least + " and 65535, was " + port);
        }
    }

    private void address(String field, String text, Function<String, SocketAddress> parse) {
        try {
            parse.apply(text);
        } catch (IllegalArgumentException e) {
            reject(field, "cannot be '" + text + "': " + e.getMessage());
        }
    }

    private void networks(String field, List<String> networks) {
        try {
            IpNetworks.of(networks);
        } catch (IllegalArgumentException e) {
            reject(field, "cannot be " + networks + ": " + e.getMessage());
        }
    }

    private void fileMode(String mode) {
        try {
            PosixFilePermissions.fromString(mode);
        } catch (IllegalArgumentException e) {
            reject("fileMode", "must be nine characters as ls shows them, such as rw-rw----, was '" + mode + "'");
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

    private void buffer(String field, @Nullable DataSize size) {
        if (size != null && (size.toBytes() < 1 || size.toBytes() > Integer.MAX_VALUE)) {
            reject(field, "must be at least 1 byte and less than 2GB, was " + size);
        }
    }

    private void budget(@Nullable DataSize budget) {
        if (budget != null && budget.toBytes() < LEAST_BUDGET) {
            reject("memoryBudget", "must be at least 1MB, was " + budget);
        }
    }

    private void notNegative(String field, @Nullable Duration duration) {
        if (duration != null && duration.isNegative()) {
            reject(field, "must not be negative, was " + text(duration));
        }
    }

    /** A time as it is written in properties. */
    static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private void reject(String field, String reason) {
        String property = errors.getObjectName() + "." + DataObjectPropertyName.toDashedForm(field);
        errors.rejectValue(field, "invalid", "'" + property + "' " + reason);
    }
}
