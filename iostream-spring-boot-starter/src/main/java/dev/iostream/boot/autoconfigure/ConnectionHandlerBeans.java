package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamClient;
import dev.iostream.client.ConnectionHandler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Finds who uses the connection of each client: the bean that {@link IOStreamClient} binds to it. */
final class ConnectionHandlerBeans {
    private final ListableBeanFactory beans;
    private final Map<String, String> bound = new LinkedHashMap<>();

    /**
     * Looks through all handler beans, without making any.
     *
     * @param clients the names that are configured, enabled or not
     * @throws FailureAnalyzedException when a handler is bound to another name, or two to the same
     */
    ConnectionHandlerBeans(ListableBeanFactory beans, Set<String> clients) {
        this.beans = beans;
        for (String bean : beans.getBeanNamesForType(ConnectionHandler.class, true, false)) {
            IOStreamClient binding = ScopedProxies.annotation(beans, bean, IOStreamClient.class);
            if (binding != null && !ScopedProxies.isTarget(bean)) {
                for (String client : binding.value()) {
                    bind(client, bean, clients);
                }
            }
        }
    }

    private void bind(String client, String bean, Set<String> clients) {
        if (!clients.contains(client)) {
            throw new FailureAnalyzedException(
                    "Handler bean '" + bean + "' is bound to client '" + client + "', which is not configured. "
                            + (clients.isEmpty() ? "No client is." : "Configured are: " + Quoted.names(clients) + "."),
                    "Set '" + IOStreamProperties.ofClient(client, "host")
                            + "', or correct the name in @IOStreamClient(\"" + client + "\").");
        }
        String other = bound.put(client, bean);
        if (other != null) {
            throw new FailureAnalyzedException(
                    "Client '" + client + "' has more than one handler: '" + other + "', '" + bean + "'.",
                    "Leave @IOStreamClient(\"" + client + "\") on one of them.");
        }
    }

    /** What makes the handler of that client, or null when it has none. */
    @Nullable
    Supplier<ConnectionHandler> forClient(String client) {
        String bean = bound.get(client);
        return bean == null ? null : () -> beans.getBean(bean, ConnectionHandler.class);
    }
}
