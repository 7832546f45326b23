package dev.iostream.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

/** What the sockets of a server or client are set to. Unix-domain sockets have only the buffers of these. */
@ConfigurationPropertiesSource
public class TcpProperties {
    /** Whether small writes leave at once instead of waiting for more (TCP_NODELAY). */
    private boolean noDelay = true;

    /** Whether the system probes a peer that has been silent for long (SO_KEEPALIVE). */
    private boolean keepAlive = true;

    /** Size that the system buffers for sending (SO_SNDBUF). Unset, the system chooses. */
    @DataSizeUnit(DataUnit.BYTES)
    private @Nullable DataSize sendBufferSize;

    /** Size that the system buffers of what was received (SO_RCVBUF). Unset, the system chooses. */
    @DataSizeUnit(DataUnit.BYTES)
    private @Nullable DataSize receiveBufferSize;

    public boolean isNoDelay() {
        return noDelay;
    }

    public void setNoDelay(boolean noDelay) {
        this.noDelay = noDelay;
    }

    public boolean isKeepAlive() {
        return keepAlive;
    }

    public void setKeepAlive(boolean keepAlive) {
        this.keepAlive = keepAlive;
    }

    public @Nullable DataSize getSendBufferSize() {
        return sendBufferSize;
    }

    public void setSendBufferSize(@Nullable DataSize sendBufferSize) {
        this.sendBufferSize = sendBufferSize;
    }

    public @Nullable DataSize getReceiveBufferSize() {
        return receiveBufferSize;
    }

    public void setReceiveBufferSize(@Nullable DataSize receiveBufferSize) {
        this.receiveBufferSize = receiveBufferSize;
    }
}
