package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.boot.TCPServerCustomizer;
import dev.iostream.event.Endpoint;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.Limit;
import dev.iostream.stream.StreamOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Makes servers from properties: what a server does not set it takes from the global properties, then from core. */
final class ServerFactory {
    private static final Log LOG = LogFactory.getLog(ServerFactory.class);

    private final IOStreamProperties properties;
    private final IOLoopGroup group;
    private final HandlerBeans handlers;
    private final List<TCPServerCustomizer> customizers;
    private final StreamOptionsCustomizer streams;

    ServerFactory(
            IOStreamProperties properties,
            IOLoopGroup group,
            HandlerBeans handlers,
            List<TCPServerCustomizer> customizers,
            StreamOptionsCustomizer streams) {
        this.properties = properties;
        this.group = group;
        this.handlers = handlers;
        this.customizers = customizers;
        this.streams = streams;
    }

    /** All servers that are enabled. */
    List<ServerBinding> createAll() {
        List<ServerBinding> servers = new ArrayList<>();
        properties.getServer().forEach((name, server) -> {
            if (server.isEnabled()) {
                servers.add(create(name, server));
            }
        });
        return servers;
    }

    private ServerBinding create(String name, IOStreamProperties.Server server) {
        ServerOptions options = customized(name, options(name, server));
        // last, so that a customizer can set a listener of its own and does not lose these
        options = options.stream(streams.customize(EndpointRole.SERVER, name, options.stream()));
        return new ServerBinding(new TCPServer(group, handlers.forServer(name), options), address(name, server));
    }

    private ServerOptions options(String name, IOStreamProperties.Server server) {
        StreamOptions stream = StreamOptions.builder()
                .endpoint(new Endpoint(name))
                .maxBufferSize(maxBufferSize(name, server))
                .maxWriteBufferSize(maxWriteBufferSize(name, server))
                .firstByteTimeout(unlessZero(server.getFirstByteTimeout()))
                .readTimeout(unlessZero(server.getReadTimeout()))
                .idleTimeout(unlessZero(server.getIdleTimeout()))
                .writeStallTimeout(unlessZero(server.getWriteStallTimeout()))
                .closeTimeout(server.getCloseTimeout())
                .build();
        return ServerOptions.named(name).backlog(server.getBacklog()).stream(stream);
    }

    /** Core says null for no limit; in properties, where a default has to be taken back, it is 0. */
    private static @Nullable Duration unlessZero(@Nullable Duration timeout) {
        return timeout == null || timeout.isZero() ? null : timeout;
    }

    private Limit maxBufferSize(String name, IOStreamProperties.Server server) {
        Limit own = limit(server.getMaxBufferSize(), IOStreamProperties.ofServer(name, "max-buffer-size"));
        return own != null ? own : limitOf(properties.getMaxBufferSize(), "iostream.max-buffer-size");
    }

    private Limit maxWriteBufferSize(String name, IOStreamProperties.Server server) {
        Limit own = limit(server.getMaxWriteBufferSize(), IOStreamProperties.ofServer(name, "max-write-buffer-size"));
        if (own == null) {
            own = limit(properties.getMaxWriteBufferSize(), "iostream.max-write-buffer-size");
        }
        return own != null ? own : maxBufferSize(name, server);
    }

    private static @Nullable Limit limit(@Nullable DataSize size, String property) {
        return size == null ? null : limitOf(size, property);
    }

    private static Limit limitOf(DataSize size, String property) {
        return new Limit(size.toBytes(), property);
    }

    private ServerOptions customized(String name, ServerOptions options) {
        for (TCPServerCustomizer customizer : customizers) {
            options = customizer.customize(name, options);
            if (!options.name().equals(name)) {
                throw new IllegalStateException("The options of server '" + name + "' cannot have another name; "
                        + customizer + " returned some named '" + options.name() + "'");
            }
        }
        return options;
    }

    private static InetSocketAddress address(String name, IOStreamProperties.Server server) {
        Integer port = server.getPort();
        if (port == null) {
            throw new IllegalStateException("'" + IOStreamProperties.ofServer(name, "port") + "' must be set");
        }
        if (server.getAddress() != null) {
            return new InetSocketAddress(server.getAddress(), port);
        }
        LOG.warn("Server '" + name + "' listens on all interfaces and without TLS. Set '"
                + IOStreamProperties.ofServer(name, "address")
                + "' to an address of this machine, for example 127.0.0.1, if not all networks are to reach it,"
                + " or to 0.0.0.0 or :: if they are.");
        return new InetSocketAddress(port);
    }
}
