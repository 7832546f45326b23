package dev.iostream.proxy;

import dev.iostream.dns.IpNetworks;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From whom a server takes PROXY headers. Immutable.
 *
 * <p>Every connection then begins with a header, of either version, and one that comes from elsewhere is refused: whoever
 * may send a header can say to be anybody (The PROXY protocol, section 2). So trust the addresses of the proxies, and let
 * nobody else be able to have one of them.
 *
 * @param trusted where the proxies connect from
 * @param unixDomain whether those who can connect to a Unix-domain socket of the server are proxies as well
 * @param headerTimeout how long a header may take from the moment at which the connection was accepted; positive
 */
public record ProxyProtocol(IpNetworks trusted, boolean unixDomain, Duration headerTimeout) {
    /** Enough for a segment of TCP that has to be sent again (section 2). */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

    /** Checks that somebody is trusted, and the range. */
    public ProxyProtocol {
        Objects.requireNonNull(trusted, "trusted");
        if (trusted.isEmpty() && !unixDomain) {
            throw new IllegalArgumentException(
                    "The PROXY protocol needs networks to be trusted: those that the proxies connect from");
        }
        if (headerTimeout.isNegative() || headerTimeout.isZero()) {
            throw new IllegalArgumentException("headerTimeout must be positive, was " + headerTimeout);
        }
    }

    /**
     * From proxies in those networks, within 3 s.
     *
     * @param networks at least one, in CIDR notation or as a single address; see {@link IpNetworks}
     */
    public static ProxyProtocol from(String... networks) {
        return from(IpNetworks.of(networks));
    }

    /** The same with networks that were read before. */
    public static ProxyProtocol from(IpNetworks networks) {
        return new ProxyProtocol(networks, false, DEFAULT_TIMEOUT);
    }

    /** From proxies that connect to Unix-domain sockets, and from no others, within 3 s. */
    public static ProxyProtocol fromUnixDomain() {
        return new ProxyProtocol(IpNetworks.none(), true, DEFAULT_TIMEOUT);
    }

    /** The same and also, or no more, from proxies that connect to Unix-domain sockets. */
    public ProxyProtocol unixDomain(boolean on) {
        return new ProxyProtocol(trusted, on, headerTimeout);
    }

    /** The same with another limit. The specification recommends at least 3 s. */
    public ProxyProtocol headerTimeout(Duration limit) {
        return new ProxyProtocol(trusted, unixDomain, limit);
    }

    /** Whether a connection from that address is a proxy's; false when it is not known where it is from. */
    public boolean trusts(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress internet
                ? !internet.isUnresolved() && trusted.contains(internet.getAddress())
                : unixDomain && peer instanceof UnixDomainSocketAddress;
    }
}
