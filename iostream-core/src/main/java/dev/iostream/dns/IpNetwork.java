package dev.iostream.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The addresses that begin with the same bits: a network in CIDR notation (RFC 4632, section 3.1, and RFC 4291, section
 * 2.3), or a single address. Immutable.
 */
final class IpNetwork implements Comparable<IpNetwork> {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    /** Bits before an IPv4 address that is mapped to IPv6 (RFC 4291, section 2.5.5.2). */
    private static final int MAPPED_BITS = IPV6_BITS - IPV4_BITS;

    private final byte[] first;
    private final int prefix;

    private IpNetwork(byte[] first, int prefix) {
        this.first = first;
        this.prefix = prefix;
    }

    /**
     * The network that the text is, such as {@code 10.0.0.0/8}, {@code 2001:db8::/32} or {@code 192.0.2.1}. One of IPv4
     * addresses mapped to IPv6 is one of IPv4.
     *
     * @throws IllegalArgumentException when it is none; the message says why
     */
    static IpNetwork parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = address(text, address);
        boolean mapped = bytes.length * Byte.SIZE == IPV4_BITS && address.indexOf(':') >= 0;
        int behind = mapped ? MAPPED_BITS : 0;
        int bits = bytes.length * Byte.SIZE + behind;
        int prefix = slash < 0 ? bits : prefix(text, text.substring(slash + 1), bits);
        if (prefix < behind) {
            throw invalid(text, "a network of IPv4 addresses mapped to IPv6 has at least 96 bits; write it as IPv4");
        }
        var network = new IpNetwork(masked(bytes, prefix - behind), prefix - behind);
        if (!Arrays.equals(bytes, network.first)) {
            throw invalid(
                    text,
                    "the address has bits set behind the first " + prefix + "; write " + network
                            + " for the network, or " + address + " for the one address");
        }
        return network;
    }

    private static byte[] address(String text, String address) {
        if (address.indexOf('%') >= 0) {
            throw invalid(text, "a network has no zone");
        }
        try {
            InetAddress parsed = IpLiteral.parse(address);
            if (parsed != null) {
                return parsed.getAddress();
            }
        } catch (UnknownHostException e) {
            throw invalid(text, String.valueOf(e.getMessage()));
        }
        throw invalid(text, "'" + address + "' is not an IP address, and names are not looked up");
    }

    private static int prefix(String text, String digits, int bits) {
        boolean number = !digits.isEmpty()
                && digits.length() <= 3
                && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                && (digits.length() == 1 || digits.charAt(0) != '0');
        if (!number || Integer.parseInt(digits) > bits) {
            throw invalid(text, "behind the slash there must be a number of bits from 0 to " + bits);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException invalid(String text, String why) {
        return new IllegalArgumentException(
                "'" + text + "' is not a network such as 10.0.0.0/8 or 2001:db8::/32: " + why);
    }

    private static byte[] masked(byte[] bytes, int prefix) {
        byte[] masked = new byte[bytes.length];
        int whole = prefix / Byte.SIZE;
        System.arraycopy(bytes, 0, masked, 0, whole);
        if (whole < bytes.length) {
            masked[whole] = (byte) (bytes[whole] & 0xff00 >> prefix % Byte.SIZE);
        }
        return masked;
    }

    boolean isIpv4() {
        return first.length * Byte.SIZE == IPV4_BITS;
    }

    /** Whether it has all addresses of {@code other}, which is of the same family. */
    boolean contains(IpNetwork other) {
        return prefix <= other.prefix && contains(other.first);
    }

    /** Whether the address, of the same family, is one of the network. */
    boolean contains(byte[] address) {
        return Arrays.equals(masked(address, prefix), first);
    }

    /** By the first address, and a network before those that it contains. Addresses of one family only. */
    @Override
    public int compareTo(IpNetwork other) {
        int byAddress = compareFirst(other.first);
        return byAddress != 0 ? byAddress : Integer.compare(prefix, other.prefix);
    }

    /** Whether the network begins before the address, at it or after it: negative, 0 or positive. */
    int compareFirst(byte[] address) {
        return Arrays.compareUnsigned(first, address);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpNetwork network && prefix == network.prefix && Arrays.equals(first, network.first);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(first) + prefix;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(first).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
