package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

/** What servers and clients have in common: how their streams are made. What is not set here is as in the global properties. */
@ConfigurationPropertiesSource
public abstract class StreamProperties {
    /** Size that a stream may hold in each direction, instead of the global one. */
    @DataSizeUnit(DataUnit.BYTES)
    private @Nullable DataSize maxBufferSize;

    /** Size that a stream may hold of what was written and not yet sent, instead of the global one. */
    @DataSizeUnit(DataUnit.BYTES)
    private @Nullable DataSize maxWriteBufferSize;

    /** Size of what is not yet sent from which a stream is not writable, so that back pressure begins. */
    @DataSizeUnit(DataUnit.BYTES)
    private DataSize highWaterMark = DataSize.ofKilobytes(256);

    /** Size of what is not yet sent below which a stream is writable again. */
    @DataSizeUnit(DataUnit.BYTES)
    private DataSize lowWaterMark = DataSize.ofKilobytes(64);

    /** Time that a name may take to be resolved, instead of the global one. 0 for no limit. */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration dnsTimeout;

    /**
     * Time within which the first byte of a connection must come while a message is read. 0 or unset for no limit.
     */
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

    /** Time that a closing connection has to send what was written and to see the end of its peer. 0 for none at all. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration closeTimeout = Duration.ofSeconds(5);

    @NestedConfigurationProperty
    private final TcpProperties tcp = new TcpProperties();

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

    public DataSize getHighWaterMark() {
        return highWaterMark;
    }

    public void setHighWaterMark(DataSize highWaterMark) {
        this.highWaterMark = highWaterMark;
    }

    public DataSize getLowWaterMark() {
        return lowWaterMark;
    }

    public void setLowWaterMark(DataSize lowWaterMark) {
        this.lowWaterMark = lowWaterMark;
    }

    public @Nullable Duration getDnsTimeout() {
        return dnsTimeout;
    }

    public void setDnsTimeout(@Nullable Duration dnsTimeout) {
        this.dnsTimeout = dnsTimeout;
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

    public TcpProperties getTcp() {
        return tcp;
    }
}
