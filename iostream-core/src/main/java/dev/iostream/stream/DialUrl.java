package dev.iostream.stream;

import dev.iostream.dns.HostAndPort;
import dev.iostream.event.Printable;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Locale;

/**
 * What {@link IOSimple#dial} is given.
 *
 * @param address where it leads; a name is not resolved here
 * @param secure whether TLS is spoken there
 */
record DialUrl(SocketAddress address, boolean secure) {
    private static final String ALLOWED =
            "; allowed are tcp://host:port, tls://host:port (with brackets around an IPv6 address) and unix:///path";

    /**
     * Reads the URL.
     *
     * @throws IllegalArgumentException that says what is wrong and what is allowed
     */
    static DialUrl parse(String url) {
        int colon = url.indexOf("://");
        if (colon < 1) {
            throw wrong(url, "it has no scheme");
        }
        String rest = url.substring(colon + "://".length());
        return switch (url.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "tcp" -> new DialUrl(internet(url, rest), false);
            case "tls" -> new DialUrl(internet(url, rest), true);
            case "unix" -> new DialUrl(unix(url, rest), false);
            default -> throw wrong(url, "its scheme is not known");
        };
    }

    private static SocketAddress internet(String url, String rest) {
        try {
            return HostAndPort.parse(rest).unresolved();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    wrong(url, String.valueOf(e.getMessage())).getMessage(), e);
        }
    }

    private static SocketAddress unix(String url, String path) {
        if (!path.startsWith("/") || path.length() == 1 || path.indexOf('\0') >= 0) {
            throw wrong(url, "a Unix-domain socket has an absolute path, so there are three slashes");
        }
        return UnixDomainSocketAddress.of(path);
    }

    private static IllegalArgumentException wrong(String url, String why) {
        return new IllegalArgumentException("Could not dial " + Printable.quoted(url) + ": " + why + ALLOWED);
    }
}
