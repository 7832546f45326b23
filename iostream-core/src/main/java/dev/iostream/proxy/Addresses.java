package dev.iostream.proxy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;

/** The addresses of a binary header: a family with a transport protocol, and a block that depends on both. */
final class Addresses {
    /** Addresses of no kind that could be told. */
    static final int UNSPEC = 0x00;

    private static final int INET = 0x10;
    private static final int INET6 = 0x20;
    private static final int UNIX = 0x30;
    private static final int STREAM = 0x01;
    private static final int DGRAM = 0x02;

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int PATH_BYTES = 108;

    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private Addresses() {}

    // ---- from bytes

    /** Bytes of a block of that family. */
    static int size(int family) throws ProxyProtocolException {
        return switch (family) {
            case UNSPEC -> 0;
            case INET | STREAM, INET | DGRAM -> 2 * (IPV4_BYTES + Short.BYTES);
            case INET6 | STREAM, INET6 | DGRAM -> 2 * (IPV6_BYTES + Short.BYTES);
            case UNIX | STREAM, UNIX | DGRAM -> 2 * PATH_BYTES;
            default -> throw new ProxyProtocolException("its address family or transport protocol is none");
        };
    }

    /** What a block of that family says; nothing of datagrams, which are not what comes over a stream. */
    static ProxyHeader read(int family, ByteBuffer block) throws ProxyProtocolException {
        return switch (family) {
            case INET | STREAM -> internet(block, IPV4_BYTES);
            case INET6 | STREAM -> internet(block, IPV6_BYTES);
            case UNIX | STREAM -> ProxyHeader.of(path(block), path(block));
            default -> ProxyHeader.ofUnknown();
        };
    }

    private static ProxyHeader internet(ByteBuffer block, int bytes) {
        InetAddress source = address(block, bytes);
        InetAddress destination = address(block, bytes);
        return ProxyHeader.of(
                new InetSocketAddress(source, block.getShort() & 0xFFFF),
                new InetSocketAddress(destination, block.getShort() & 0xFFFF));
    }

    private static InetAddress address(ByteBuffer block, int count) {
        byte[] bytes = new byte[count];
        block.get(bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** The path before the first null byte: none for a socket without one, or with an abstract name. */
    private static SocketAddress path(ByteBuffer block) throws ProxyProtocolException {
        byte[] bytes = new byte[PATH_BYTES];
        block.get(bytes);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        try {
            String path = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            if (path.chars().noneMatch(Character::isISOControl)) {
                return UnixDomainSocketAddress.of(path);
            }
        } catch (CharacterCodingException | InvalidPathException e) {
            throw new ProxyProtocolException("it has a path that is not text");
        }
        // it would get into logs
        throw new ProxyProtocolException("it has a path with control characters");
    }

    // ---- to bytes

    /** The family that can tell the addresses of the header. */
    static int family(ProxyHeader header) {
        if (header.source() instanceof InetSocketAddress source
                && header.destination() instanceof InetSocketAddress destination) {
            return (areIpv4(source, destination) ? INET : INET6) | STREAM;
        }
        return header.source() == null ? UNSPEC : UNIX | STREAM;
    }

    static boolean areIpv4(InetSocketAddress one, InetSocketAddress other) {
        return one.getAddress() instanceof Inet4Address && other.getAddress() instanceof Inet4Address;
    }

    static byte[] block(ProxyHeader header) {
        if (header.source() instanceof InetSocketAddress source
                && header.destination() instanceof InetSocketAddress destination) {
            boolean ipv4 = areIpv4(source, destination);
            ByteBuffer block = ByteBuffer.allocate(2 * ((ipv4 ? IPV4_BYTES : IPV6_BYTES) + Short.BYTES));
            put(source.getAddress(), ipv4, block);
            put(destination.getAddress(), ipv4, block);
            return block.putShort((short) source.getPort())
                    .putShort((short) destination.getPort())
                    .array();
        }
        if (header.source() instanceof UnixDomainSocketAddress source
                && header.destination() instanceof UnixDomainSocketAddress destination) {
            ByteBuffer block = ByteBuffer.allocate(2 * PATH_BYTES);
            block.put(0, path(source)).put(PATH_BYTES, path(destination));
            return block.array();
        }
        return new byte[0];
    }

    private static void put(InetAddress address, boolean ipv4, ByteBuffer block) {
        if (!ipv4 && address instanceof Inet4Address) {
            block.put(MAPPED);
        }
        block.put(address.getAddress());
    }

    private static byte[] path(UnixDomainSocketAddress address) {
        byte[] path = address.getPath().toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > PATH_BYTES) {
            throw new IllegalStateException(
                    "A PROXY header tells paths of " + PATH_BYTES + " bytes at most, not " + address);
        }
        return path;
    }
}
