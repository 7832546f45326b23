package dev.iostream.boot.autoconfigure;

import dev.iostream.dns.HostAndPort;
import dev.iostream.dns.IpLiteral;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;

/** Addresses as properties tell them. */
final class Addresses {
    private static final String UNIX = "unix:";

    private Addresses() {}

    /** Whether it is the path of a Unix-domain socket. */
    static boolean isUnix(String text) {
        return text.startsWith(UNIX);
    }

    /**
     * An address to listen at, or to connect from: an IP address, a name, or {@code unix:} and a path.
     *
     * @throws IllegalArgumentException that says how it is written
     */
    static SocketAddress local(String text, int port) {
        if (isUnix(text)) {
            return unix(text);
        }
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        String host = brackets ? text.substring(1, text.length() - 1) : text;
        if (IpLiteral.isLiteral(host)) {
            try {
                return new InetSocketAddress(IpLiteral.parse(host), port);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("its scope is not an interface of this machine", e);
            }
        }
        if (host.isBlank() || host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("it must be an IP address, a name that has one, or unix: and a path;"
                    + " the port is a property of its own");
        }
        return InetSocketAddress.createUnresolved(host, port);
    }

    /**
     * An address to connect to: {@code host:port}, or {@code unix:} and a path.
     *
     * @throws IllegalArgumentException that says how it is written
     */
    static SocketAddress target(String text) {
        return isUnix(text) ? unix(text) : HostAndPort.parse(text).unresolved();
    }

    private static SocketAddress unix(String text) {
        String path = text.substring(UNIX.length());
        if (path.isBlank()) {
            throw new IllegalArgumentException("the path is missing after unix:");
        }
        try {
            return UnixDomainSocketAddress.of(path);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("what follows unix: is not a path", e);
        }
    }
}
