package dev.iostream.proxy;

import dev.iostream.dns.IpLiteral;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The header as a line of text (The PROXY protocol, section 2.1). */
final class Version1 {
    /** Bytes of the longest line, its end included. */
    static final int LONGEST = 107;

    static final byte[] BEGINNING = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final int PARTS = 6;
    private static final int HIGHEST_PORT = 65_535;

    private Version1() {}

    static @Nullable ProxyHeader decode(ByteBuffer bytes) throws ProxyProtocolException {
        int end = end(bytes);
        if (end < 0) {
            return null;
        }
        byte[] line = new byte[end];
        bytes.get(bytes.position(), line);
        ProxyHeader header = parse(new String(line, StandardCharsets.ISO_8859_1));
        bytes.position(bytes.position() + end + 2);
        return header;
    }

    /** Bytes before the end of the line, or -1 when that is still to come. */
    private static int end(ByteBuffer bytes) throws ProxyProtocolException {
        int count = Math.min(bytes.remaining(), LONGEST);
        for (int i = 0; i < count; i++) {
            byte each = bytes.get(bytes.position() + i);
            if (each == '\n') {
                throw new ProxyProtocolException("a line of it ends without a carriage return");
            }
            if (each == '\r' && i + 1 < count) {
                if (bytes.get(bytes.position() + i + 1) != '\n') {
                    throw new ProxyProtocolException("it has a carriage return in its line");
                }
                return i;
            }
        }
        if (count == LONGEST) {
            throw new ProxyProtocolException("its line is longer than " + LONGEST + " bytes");
        }
        return -1;
    }

    private static ProxyHeader parse(String line) throws ProxyProtocolException {
        String[] parts = line.split(" ", -1);
        String protocol = parts[1];
        if (protocol.equals("UNKNOWN")) {
            return ProxyHeader.ofUnknown();
        }
        boolean ipv4 = protocol.equals("TCP4");
        if (!ipv4 && !protocol.equals("TCP6")) {
            throw new ProxyProtocolException("its protocol is none of TCP4, TCP6 and UNKNOWN");
        }
        if (parts.length != PARTS) {
            throw new ProxyProtocolException("its line must have " + PARTS + " parts with one space between them");
        }
        return ProxyHeader.of(
                new InetSocketAddress(address(parts[2], ipv4), port(parts[4])),
                new InetSocketAddress(address(parts[3], ipv4), port(parts[5])));
    }

    private static InetAddress address(String text, boolean ipv4) throws ProxyProtocolException {
        boolean looksRight = ipv4 == (text.indexOf(':') < 0) && text.indexOf('%') < 0;
        try {
            InetAddress address = looksRight ? IpLiteral.parse(text) : null;
            if (address != null) {
                return address;
            }
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
        throw new ProxyProtocolException("it has an address that is not one of " + (ipv4 ? "IPv4" : "IPv6"));
    }

    private static int port(String text) throws ProxyProtocolException {
        boolean digits = !text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
        if (!digits || Integer.parseInt(text) > HIGHEST_PORT) {
            throw new ProxyProtocolException("it has a port that is not a number from 0 to " + HIGHEST_PORT);
        }
        return Integer.parseInt(text);
    }

    static byte[] encode(ProxyHeader header) {
        return (line(header) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static String line(ProxyHeader header) {
        if (!(header.source() instanceof InetSocketAddress source)
                || !(header.destination() instanceof InetSocketAddress destination)) {
            return "PROXY UNKNOWN";
        }
        boolean ipv4 = Addresses.areIpv4(source, destination);
        return String.join(
                " ",
                "PROXY",
                ipv4 ? "TCP4" : "TCP6",
                text(source.getAddress(), ipv4),
                text(destination.getAddress(), ipv4),
                String.valueOf(source.getPort()),
                String.valueOf(destination.getPort()));
    }

    private static String text(InetAddress address, boolean ipv4) {
        String text = address.getHostAddress();
        if (address instanceof Inet4Address) {
            return ipv4 ? text : "::ffff:" + text;
        }
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
