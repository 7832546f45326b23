package dev.iostream.boot;

import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The application's clients by name. They connect while the application context is started.
 *
 * <p>A bean of this type takes the place of the clients under {@code iostream.client}.
 */
public final class IOStreamClients implements Iterable<ClientBinding>, AutoCloseable {
    private final Map<String, ClientBinding> clients = new LinkedHashMap<>();

    /** These clients, in this order; no two of the same name. */
    public IOStreamClients(Collection<ClientBinding> clients) {
        for (ClientBinding binding : clients) {
            if (this.clients.put(binding.name(), binding) != null) {
                throw new IllegalArgumentException("There are two clients named '" + binding.name() + "'");
            }
        }
    }

    /** The names of all clients, in their order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(clients.keySet());
    }

    /**
     * The client of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public TCPClient get(String name) {
        return binding(name).client();
    }

    /**
     * The connection of the client of that name that is made again whenever it is lost, the same one each time.
     *
     * @throws IllegalArgumentException when there is no such client
     */
    public SupervisedConnection connection(String name) {
        return binding(name).connection();
    }

    private ClientBinding binding(String name) {
        ClientBinding binding = clients.get(name);
        if (binding == null) {
            throw new IllegalArgumentException("There is no client named '" + name + "', only " + clients.keySet());
        }
        return binding;
    }

    @Override
    public Iterator<ClientBinding> iterator() {
        return Collections.unmodifiableCollection(clients.values()).iterator();
    }

    /** Closes all clients for good. */
    @Override
    public void close() {
        clients.values().forEach(binding -> binding.client().close());
    }

    @Override
    public String toString() {
        return "IOStreamClients" + clients.keySet();
    }
}
