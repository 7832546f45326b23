package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamServer;
import dev.iostream.boot.listener.ListenerMethods;
import dev.iostream.server.StreamHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * Finds the handler of each server: the bean that {@link IOStreamServer} binds to it, or the method that listens to it; else
 * the bean of the server's name, else, when one server is configured, the only {@link StreamHandler} there is.
 */
final class HandlerBeans {
    private final ListableBeanFactory beans;
    private final Set<String> servers;
    private final ListenerMethods listeners;
    private final Map<String, List<String>> bound = new LinkedHashMap<>();
    private final List<String> unbound = new ArrayList<>();

    /**
     * Looks through all handler beans, without making any.
     *
     * @param servers the names that are configured, enabled or not
     * @param listeners the methods that listen to servers
     * @throws FailureAnalyzedException when a handler is bound to another name, or a method listens to one
     */
    HandlerBeans(ListableBeanFactory beans, Set<String> servers, ListenerMethods listeners) {
        this.beans = beans;
        this.servers = servers;
        this.listeners = listeners;
        for (String bean : beans.getBeanNamesForType(StreamHandler.class, true, false)) {
            if (ScopedProxies.isTarget(bean)) {
                continue;
            }
            IOStreamServer binding = ScopedProxies.annotation(beans, bean, IOStreamServer.class);
            if (binding == null) {
                unbound.add(bean);
            } else {
                for (String server : binding.value()) {
                    requireConfigured(
                            server, "Handler bean '" + bean + "' is bound to", "@IOStreamServer(\"" + server + "\")");
                    bound.computeIfAbsent(server, unused -> new ArrayList<>()).add(bean);
                }
            }
        }
        for (String server : listeners.servers()) {
            requireConfigured(
                    server,
                    "Method " + String.join(" and method ", listeners.describe(server)) + " listens to",
                    "@StreamListener(server = \"" + server + "\")");
        }
    }

    private void requireConfigured(String server, String subject, String annotation) {
        if (!servers.contains(server)) {
            throw new FailureAnalyzedException(
                    subject + " server '" + server + "', which is not configured. "
                            + (servers.isEmpty() ? "No server is." : "Configured are: " + Quoted.names(servers) + "."),
                    "Set '" + IOStreamProperties.ofServer(server, "port") + "', or correct the name in " + annotation
                            + ".");
        }
    }

    /** The handler of that server. Its bean is not made yet, since it may ask for the servers. */
    StreamHandler forServer(String server) {
        List<String> candidates = new ArrayList<>(bound.getOrDefault(server, List.of()));
        List<String> methods = listeners.describe(server);
        candidates.addAll(methods);
        if (candidates.size() > 1) {
            throw new FailureAnalyzedException(
                    moreThanOne(server, candidates),
                    "Leave one of them, and remove @IOStreamServer(\"" + server + "\") or @StreamListener(server = \""
                            + server + "\") from the others.");
        }
        if (methods.size() == 1) {
            if (unbound.contains(server)) {
                throw new FailureAnalyzedException(
                        moreThanOne(server, List.of(methods.get(0), server)),
                        "Leave one of them: remove @StreamListener(server = \"" + server
                                + "\") from the method, or give the bean '" + server + "' another name.");
            }
            return listeners.handler(server);
        }
        String bean = candidates.size() == 1 ? candidates.get(0) : unboundFor(server);
        return beans.isSingleton(bean) ? new SharedHandlerBean(beans, bean) : new HandlerBeanOfEachStream(beans, bean);
    }

    private static String moreThanOne(String server, List<String> handlers) {
        return "Server '" + server + "' has more than one handler: " + Quoted.names(handlers) + ".";
    }

    private String unboundFor(String server) {
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
                "Annotate a StreamHandler bean with @IOStreamServer(\"" + server
                        + "\"), or a method with @StreamListener(server = \"" + server + "\"), or set '"
                        + IOStreamProperties.ofServer(server, "enabled") + "' to false.");
    }
}
