package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamClients;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.env.Environment;

/**
 * Makes beans of each client under {@code iostream.client.<name>} that is enabled: {@code <name>TCPClient}, and {@code
 * <name>SupervisedConnection} for whoever asks for it. The names are read when the context starts, also from code that was
 * generated ahead of time.
 */
final class ClientBeans implements BeanRegistrar {
    private static final String CLIENT = "TCPClient";
    private static final String CONNECTION = "SupervisedConnection";

    /** What follows the name of a client in the names of its beans. */
    static final List<String> SUFFIXES = List.of(CLIENT, CONNECTION);

    @Override
    public void register(BeanRegistry registry, Environment environment) {
        Map<String, ClientProperties> clients = Binder.get(environment)
                .bind("iostream.client", Bindable.mapOf(String.class, ClientProperties.class))
                .orElseGet(Map::of);
        clients.forEach((name, properties) -> {
            if (properties.isEnabled()) {
                register(registry, name);
            }
        });
    }

    private static void register(BeanRegistry registry, String name) {
        registry.registerBean(
                name + CLIENT,
                TCPClient.class,
                spec -> spec.description("Client '" + name + "' of iostream.client")
                        .supplier(context -> client(context.bean(IOStreamClients.class), name)));
        // lazy, since not every client is to keep a connection
        registry.registerBean(
                name + CONNECTION,
                SupervisedConnection.class,
                spec -> spec.lazyInit()
                        .description("Connection of client '" + name + "' of iostream.client")
                        .supplier(context -> context.bean(IOStreamClients.class).connection(name)));
    }

    /** The client of that name, which clients of the application's own need not have. */
    private static TCPClient client(IOStreamClients clients, String name) {
        if (!clients.names().contains(name)) {
            throw new FailureAnalyzedException(
                    "Client '" + name + "' is configured, but the bean of type IOStreamClients has none of that name.",
                    "Remove 'iostream.client." + name + "', set '" + IOStreamProperties.ofClient(name, "enabled")
                            + "' to false, or give the bean a client of that name.");
        }
        return clients.get(name);
    }
}
