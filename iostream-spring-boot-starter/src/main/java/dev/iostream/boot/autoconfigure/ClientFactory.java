package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.IOStreamConnectionDetails;
import dev.iostream.boot.TCPClientCustomizer;
import dev.iostream.client.ConnectionHandler;
import dev.iostream.client.ReconnectPolicy;
import dev.iostream.client.TCPClient;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.StreamOptions;
import dev.iostream.transport.DialOptions;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/** Makes clients from properties. */
final class ClientFactory {
    private final IOLoopGroup group;
    private final StreamOptionsFactory streams;
    private final TlsFactory tls;
    private final ConnectionHandlerBeans handlers;
    private final List<IOStreamConnectionDetails> details;
    private final List<TCPClientCustomizer> customizers;

    ClientFactory(
            IOLoopGroup group,
            StreamOptionsFactory streams,
            TlsFactory tls,
            ConnectionHandlerBeans handlers,
            List<IOStreamConnectionDetails> details,
            List<TCPClientCustomizer> customizers) {
        this.group = group;
        this.streams = streams;
        this.tls = tls;
        this.handlers = handlers;
        this.details = details;
        this.customizers = customizers;
    }

    /** The client of that name, connecting to nothing yet. */
    ClientBinding create(String name, ClientProperties properties) {
        List<SocketAddress> targets = targets(name, properties);
        TCPClient.Builder builder = TCPClient.builder(group).name(name).stream(options(name, properties, targets))
                .reconnect(policy(properties.getReconnect()))
                .tls(tls.ofClient(name, properties.getSsl()));
        targets.forEach(builder::target);
        for (TCPClientCustomizer customizer : customizers) {
            customizer.customize(name, builder);
        }
        // last, so that a customizer can set a listener of its own and does not lose these
        TCPClient client = builder.stream(streams.customized(EndpointRole.CLIENT, name, builder.stream()))
                .name(name)
                .build();
        tls.follow(client, name, properties.getSsl());
        Supplier<ConnectionHandler> handler = handlers.forClient(name);
        boolean eager = properties.getEager() != null ? properties.getEager() : handler != null;
        return new ClientBinding(client, handler != null ? handler : () -> stream -> {}, eager);
    }

    private List<SocketAddress> targets(String name, ClientProperties properties) {
        for (IOStreamConnectionDetails each : details) {
            List<SocketAddress> known = each.getTargets(name);
            if (known != null) {
                return known;
            }
        }
        List<SocketAddress> targets = new ArrayList<>();
        properties.getTargets().forEach(target -> targets.add(Addresses.target(target)));
        if (properties.getHost() != null && properties.getPort() != null) {
            targets.add(InetSocketAddress.createUnresolved(properties.getHost(), properties.getPort()));
        }
        if (targets.isEmpty()) {
            throw new FailureAnalyzedException(
                    "Client '" + name + "' has nothing to connect to.",
                    "Set '" + IOStreamProperties.ofClient(name, "host") + "' and '"
                            + IOStreamProperties.ofClient(name, "port") + "', or '"
                            + IOStreamProperties.ofClient(name, "targets") + "', or '"
                            + IOStreamProperties.ofClient(name, "enabled") + "' to false.");
        }
        return targets;
    }

    private StreamOptions options(String name, ClientProperties properties, List<SocketAddress> targets) {
        StreamOptions options = streams.builder(
                        name, properties, property -> IOStreamProperties.ofClient(name, property))
                .build();
        boolean network = targets.stream().anyMatch(InetSocketAddress.class::isInstance);
        DialOptions dial = options.dial()
                .connectTimeout(properties.getConnectTimeout())
                .transport(StreamOptionsFactory.sockets(properties.getTcp(), network))
                .source(source(properties));
        return options.toBuilder().dial(dial).build();
    }

    private static @Nullable SocketAddress source(ClientProperties properties) {
        return properties.getLocalAddress() == null ? null : Addresses.local(properties.getLocalAddress(), 0);
    }

    private static ReconnectPolicy policy(ReconnectProperties properties) {
        return new ReconnectPolicy(
                properties.getInitialDelay(),
                properties.getMaxDelay(),
                properties.getMultiplier(),
                properties.getJitter(),
                properties.getResetAfter(),
                properties.getLogInTimeout(),
                properties.getMaxAttempts());
    }
}
