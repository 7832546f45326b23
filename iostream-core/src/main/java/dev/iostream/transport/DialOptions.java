package dev.iostream.transport;

import dev.iostream.dns.Resolver;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How connections are made. Immutable; shared by any number of them.
 *
 * @param network where connections are made
 * @param resolver what finds the addresses of names
 * @param dnsTimeout how long a name may take to be resolved; zero for no limit
 * @param connectTimeout how long all addresses of it together may then take to be connected to; zero for no limit but
 *     the system's
 * @param attemptDelay how long an address is given before the next is tried beside it (RFC 8305, section 5); at least
 *     10 ms
 * @param family {@code INET} or {@code INET6} to use only addresses of that family, or null for any
 * @param source the address to connect from, with port 0 for any; null to let the system choose
 * @param preamble what is sent over each new connection before all else, before TLS too, within the connectTimeout: a PROXY
 *     header for example; null for nothing
 * @param transport what sockets are set to
 */
public record DialOptions(
        Network network,
        Resolver resolver,
        Duration dnsTimeout,
        Duration connectTimeout,
        Duration attemptDelay,
        @Nullable ProtocolFamily family,
        @Nullable SocketAddress source,
        @Nullable ByteBuffer preamble,
        TransportOptions transport) {
    private static final Duration SHORTEST_DELAY = Duration.ofMillis(10);
    private static final DialOptions DEFAULTS = new DialOptions(
            Network.nio(),
            Resolver.system(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofMillis(250),
            null,
            null,
            null,
            TransportOptions.defaults());

    /** Checks the ranges. */
    public DialOptions {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(resolver, "resolver");
        Objects.requireNonNull(transport, "transport");
        if (dnsTimeout.isNegative() || connectTimeout.isNegative()) {
            throw new IllegalArgumentException("dnsTimeout and connectTimeout must not be negative, were " + dnsTimeout
                    + " and " + connectTimeout);
        }
        if (attemptDelay.compareTo(SHORTEST_DELAY) < 0) {
            throw new IllegalArgumentException("attemptDelay must be at least 10 ms, was " + attemptDelay);
        }
        if (family != null && family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
            throw new IllegalArgumentException("The family must be INET, INET6 or null, was " + family);
        }
        if (preamble != null) {
            preamble = ByteBuffer.allocate(preamble.remaining())
                    .put(preamble.duplicate())
                    .flip()
                    .asReadOnlyBuffer();
        }
    }

    /** The system's sockets and resolver, 30 s for a name, 10 s to connect, 250 ms between addresses, any family. */
    public static DialOptions defaults() {
        return DEFAULTS;
    }

    /** The same with another network. */
    public DialOptions network(Network newNetwork) {
        return new DialOptions(
                newNetwork, resolver, dnsTimeout, connectTimeout, attemptDelay, family, source, preamble, transport);
    }

    /** The same with another resolver. */
    public DialOptions resolver(Resolver newResolver) {
        return new DialOptions(
                network, newResolver, dnsTimeout, connectTimeout, attemptDelay, family, source, preamble, transport);
    }

    /** The same with another limit for resolving a name; zero for none. */
    public DialOptions dnsTimeout(Duration limit) {
        return new DialOptions(
                network, resolver, limit, connectTimeout, attemptDelay, family, source, preamble, transport);
    }

    /** The same with another limit for connecting, over all addresses; zero for none but the system's. */
    public DialOptions connectTimeout(Duration limit) {
        return new DialOptions(network, resolver, dnsTimeout, limit, attemptDelay, family, source, preamble, transport);
    }

    /** The same with another time between addresses, at least 10 ms. */
    public DialOptions attemptDelay(Duration delay) {
        return new DialOptions(
                network, resolver, dnsTimeout, connectTimeout, delay, family, source, preamble, transport);
    }

    /** The same with addresses of one family only, or of any with null. */
    public DialOptions family(@Nullable ProtocolFamily newFamily) {
        return new DialOptions(
                network, resolver, dnsTimeout, connectTimeout, attemptDelay, newFamily, source, preamble, transport);
    }

    /** The same from another address, or from any with null. */
    public DialOptions source(@Nullable SocketAddress newSource) {
        return new DialOptions(
                network, resolver, dnsTimeout, connectTimeout, attemptDelay, family, newSource, preamble, transport);
    }

    /** The same with bytes that are sent over each new connection before all else; null for none. */
    public DialOptions preamble(@Nullable ByteBuffer bytes) {
        return new DialOptions(
                network, resolver, dnsTimeout, connectTimeout, attemptDelay, family, source, bytes, transport);
    }

    /** What is sent over each new connection before all else, or null; a buffer of the caller's own. */
    @Override
    public @Nullable ByteBuffer preamble() {
        return preamble == null ? null : preamble.duplicate();
    }

    /** The same with sockets that are set otherwise. */
    public DialOptions transport(TransportOptions newTransport) {
        return new DialOptions(
                network, resolver, dnsTimeout, connectTimeout, attemptDelay, family, source, preamble, newTransport);
    }
}
