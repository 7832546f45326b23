package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.convert.DurationUnit;

/** A client. What is not set here is as in the global properties. */
@ConfigurationPropertiesSource
public class ClientProperties extends StreamProperties {
    /** Whether there is to be such a client. */
    private boolean enabled = true;

    /** Host to connect to: a name or an address. */
    private @Nullable String host;

    /** Port to connect to. */
    private @Nullable Integer port;

    /**
     * Comma-separated list of what to connect to, tried in turn, instead of host and port. Each is host:port, or unix:
     * and the path of a socket.
     */
    private List<String> targets = new ArrayList<>();

    /** Time that all addresses of a target together may take to be connected to. 0 for no limit. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration connectTimeout = Duration.ofSeconds(10);

    /** Address of this machine to connect from. Unset, the system chooses. */
    private @Nullable String localAddress;

    /**
     * Whether to connect when the application starts, and to stay connected. Defaults to true when a ConnectionHandler
     * is bound to the client.
     */
    private @Nullable Boolean eager;

    @NestedConfigurationProperty
    private final ClientSslProperties ssl = new ClientSslProperties();

    @NestedConfigurationProperty
    private final ReconnectProperties reconnect = new ReconnectProperties();

    @NestedConfigurationProperty
    private final ClientHealthProperties health = new ClientHealthProperties();

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public @Nullable String getHost() {
        return host;
    }

    public void setHost(@Nullable String host) {
        this.host = host;
    }

    public @Nullable Integer getPort() {
        return port;
    }

    public void setPort(@Nullable Integer port) {
        this.port = port;
    }

    public List<String> getTargets() {
        return targets;
    }

    public void setTargets(List<String> targets) {
        this.targets = targets;
    }

    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public @Nullable String getLocalAddress() {
        return localAddress;
    }

    public void setLocalAddress(@Nullable String localAddress) {
        this.localAddress = localAddress;
    }

    public @Nullable Boolean getEager() {
        return eager;
    }

    public void setEager(@Nullable Boolean eager) {
        this.eager = eager;
    }

    public ClientSslProperties getSsl() {
        return ssl;
    }

    public ReconnectProperties getReconnect() {
        return reconnect;
    }

    public ClientHealthProperties getHealth() {
        return health;
    }
}
