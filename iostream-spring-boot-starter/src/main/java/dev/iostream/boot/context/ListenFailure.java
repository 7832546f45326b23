package dev.iostream.boot.context;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Why a server could not listen, in words that say what to change. */
final class ListenFailure {
    private ListenFailure() {}

    static FailureAnalyzedException of(ServerBinding binding, IOStreamServers servers, IOException cause) {
        String attempt = "Server '" + binding.name() + "' could not listen at " + describe(binding.address()) + ": ";
        String property = "iostream.server." + binding.name() + ".";
        String message = String.valueOf(cause.getMessage());
        if (message.contains("already in use")) {
            return new FailureAnalyzedException(
                    attempt + "the port is in use" + holder(binding, servers) + ".",
                    "Stop what listens there, or set '" + property
                            + "port' to another port. With 0 the system chooses a free one.",
                    cause);
        }
        if (message.contains("Permission denied")) {
            return new FailureAnalyzedException(
                    attempt + "this user may not listen at that port.",
                    "Set '" + property + "port' to 1024 or higher, or give the process the right to use low ports.",
                    cause);
        }
        if (message.contains("assign requested address")) {
            return new FailureAnalyzedException(
                    attempt + "it is not an address of this machine.",
                    "Set '" + property + "address' to one that is, or remove it to listen on all interfaces.",
                    cause);
        }
        return new FailureAnalyzedException(
                attempt + message + ".", "Check '" + property + "address' and '" + property + "port'.", cause);
    }

    /** The application's other server at that port, if it is one. */
    private static String holder(ServerBinding binding, IOStreamServers servers) {
        for (ServerBinding other : servers) {
            for (SocketAddress address : other.server().localAddresses()) {
                if (address instanceof InetSocketAddress internet
                        && internet.getPort() == binding.address().getPort()) {
                    return " by server '" + other.name() + "' of this application";
                }
            }
        }
        return "";
    }

    /** The address as operators write it. */
    static String describe(InetSocketAddress address) {
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
