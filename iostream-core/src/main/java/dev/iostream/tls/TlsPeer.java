package dev.iostream.tls;

import java.net.IDN;
import java.net.SocketAddress;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import org.jspecify.annotations.Nullable;

/**
 * Whom TLS is spoken with, as far as that was said.
 *
 * @param host the name or address that the certificate is to be for, in ASCII, without a trailing dot or a zone; or null
 * @param dialled what the user asked for, for messages; or null
 * @param port 0 when it is not known
 */
record TlsPeer(@Nullable String host, @Nullable String dialled, int port) {
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");

    static TlsPeer of(TlsOptions options, @Nullable String host, int port) {
        String expected = options.serverName() == null ? host : options.serverName();
        return new TlsPeer(expected == null ? null : canonical(expected), host, port);
    }

    private static String canonical(String host) {
        int zone = host.indexOf('%');
        if (zone >= 0) {
            return host.substring(0, zone);
        }
        String ascii = ascii(host);
        return ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
    }

    /** Names of other letters as certificates and clients write them (RFC 5890). */
    private static String ascii(String host) {
        try {
            return IDN.toASCII(host);
        } catch (IllegalArgumentException e) {
            // no such name, and it will not be found in any certificate either
            return host;
        }
    }

    static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || DIGITS_AND_DOTS.matcher(host).matches();
    }

    /** What the client tells the server it wants to reach: nothing for an address (RFC 6066, section 3). */
    List<SNIServerName> serverNames() {
        if (host == null || isAddress(host)) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(host));
        } catch (IllegalArgumentException e) {
            // a name that works in a local network, with an underscore for example, but is no host name
            return List.of();
        }
    }

    /** For messages: what was dialled and what the certificate has to be for, or the peer's address. */
    String text(@Nullable SocketAddress address) {
        if (dialled != null && host != null) {
            String destination = dialled.indexOf(':') < 0 ? dialled : "[" + dialled + "]";
            String text = port > 0 ? destination + ":" + port : destination;
            return canonical(dialled).equals(host) ? text : text + " as " + host;
        }
        return address == null ? "the peer" : Words.printable(address.toString());
    }
}
