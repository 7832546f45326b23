package dev.iostream.proxy;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says first about a connection: whom it is from and where that one had connected to (The PROXY protocol,
 * versions 1 and 2; HAProxy Technologies, 2020). Immutable.
 *
 * <p>A server that {@linkplain ProxyProtocol trusts} the proxy gives it to its handler as an attribute of the stream:
 *
 * <pre>{@code
 * ProxyHeader header = stream.attribute(ProxyHeader.class);
 * }</pre>
 *
 * <p>A client that connects for somebody else sends one, see {@link #encodeV2}. Texts are as the proxy, or its client, gave
 * them: escape them before they go into a log.
 *
 * @param local whether the proxy connects for itself, to see whether the server is well; it says nothing else then
 * @param source whom the connection is from, or null when the proxy does not know
 * @param destination where that one had connected to, or null when the proxy does not know
 * @param tlvs what the proxy says beside that
 */
public record ProxyHeader(
        boolean local,
        @Nullable SocketAddress source,
        @Nullable SocketAddress destination,
        List<ProxyTlv> tlvs) {
    /** Bytes of the longest header: both versions fit into the smallest segment of TCP (section 2). */
    public static final int LONGEST = 536;

    private static final int AWS_VPC_ENDPOINT = 0x01;
    private static final int TLS_HANDSHAKE = 0x16;

    private static final ProxyHeader LOCAL = new ProxyHeader(true, null, null, List.of());
    private static final ProxyHeader UNKNOWN = new ProxyHeader(false, null, null, List.of());

    /** Checks that it can be told. */
    public ProxyHeader {
        tlvs = List.copyOf(tlvs);
        if (local && (source != null || destination != null || !tlvs.isEmpty())) {
            throw new IllegalArgumentException("A proxy that connects for itself says nothing of anybody else");
        }
        if (kind(source) != kind(destination)) {
            throw new IllegalArgumentException(
                    "Source and destination must be of one kind, were " + source + " and " + destination);
        }
        List<ProxyTlv> checksums =
                tlvs.stream().filter(tlv -> tlv.type() == ProxyTlv.CRC32C).toList();
        if (!checksums.isEmpty() && !checksums.equals(List.of(ProxyTlv.checksum()))) {
            throw new IllegalArgumentException("A header has one checksum at most, which is ProxyTlv.checksum()");
        }
    }

    private static @Nullable Object kind(@Nullable SocketAddress address) {
        if (address == null || address instanceof UnixDomainSocketAddress) {
            return address == null ? null : UnixDomainSocketAddress.class;
        }
        if (address instanceof InetSocketAddress internet && !internet.isUnresolved()) {
            return InetSocketAddress.class;
        }
        throw new IllegalArgumentException(
                "A PROXY header tells IP addresses and those of Unix-domain sockets, not " + address);
    }

    /** The proxy connects for itself (LOCAL). */
    public static ProxyHeader ofLocal() {
        return LOCAL;
    }

    /** The proxy connects for somebody whom it cannot name (UNKNOWN, or UNSPEC). */
    public static ProxyHeader ofUnknown() {
        return UNKNOWN;
    }

    /**
     * The proxy connects for somebody.
     *
     * @param source whom for: an IP address and a port, or a Unix-domain socket
     * @param destination where that one had connected to, of the same kind
     */
    public static ProxyHeader of(SocketAddress source, SocketAddress destination) {
        return new ProxyHeader(false, source, destination, List.of());
    }

    /** The same with one more piece. */
    public ProxyHeader with(ProxyTlv tlv) {
        List<ProxyTlv> more = new ArrayList<>(tlvs);
        more.add(tlv);
        return new ProxyHeader(local, source, destination, more);
    }

    // ---- what it says

    /** The first value of that type, or null. */
    public @Nullable ProxyTlv tlv(int type) {
        for (ProxyTlv tlv : tlvs) {
            if (tlv.type() == type) {
                return tlv;
            }
        }
        return null;
    }

    private @Nullable String text(int type) {
        ProxyTlv tlv = tlv(type);
        return tlv == null ? null : tlv.text();
    }

    /** The protocol that client and proxy agreed on (ALPN), or null. */
    public @Nullable String applicationProtocol() {
        return text(ProxyTlv.ALPN);
    }

    /** The host name that the client asked for, in TLS for example (SNI), or null. */
    public @Nullable String authority() {
        return text(ProxyTlv.AUTHORITY);
    }

    /** What identifies the connection over several proxies, at most 128 bytes; or null. */
    public byte @Nullable [] uniqueId() {
        ProxyTlv tlv = tlv(ProxyTlv.UNIQUE_ID);
        return tlv == null ? null : tlv.value();
    }

    /** The name of the network namespace that the client came by, or null. */
    public @Nullable String networkNamespace() {
        return text(ProxyTlv.NETNS);
    }

    /** What the proxy knows of the client's TLS; null when it says nothing of that, or nothing that can be read. */
    public @Nullable ProxySsl ssl() {
        ProxyTlv tlv = tlv(ProxyTlv.SSL);
        try {
            return tlv == null ? null : ProxySsl.parse(tlv);
        } catch (ProxyProtocolException e) {
            // not in a header that was received, which has been checked
            return null;
        }
    }

    /** The identifier of the VPC endpoint that the client came by, as load balancers of AWS tell it; or null. */
    public @Nullable String awsVpcEndpoint() {
        ProxyTlv tlv = tlv(ProxyTlv.AWS);
        if (tlv == null) {
            return null;
        }
        byte[] value = tlv.value();
        return value.length > 0 && value[0] == AWS_VPC_ENDPOINT
                ? new String(value, 1, value.length - 1, StandardCharsets.UTF_8)
                : null;
    }

    // ---- as bytes

    /**
     * The header of either version that the bytes begin with, whose position is moved behind it; or null when it is not
     * all there yet, and nothing is moved.
     *
     * <p>What is wrong is found as early as it can be: bytes that are something else, such as TLS or HTTP, mostly with the
     * first. What a proxy says of unknown addresses is passed over.
     *
     * @throws ProxyProtocolException when the bytes are not the beginning of a header
     */
    public static @Nullable ProxyHeader decode(ByteBuffer bytes) throws ProxyProtocolException {
        if (beginLike(Version2.SIGNATURE, bytes)) {
            return Version2.decode(bytes);
        }
        if (beginLike(Version1.BEGINNING, bytes)) {
            return Version1.decode(bytes);
        }
        boolean tls = bytes.get(bytes.position()) == TLS_HANDSHAKE;
        throw new ProxyProtocolException(tls ? "it begins like TLS" : "it does not begin like one");
    }

    /** Whether as many bytes as there are of both are the same. */
    private static boolean beginLike(byte[] beginning, ByteBuffer bytes) {
        int count = Math.min(bytes.remaining(), beginning.length);
        return bytes.slice(bytes.position(), count).equals(ByteBuffer.wrap(beginning, 0, count));
    }

    /**
     * The header in version 1, a line of text, without what it says beside the addresses. Version 1 cannot tell that the
     * proxy connects for itself, nor Unix-domain sockets: they become {@code UNKNOWN}, which some servers refuse.
     */
    public byte[] encodeV1() {
        return Version1.encode(this);
    }

    /**
     * The header in version 2, to be sent before all else and at once: before TLS, too. The checksum is worked out if
     * there is a {@linkplain ProxyTlv#checksum() place} for it.
     *
     * @throws IllegalStateException when it would be longer than {@link #LONGEST}
     */
    public byte[] encodeV2() {
        return Version2.encode(this);
    }
}
