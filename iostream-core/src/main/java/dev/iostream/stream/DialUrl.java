package dev.iostream.stream;

import dev.iostream.dns.HostAndPort;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Locale;

/** Reads what {@link IOSimple#dial} is given. */
final class DialUrl {
    private static final String ALLOWED = "; allowed are tcp://host:port, tcp://[IPv6 address]:port and unix:///path";

    private DialUrl() {}

    /**
     * Where the URL leads; a name is not resolved here.
     *
     * @throws IllegalArgumentException that says what is wrong and what is allowed
     */
    static SocketAddress parse(String url) {
        int colon = url.indexOf("://");
        if (colon < 1) {
            throw wrong(url, "it has no scheme");
        }
        String rest = url.substring(colon + "://".length());
        return switch (url.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "tcp" -> tcp(url, rest);
            case "unix" -> unix(url, rest);
            case "tls" -> throw wrong(url, "tls:// comes with TLS, which is not there yet");
            default -> throw wrong(url, "its scheme is not known");
        };
    }

    private static SocketAddress tcp(String url, String rest) {
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
