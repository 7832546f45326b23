package dev.iostream.boot.context;

import dev.iostream.boot.IOStreamServerStartedEvent;
import dev.iostream.boot.IOStreamServers;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * Sets {@code local.iostream.server.<name>.port} to the port that a server listens at, if it has one, and {@code
 * local.iostream.server.port} too when there is just one server, here and in all parent contexts.
 */
public final class ServerPortListener implements ApplicationListener<IOStreamServerStartedEvent> {
    /** The property source that Spring Boot's own servers use for the same purpose. */
    private static final String SOURCE = "server.ports";

    private final ApplicationContext context;
    private final IOStreamServers servers;

    /** Sets the properties in the environment of that context. */
    public ServerPortListener(ApplicationContext context, IOStreamServers servers) {
        this.context = context;
        this.servers = servers;
    }

    @Override
    public void onApplicationEvent(IOStreamServerStartedEvent event) {
        for (SocketAddress address : event.getAddresses()) {
            if (address instanceof InetSocketAddress internet) {
                set(event.getServerName(), internet.getPort());
                return;
            }
        }
    }

    private void set(String server, int port) {
        setProperty("local.iostream.server." + server + ".port", port);
        if (servers.names().size() == 1) {
            setProperty("local.iostream.server.port", port);
        }
    }

    private void setProperty(String property, int port) {
        for (ApplicationContext each = context; each != null; each = each.getParent()) {
            if (each.getEnvironment() instanceof ConfigurableEnvironment environment) {
                ports(environment.getPropertySources()).put(property, port);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> ports(MutablePropertySources sources) {
        @Nullable PropertySource<?> source = sources.get(SOURCE);
        if (source == null) {
            source = new MapPropertySource(SOURCE, new HashMap<>());
            sources.addFirst(source);
        }
        return (Map<String, Object>) source.getSource();
    }
}
