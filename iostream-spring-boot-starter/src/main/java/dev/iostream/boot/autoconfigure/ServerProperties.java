package dev.iostream.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

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

    /**
     * Number of connections of one peer, by IP address or, over Unix-domain sockets, by user. Those above are closed at
     * once. Unset, there is no limit.
     */
    private @Nullable Integer maxConnectionsPerPeer;

    /**
     * Number of connections held at a time; the rest wait. Defaults to 10,000, or less where the limit of descriptors
     * is low.
     */
    private @Nullable Integer maxConnections;

    /**
     * Comma-separated list of networks whose peers alone may connect, such as 10.0.0.0/8 or 2001:db8::1. Unset, all
     * may.
     */
    private List<String> allow = new ArrayList<>();

    /** Comma-separated list of networks whose peers may not connect, even if they are among those that may. */
    private List<String> deny = new ArrayList<>();

    /** Number of connections accepted in a second; the rest wait. Unset, there is no limit. */
    private @Nullable Integer acceptRate;

    /** Number of connections accepted at once after a pause. Defaults to the accept rate. */
    private @Nullable Integer acceptBurst;

    /** Text that is sent to those who are refused, before that is closed. Not with TLS. */
    private @Nullable String rejectWith;

    @NestedConfigurationProperty
    private final ProxyProtocolProperties proxyProtocol = new ProxyProtocolProperties();

    /** Whether each loop listens by itself, and the system spreads connections over them (SO_REUSEPORT). */
    private boolean reusePort;

    /** Permissions of the file of a Unix-domain socket, as ls shows them. Whoever may write may connect. */
    private String fileMode = "rw-------";

    @NestedConfigurationProperty
    private final ServerSslProperties ssl = new ServerSslProperties();

    @NestedConfigurationProperty
    private final ShutdownProperties shutdown = new ShutdownProperties();

    /** Whether to log a line for each connection when it ends, under the category dev.iostream.access. */
    private boolean accessLog;

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

    public @Nullable Integer getMaxConnectionsPerPeer() {
        return maxConnectionsPerPeer;
    }

    public void setMaxConnectionsPerPeer(@Nullable Integer maxConnectionsPerPeer) {
        this.maxConnectionsPerPeer = maxConnectionsPerPeer;
    }

    public @Nullable Integer getMaxConnections() {
        return maxConnections;
    }

    public void setMaxConnections(@Nullable Integer maxConnections) {
        this.maxConnections = maxConnections;
    }

    public List<String> getAllow() {
        return allow;
    }

    public void setAllow(List<String> allow) {
        this.allow = allow;
    }

    public List<String> getDeny() {
        return deny;
    }

    public void setDeny(List<String> deny) {
        this.deny = deny;
    }

    public @Nullable Integer getAcceptRate() {
        return acceptRate;
    }

    public void setAcceptRate(@Nullable Integer acceptRate) {
        this.acceptRate = acceptRate;
    }

    public @Nullable Integer getAcceptBurst() {
        return acceptBurst;
    }

    public void setAcceptBurst(@Nullable Integer acceptBurst) {
        this.acceptBurst = acceptBurst;
    }

    public @Nullable String getRejectWith() {
        return rejectWith;
    }

    public void setRejectWith(@Nullable String rejectWith) {
        this.rejectWith = rejectWith;
    }

    public ProxyProtocolProperties getProxyProtocol() {
        return proxyProtocol;
    }

    public boolean isReusePort() {
        return reusePort;
    }

    public void setReusePort(boolean reusePort) {
        this.reusePort = reusePort;
    }

    public String getFileMode() {
        return fileMode;
    }

    public void setFileMode(String fileMode) {
        this.fileMode = fileMode;
    }

    public ServerSslProperties getSsl() {
        return ssl;
    }

    public ShutdownProperties getShutdown() {
        return shutdown;
    }

    public boolean isAccessLog() {
        return accessLog;
    }

    public void setAccessLog(boolean accessLog) {
        this.accessLog = accessLog;
    }
}
