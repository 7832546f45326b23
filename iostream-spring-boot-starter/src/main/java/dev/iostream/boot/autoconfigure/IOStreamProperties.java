package dev.iostream.boot.autoconfigure;

import java.net.InetAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/** The {@code iostream} properties. A bare number is bytes for a size and seconds for a duration. */
@ConfigurationProperties("iostream")
public class IOStreamProperties implements Validator {
    /**
     * Size that a stream may hold in each direction, of what was read and not yet asked for, or written and not yet
     * sent. A stream that would hold more read data is closed, and a write that would exceed it is refused.
     */
    @DataSizeUnit(DataUnit.BYTES)
    private DataSize maxBufferSize = DataSize.ofMegabytes(100);

    /** Size that a stream may hold of what was written and not yet sent, if not the same as for reading. */
    @DataSizeUnit(DataUnit.BYTES)
    private @Nullable DataSize maxWriteBufferSize;

    private final Loop loop = new Loop();

    /** Servers by name. */
    private final Map<String, Server> server = new LinkedHashMap<>();

    /** The name of a server's property. */
    static String ofServer(String server, String property) {
        boolean plain = server.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
        return "iostream.server." + (plain ? server : "[" + server + "]") + "." + property;
    }

    @Override
    public boolean supports(Class<?> type) {
        return PropertyRules.supports(type);
    }

    /** Checks the properties themselves, those of a loop or those of a server, each when they have been bound. */
    @Override
    public void validate(Object target, Errors errors) {
        new PropertyRules(errors).check(target);
    }

    public DataSize getMaxBufferSize() {
        return maxBufferSize;
    }

    public void setMaxBufferSize(DataSize maxBufferSize) {
        this.maxBufferSize = maxBufferSize;
    }

    public @Nullable DataSize getMaxWriteBufferSize() {
        return maxWriteBufferSize;
    }

    public void setMaxWriteBufferSize(@Nullable DataSize maxWriteBufferSize) {
        this.maxWriteBufferSize = maxWriteBufferSize;
    }

    public Loop getLoop() {
        return loop;
    }

    public Map<String, Server> getServer() {
        return server;
    }

    /** The event loops. */
    public static class Loop {
        /** Number of event loops, each with a thread of its own. Defaults to the number of processors. */
        private @Nullable Integer count;

        public @Nullable Integer getCount() {
            return count;
        }

        public void setCount(@Nullable Integer count) {
            this.count = count;
        }
    }

    /** A server. What is not set here is as in the global properties. */
    public static class Server {
        /** Whether the server is to be started. */
        private boolean enabled = true;

        /** Port to listen at, required. With 0 the system chooses one. */
        private @Nullable Integer port;

        /** Address to listen at. Defaults to all interfaces. */
        private @Nullable InetAddress address;

        /** Number of connections that may wait to be accepted. */
        private int backlog = 1024;

        /** Size that a stream may hold in each direction, instead of the global one. */
        @DataSizeUnit(DataUnit.BYTES)
        private @Nullable DataSize maxBufferSize;

        /** Size that a stream may hold of what was written and not yet sent, instead of the global one. */
        @DataSizeUnit(DataUnit.BYTES)
        private @Nullable DataSize maxWriteBufferSize;

        /** Time within which the first byte of a connection must come while a message is read. 0 or unset for no limit. */
        @DurationUnit(ChronoUnit.SECONDS)
        private @Nullable Duration firstByteTimeout;

        /** Time within which a message must be complete, from its first byte on. 0 for no limit. */
        @DurationUnit(ChronoUnit.SECONDS)
        private Duration readTimeout = Duration.ofSeconds(30);

        /** Time after which a connection that neither reads nor writes is closed. 0 or unset for no limit. */
        @DurationUnit(ChronoUnit.SECONDS)
        private @Nullable Duration idleTimeout;

        /** Time after which a peer that takes none of the bytes queued for it is closed. 0 for no limit. */
        @DurationUnit(ChronoUnit.SECONDS)
        private Duration writeStallTimeout = Duration.ofSeconds(30);

        /** Time that a closing connection has to send what was written and to see the end of its peer. */
        @DurationUnit(ChronoUnit.SECONDS)
        private Duration closeTimeout = Duration.ofSeconds(5);

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }

        public @Nullable Integer getPort() {
            return port;
        }

        public void setPort(@Nullable Integer port) {
            this.port = port;
        }

        public @Nullable InetAddress getAddress() {
            return address;
        }

        public void setAddress(@Nullable InetAddress address) {
            this.address = address;
        }

        public int getBacklog() {
            return backlog;
        }

        public void setBacklog(int backlog) {
            this.backlog = backlog;
        }

        public @Nullable DataSize getMaxBufferSize() {
            return maxBufferSize;
        }

        public void setMaxBufferSize(@Nullable DataSize maxBufferSize) {
            this.maxBufferSize = maxBufferSize;
        }

        public @Nullable DataSize getMaxWriteBufferSize() {
            return maxWriteBufferSize;
        }

        public void setMaxWriteBufferSize(@Nullable DataSize maxWriteBufferSize) {
            this.maxWriteBufferSize = maxWriteBufferSize;
        }

        public @Nullable Duration getFirstByteTimeout() {
            return firstByteTimeout;
        }

        public void setFirstByteTimeout(@Nullable Duration firstByteTimeout) {
            this.firstByteTimeout = firstByteTimeout;
        }

        public Duration getReadTimeout() {
            return readTimeout;
        }

        public void setReadTimeout(Duration readTimeout) {
            this.readTimeout = readTimeout;
        }

        public @Nullable Duration getIdleTimeout() {
            return idleTimeout;
        }

        public void setIdleTimeout(@Nullable Duration idleTimeout) {
            this.idleTimeout = idleTimeout;
        }

        public Duration getWriteStallTimeout() {
            return writeStallTimeout;
        }

        public void setWriteStallTimeout(Duration writeStallTimeout) {
            this.writeStallTimeout = writeStallTimeout;
        }

        public Duration getCloseTimeout() {
            return closeTimeout;
        }

        public void setCloseTimeout(Duration closeTimeout) {
            this.closeTimeout = closeTimeout;
        }
    }
}
