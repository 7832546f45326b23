package dev.iostream.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.convert.DurationUnit;

/** Proxies that tell a server whose connections they are, by the PROXY protocol of either version. */
@ConfigurationPropertiesSource
public class ProxyProtocolProperties {
    /**
     * Comma-separated list of networks that proxies connect from. Set, every connection must come from one and begin
     * with a header.
     */
    private List<String> trusted = new ArrayList<>();

    /** Whether those who connect to a Unix-domain socket are proxies, too. */
    private boolean unixDomain;

    /** Time that a header may take from the moment at which the connection was accepted. */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration headerTimeout = Duration.ofSeconds(3);

    public List<String> getTrusted() {
        return trusted;
    }

    public void setTrusted(List<String> trusted) {
        this.trusted = trusted;
    }

    public boolean isUnixDomain() {
        return unixDomain;
    }

    public void setUnixDomain(boolean unixDomain) {
        this.unixDomain = unixDomain;
    }

    public Duration getHeaderTimeout() {
        return headerTimeout;
    }

    public void setHeaderTimeout(Duration headerTimeout) {
        this.headerTimeout = headerTimeout;
    }
}
