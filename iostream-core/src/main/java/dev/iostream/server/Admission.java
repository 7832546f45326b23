package dev.iostream.server;

import dev.iostream.dns.IpNetworks;
import dev.iostream.proxy.ProxyProtocol;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whom a server lets in, and how fast: decided before TLS and before its handler sees a connection. Immutable.
 *
 * <p>Where the PROXY protocol is spoken, the address that counts is the one that the proxy tells, here and for {@link
 * ServerOptions#maxConnectionsPerPeer}; a proxy that connects for itself is let in. Peers over Unix-domain sockets have no
 * IP address and are let in by {@link ServerOptions#fileMode}.
 *
 * @param allow the only ones who may connect, or none for everybody
 * @param deny those who may not, even if they are among the others
 * @param acceptRate connections accepted in a second, at least 1; the rest wait in the backlog
 * @param acceptBurst how many of them at once after a pause, at least 1
 * @param proxyProtocol from whom PROXY headers are taken; null for no such protocol
 * @param rejectWith what is sent to those who are refused by their address or for having too many connections, before
 *     that is closed, if it can be sent at once; null for nothing
 */
public record Admission(
        IpNetworks allow,
        IpNetworks deny,
        int acceptRate,
        int acceptBurst,
        @Nullable ProxyProtocol proxyProtocol,
        @Nullable ByteBuffer rejectWith) {
    /** No limit for {@link #acceptRate}. */
    public static final int UNLIMITED = ServerOptions.UNLIMITED;

    private static final Admission DEFAULTS =
            new Admission(IpNetworks.none(), IpNetworks.none(), UNLIMITED, UNLIMITED, null, null);

    /** Checks the ranges. */
    public Admission {
        Objects.requireNonNull(allow, "allow");
        Objects.requireNonNull(deny, "deny");
        if (acceptRate < 1 || acceptBurst < 1) {
            throw new IllegalArgumentException(
                    "acceptRate and acceptBurst must be at least 1, were " + acceptRate + " and " + acceptBurst);
        }
        if (rejectWith != null) {
            rejectWith = ByteBuffer.allocate(rejectWith.remaining())
                    .put(rejectWith.duplicate())
                    .flip()
                    .asReadOnlyBuffer();
        }
    }

    /** Everybody, as fast as they come. */
    public static Admission defaults() {
        return DEFAULTS;
    }

    /** The same, but only for peers in those networks; for everybody if there are none. */
    public Admission allow(IpNetworks networks) {
        return new Admission(networks, deny, acceptRate, acceptBurst, proxyProtocol, rejectWith);
    }

    /** The same with networks in CIDR notation, or single addresses; see {@link IpNetworks}. */
    public Admission allow(String... networks) {
        return allow(IpNetworks.of(networks));
    }

    /** The same, but not for peers in those networks. */
    public Admission deny(IpNetworks networks) {
        return new Admission(allow, networks, acceptRate, acceptBurst, proxyProtocol, rejectWith);
    }

    /** The same with networks in CIDR notation, or single addresses; see {@link IpNetworks}. */
    public Admission deny(String... networks) {
        return deny(IpNetworks.of(networks));
    }

    /** The same with so many connections a second, and as many at once; or {@link #UNLIMITED}. */
    public Admission acceptRate(int perSecond) {
        return acceptRate(perSecond, perSecond);
    }

    /** The same with so many connections a second, and so many at once after a pause. */
    public Admission acceptRate(int perSecond, int burst) {
        return new Admission(allow, deny, perSecond, burst, proxyProtocol, rejectWith);
    }

    /** The same with PROXY headers from proxies that are trusted, or with null without the protocol. */
    public Admission proxyProtocol(@Nullable ProxyProtocol protocol) {
        return new Admission(allow, deny, acceptRate, acceptBurst, protocol, rejectWith);
    }

    /** The same with something that is sent to those who are refused; null for nothing. */
    public Admission rejectWith(@Nullable ByteBuffer bytes) {
        return new Admission(allow, deny, acceptRate, acceptBurst, proxyProtocol, bytes);
    }

    /** The same with a text, in UTF-8, for example {@code "421 busy\r\n"}. */
    public Admission rejectWith(String text) {
        return rejectWith(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** What is sent to those who are refused; a buffer of the caller's own. */
    @Override
    public @Nullable ByteBuffer rejectWith() {
        return rejectWith == null ? null : rejectWith.duplicate();
    }

    /** Whether a peer may connect by its address. One whose address is not known may where there are no rules. */
    boolean allows(@Nullable SocketAddress peer) {
        if (peer instanceof InetSocketAddress internet) {
            return !deny.contains(internet.getAddress()) && (allow.isEmpty() || allow.contains(internet.getAddress()));
        }
        return peer instanceof UnixDomainSocketAddress || (allow.isEmpty() && deny.isEmpty());
    }
}
