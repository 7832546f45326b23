package dev.iostream.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;

/** A server. What is not set here is as in the global properties. */
@ConfigurationPropertiesSource
public class ServerProperties extends StreamProperties {
    /** Whether the server is to be started. */
    private boolean enabled = true;

    /** Port to listen at, required for addresses of networks. With 0 the system chooses one. */
    private @Nullable Integer port;

    /**
     * Comma-separated list of addresses of this machine to listen at. Each is an IP address, a name that has one, or
     * unix: and the path of a socket. Defaults to all interfaces.
     */
    private List<String> address = new ArrayList<>();

    /** Number of connections that may wait to be accepted. */
    private int backlog = 1024;

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

    public List<String> getAddress() {
        return address;
    }

    public void setAddress(List<String> address) {
        this.address = address;
    }

    public int getBacklog() {
        return backlog;
    }

    public void setBacklog(int backlog) {
        this.backlog = backlog;
    }
}
