package dev.iostream.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * IP addresses in text, read strictly, so that an address never causes a look-up and nothing else is taken for one.
 *
 * <p>IPv4 is four decimal parts without leading zeros, since {@code 010} is 8 to some and 10 to others. IPv6 is as in
 * RFC 4291, section 2.2, also with {@code ::} and with IPv4 at its end, and may have a zone (RFC 4007, section 11) by
 * number or by the name of an interface. Brackets are not part of an address. Safe from any thread.
 */
public final class IpLiteral {
    private static final int LONGEST = 64;
    private static final int GROUPS = 8;

    private IpLiteral() {}

    /** Whether the text is an IP address. Says nothing of whether its zone exists here. */
    public static boolean isLiteral(String text) {
        return bytes(text) != null;
    }

    /**
     * The address, or null when the text is not one. An IPv4 address mapped to IPv6 becomes an IPv4 address.
     *
     * @throws UnknownHostException when its zone is not one of this machine
     */
    public static @Nullable InetAddress parse(String text) throws UnknownHostException {
        byte[] bytes = bytes(text);
        if (bytes == null) {
            return null;
        }
        int percent = text.indexOf('%');
        if (percent < 0) {
            return InetAddress.getByAddress(bytes);
        }
        return Inet6Address.getByAddress(null, bytes, zone(text.substring(percent + 1)));
    }

    private static int zone(String zone) throws UnknownHostException {
        if (zone.chars().allMatch(character -> character >= '0' && character <= '9')) {
            try {
                return Integer.parseInt(zone);
            } catch (NumberFormatException e) {
                throw new UnknownHostException("zone " + zone + " is out of range");
            }
        }
        try {
            NetworkInterface found = NetworkInterface.getByName(zone);
            if (found != null) {
                return found.getIndex();
            }
        } catch (SocketException e) {
            throw new UnknownHostException("zone '" + zone + "' could not be looked up: " + e.getMessage());
        }
        throw new UnknownHostException("zone '" + zone + "' is not a network interface of this machine");
    }

    private static byte @Nullable [] bytes(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return null;
        }
        if (text.indexOf(':') < 0) {
            return ipv4(text);
        }
        int percent = text.indexOf('%');
        if (percent < 0) {
            return ipv6(text);
        }
        return isZone(text.substring(percent + 1)) ? ipv6(text.substring(0, percent)) : null;
    }

    private static boolean isZone(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(character -> character > ' ' && character < 0x7f && character != '%');
    }

    private static byte @Nullable [] ipv4(String text) {
        byte[] bytes = new byte[4];
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            boolean last = i == bytes.length - 1;
            int end = last ? text.length() : text.indexOf('.', start);
            int part = end < 0 ? -1 : number(text, start, end, 10, 3);
            if (part < 0 || part > 255 || (end - start > 1 && text.charAt(start) == '0')) {
                return null;
            }
            bytes[i] = (byte) part;
            start = end + 1;
        }
        return bytes;
    }

    private static byte @Nullable [] ipv6(String text) {
        byte[] bytes = new byte[2 * GROUPS];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            int colon = text.indexOf(':', at);
            int end = colon < 0 ? text.length() : colon;
            if (colon < 0 && text.indexOf('.', at) >= 0) {
                byte[] tail = ipv4(text.substring(at));
                if (tail == null || count > GROUPS - 2) {
                    return null;
                }
                System.arraycopy(tail, 0, bytes, 2 * count, tail.length);
                count += 2;
                break;
            }
            int group = number(text, at, end, 16, 4);
            if (group < 0 || count == GROUPS) {
                return null;
            }
            bytes[2 * count] = (byte) (group >> 8);
            bytes[2 * count + 1] = (byte) group;
            count++;
            at = end + 1;
            if (colon == text.length() - 1) {
                return null;
            }
            if (colon >= 0 && text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = count;
                at++;
            }
        }
        return spread(bytes, count, gap);
    }

    /** Moves the groups behind the gap to the end; null when there are too few groups, or too many for a gap. */
    private static byte @Nullable [] spread(byte[] bytes, int count, int gap) {
        if (gap < 0) {
            return count == GROUPS ? bytes : null;
        }
        if (count == GROUPS) {
            return null;
        }
        int behind = 2 * (count - gap);
        System.arraycopy(bytes, 2 * gap, bytes, bytes.length - behind, behind);
        java.util.Arrays.fill(bytes, 2 * gap, bytes.length - behind, (byte) 0);
        return bytes;
    }

    /** The number that the digits are, or -1 when there are none, too many, or others than ASCII digits. */
    private static int number(String text, int start, int end, int radix, int most) {
        if (end <= start || end - start > most) {
            return -1;
        }
        int number = 0;
        for (int i = start; i < end; i++) {
            char character = text.charAt(i);
            int digit = character < 0x80 ? Character.digit(character, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            number = number * radix + digit;
        }
        return number;
    }
}
