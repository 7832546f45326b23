package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamServer;
import dev.iostream.server.StreamHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * Finds the handler of each server: the bean that {@link IOStreamServer} binds to it, else the bean of the server's name,
 * else, when one server is configured, the only {@link StreamHandler} there is.
 */
final class HandlerBeans {
    private final ListableBeanFactory beans;
    private final Set<String> servers;
    private final Map<String, List<String>> bound = new LinkedHashMap<>();
    private final List<String> unbound = new ArrayList<>();

    /**
     * Looks through all handler beans, without making any.
     *
     * @param servers the names that are configured, enabled or not
     * @throws FailureAnalyzedException when a handler is bound to another name
     */
    HandlerBeans(ListableBeanFactory beans, Set<String> servers) {
        this.beans = beans;
        this.servers = servers;
        for (String bean : beans.getBeanNamesForType(StreamHandler.class, true, false)) {
            IOStreamServer binding = beans.findAnnotationOnBean(bean, IOStreamServer.class, false);
            if (binding == null) {
                unbound.add(bean);
            } else {
                for (String server : binding.value()) {
                    requireConfigured(server, bean);
                    bound.computeIfAbsent(server, unused -> new ArrayList<>()).add(bean);
                }
            }
        }
    }

    private void requireConfigured(String server, String bean) {
        if (!servers.contains(server)) {
            throw new FailureAnalyzedException(
                    "Handler bean '" + bean + "' is bound to server '" + server + "', which is not configured. "
                            + (servers.isEmpty() ? "No server is." : "Configured are: " + Quoted.names(servers) + "."),
                    "Set '" + IOStreamProperties.ofServer(server, "port")
                            + "', or correct the name in @IOStreamServer(\"" + server + "\").");
        }
    }

    /** The handler of that server. Its bean is not made yet, since it may ask for the servers. */
    StreamHandler forServer(String server) {
        String bean = nameFor(server);
        return beans.isSingleton(bean) ? new SharedHandlerBean(beans, bean) : new HandlerBeanOfEachStream(beans, bean);
    }

    private String nameFor(String server) {
        List<String> candidates = bound.getOrDefault(server, List.of());
        if (candidates.size() > 1) {
            throw new FailureAnalyzedException(
                    "Server '" + server + "' has more than one handler: " + Quoted.names(candidates) + ".",
                    "Leave @IOStreamServer(\"" + server + "\") on one of them.");
        }
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (unbound.contains(server)) {
            return server;
        }
        if (servers.size() == 1 && unbound.size() == 1) {
            return unbound.get(0);
        }
        throw new FailureAnalyzedException(
                "Server '" + server + "' has no handler. "
                        + (unbound.isEmpty()
                                ? "There is no StreamHandler bean that is not bound to another server."
                                : "StreamHandler beans that are not bound to a server: " + Quoted.names(unbound) + "."),
                "Annotate a StreamHandler bean with @IOStreamServer(\"" + server + "\"), or set '"
                        + IOStreamProperties.ofServer(server, "enabled") + "' to false.");
    }
}
