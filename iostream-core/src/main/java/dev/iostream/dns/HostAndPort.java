package dev.iostream.dns;

import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * A name or IP address and a port, as people write them: {@code db.internal:5432}, {@code 10.0.0.1:80},
 * {@code [2001:db8::1]:80}.
 *
 * @param host without brackets
 * @param port 1 to 65,535
 */
public record HostAndPort(String host, int port) {
    private static final int HIGHEST_PORT = 65_535;

    /** Checks the port, and that there is a host. */
    public HostAndPort {
        Objects.requireNonNull(host, "host");
        if (host.isEmpty()) {
            throw new IllegalArgumentException("The host to connect to must not be empty");
        }
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("The port of " + host + " must be between 1 and 65535, was " + port);
        }
    }

    /**
     * Reads {@code host:port}. An IPv6 address has brackets, since its colons could be the port's.
     *
     * @throws IllegalArgumentException that says what is wrong and how it is written
     */
    public static HostAndPort parse(String text) {
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        if (text.startsWith("[") ? end == 0 : end >= 0 && text.indexOf(':', end + 1) >= 0) {
            throw wrong(text, "an IPv6 address is written in brackets");
        }
        if (end < 0 || end >= text.length() - 1 || text.charAt(end) != ':') {
            throw wrong(text, "the port is missing");
        }
        String host = text.startsWith("[") ? text.substring(1, end - 1) : text.substring(0, end);
        if (host.isEmpty()) {
            throw wrong(text, "the host is missing");
        }
        if (text.startsWith("[") && !(host.indexOf(':') >= 0 && IpLiteral.isLiteral(host))) {
            throw wrong(text, "what is in brackets is not an IPv6 address");
        }
        return new HostAndPort(host, port(text, text.substring(end + 1)));
    }

    private static int port(String text, String digits) {
        boolean number = digits.length() <= 5 && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        int port = number ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > HIGHEST_PORT) {
            throw wrong(text, "the port must be a number between 1 and 65535");
        }
        return port;
    }

    private static IllegalArgumentException wrong(String text, String why) {
        String shown = text.replaceAll("[^\\p{Graph} ]", "?");
        return new IllegalArgumentException(
                "'" + shown + "' is not host:port: " + why + "; write name:port, 10.0.0.1:port or [2001:db8::1]:port");
    }

    /** The same as an address that is resolved anew each time it is connected to. */
    public InetSocketAddress unresolved() {
        return InetSocketAddress.createUnresolved(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
