package dev.iostream.boot;

import dev.iostream.server.TCPServer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The application's servers by name. They start to listen when the application context starts, and close with it.
 *
 * <p>A bean of this type takes the place of the servers under {@code iostream.server}.
 */
public final class IOStreamServers implements Iterable<ServerBinding> {
    private final Map<String, ServerBinding> servers = new LinkedHashMap<>();

    /** These servers, in this order; no two of the same name. */
    public IOStreamServers(Collection<ServerBinding> servers) {
        for (ServerBinding binding : servers) {
            if (this.servers.put(binding.name(), binding) != null) {
                throw new IllegalArgumentException("There are two servers named '" + binding.name() + "'");
            }
        }
    }

    /** The names of all servers, in their order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(servers.keySet());
    }

    /**
     * The server of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public TCPServer get(String name) {
        ServerBinding binding = servers.get(name);
        if (binding == null) {
            throw new IllegalArgumentException("There is no server named '" + name + "', only " + servers.keySet());
        }
        return binding.server();
    }

    /**
     * The port that the server of that name listens at.
     *
     * @throws IllegalArgumentException when there is no such server
     * @throws IllegalStateException when it does not listen, or only at Unix-domain sockets
     */
    public int port(String name) {
        List<SocketAddress> addresses = get(name).localAddresses();
        for (SocketAddress address : addresses) {
            if (address instanceof InetSocketAddress internet) {
                return internet.getPort();
            }
        }
        throw new IllegalStateException("Server '" + name + "' "
                + (addresses.isEmpty()
                        ? "does not listen; it does while the context is started"
                        : "has no port; it listens at " + addresses));
    }

    @Override
    public Iterator<ServerBinding> iterator() {
        return Collections.unmodifiableCollection(servers.values()).iterator();
    }

    @Override
    public String toString() {
        return "IOStreamServers" + servers.keySet();
    }
}
