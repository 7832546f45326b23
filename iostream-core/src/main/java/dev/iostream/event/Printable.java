package dev.iostream.event;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What peers or users gave, made safe to show in messages and logs, where it must not look like anything else. */
public final class Printable {
    private static final int LONGEST_QUOTED = 32;
    private static final int LONGEST_PATH = 108;

    private Printable() {}

    /** In double quotes, with every character but plain ASCII escaped, cut after 32. */
    public static String quoted(String text) {
        return "\"" + escaped(text, LONGEST_QUOTED) + "\"";
    }

    /** With every character but plain ASCII escaped, and quotes and backslashes too; cut after so many characters. */
    public static String escaped(String text, int longest) {
        var shown = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), longest); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                case '"', '\\' -> shown.append('\\').append(c);
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        shown.append(c);
                    } else {
                        shown.append(String.format(c > 0xFF ? "\\u%04X" : "\\x%02X", (int) c));
                    }
                }
            }
        }
        return shown.append(text.length() > longest ? "…" : "").toString();
    }

    /**
     * An address as operators write it: {@code 10.0.0.1:80}, {@code [0:0:0:0:0:0:0:1]:80} (RFC 3986, section 3.2.2), a name and its
     * port, or {@code unix:} and a path; {@code unknown} for null.
     */
    public static String address(@Nullable SocketAddress address) {
        if (address == null) {
            return "unknown";
        }
        if (!(address instanceof InetSocketAddress internet)) {
            return "unix:" + escaped(address.toString(), LONGEST_PATH);
        }
        InetAddress resolved = internet.getAddress();
        if (resolved == null) {
            return escaped(internet.getHostString(), LONGEST_PATH) + ":" + internet.getPort();
        }
        String host = resolved.getHostAddress();
        return (resolved instanceof Inet6Address ? "[" + host + "]" : host) + ":" + internet.getPort();
    }
}
