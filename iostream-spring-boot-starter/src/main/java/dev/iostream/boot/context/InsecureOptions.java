package dev.iostream.boot.context;

import dev.iostream.boot.ServerBinding;
import dev.iostream.client.TCPClient;
import dev.iostream.tls.TlsOptions;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** What is set so that strangers could read, change or reach more than they should, in words for an operator. */
public final class InsecureOptions {
    private InsecureOptions() {}

    /** Those of a server: none for one that is encrypted, or listens at chosen addresses only. */
    public static List<String> of(ServerBinding binding) {
        boolean open = binding.server().tlsOptions() == null
                && binding.addresses().stream().anyMatch(InsecureOptions::isWildcard);
        return open ? List.of("listens on all interfaces without TLS") : List.of();
    }

    /** Those of a client: none for one that is plain, since nobody takes it for anything else. */
    public static List<String> of(TCPClient client) {
        TlsOptions tls = client.tlsOptions();
        if (tls == null || (tls.verify() && tls.verifyHostname())) {
            return List.of();
        }
        return List.of(
                tls.verify() ? "does not verify the server's host name" : "does not verify the server's certificate");
    }

    private static boolean isWildcard(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                && internet.getAddress() != null
                && internet.getAddress().isAnyLocalAddress();
    }
}
