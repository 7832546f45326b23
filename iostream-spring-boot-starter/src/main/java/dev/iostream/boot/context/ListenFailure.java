package dev.iostream.boot.context;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.event.Errno;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Why a server could not listen, in words that say what to change. */
final class ListenFailure {
    private ListenFailure() {}

    static FailureAnalyzedException of(ServerBinding binding, IOStreamServers servers, IOException cause) {
        String attempt = "Server '" + binding.name() + "' could not listen at " + describe(binding.addresses()) + ": ";
        String property = "iostream.server." + binding.name() + ".";
        boolean ports = binding.addresses().stream().anyMatch(InetSocketAddress.class::isInstance);
        return switch (Errno.of(cause)) {
            case Errno.EADDRINUSE ->
                ports
                        ? new FailureAnalyzedException(
                                attempt + "the port is in use" + holder(binding, servers) + ".",
                                "Stop what listens there, or set '" + property
                                        + "port' to another port. With 0 the system chooses a free one.",
                                cause)
                        : new FailureAnalyzedException(
                                attempt + "somebody listens there already.",
                                "Stop it, or set '" + property + "address' to another path.",
                                cause);
            case Errno.EACCES ->
                ports
                        ? new FailureAnalyzedException(
                                attempt + "this user may not listen at that port.",
                                "Set '" + property
                                        + "port' to 1024 or higher, or give the process the right to use low ports.",
                                cause)
                        : new FailureAnalyzedException(
                                attempt + "this user may not make a file there.",
                                "Set '" + property + "address' to a path in a folder that the process may write to.",
                                cause);
            case Errno.EADDRNOTAVAIL ->
                new FailureAnalyzedException(
                        attempt + "it is not an address of this machine.",
                        "Set '" + property + "address' to one that is, or remove it to listen on all interfaces.",
                        cause);
            case Errno.EAI_NONAME, Errno.EAI_AGAIN ->
                new FailureAnalyzedException(
                        attempt + "the name has no address.",
                        "Set '" + property + "address' to an IP address of this machine, or to a name that has one.",
                        cause);
            case Errno.ENOENT ->
                new FailureAnalyzedException(
                        attempt + "there is no such folder.",
                        "Make the folder, or set '" + property + "address' to a path in another.",
                        cause);
            default ->
                new FailureAnalyzedException(
                        attempt + cause.getMessage() + ".",
                        "Check '" + property + "address' and '" + property + "port'.",
                        cause);
        };
    }

    /** The application's other server at that port, if it is one. */
    private static String holder(ServerBinding binding, IOStreamServers servers) {
        for (ServerBinding other : servers) {
            for (SocketAddress address : other.server().localAddresses()) {
                if (binding.addresses().stream().anyMatch(wanted -> samePort(wanted, address))) {
                    return " by server '" + other.name() + "' of this application";
                }
            }
        }
        return "";
    }

    private static boolean samePort(SocketAddress wanted, SocketAddress taken) {
        return wanted instanceof InetSocketAddress one
                && taken instanceof InetSocketAddress other
                && one.getPort() == other.getPort();
    }

    /** The addresses as operators write them. */
    static String describe(List<SocketAddress> addresses) {
        return addresses.stream().map(ListenFailure::describe).collect(Collectors.joining(" and "));
    }

    private static String describe(SocketAddress any) {
        if (!(any instanceof InetSocketAddress address)) {
            return "unix:" + any;
        }
        if (address.getAddress() == null) {
            return address.getHostString() + ":" + address.getPort();
        }
        if (address.getAddress().isAnyLocalAddress()) {
            return "port " + address.getPort() + " on all interfaces";
        }
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
