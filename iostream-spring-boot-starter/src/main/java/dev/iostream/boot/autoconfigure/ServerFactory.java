package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.ShutdownOptions;
import dev.iostream.boot.TCPServerCustomizer;
import dev.iostream.dns.IpNetworks;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.server.Admission;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.StreamOptions;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Makes servers from properties. */
final class ServerFactory {
    private static final Log LOG = LogFactory.getLog(ServerFactory.class);

    private final IOLoopGroup group;
    private final StreamOptionsFactory streams;
    private final TlsFactory tls;
    private final HandlerBeans handlers;
    private final ConnectionShares shares;
    private final List<TCPServerCustomizer> customizers;

    ServerFactory(
            IOLoopGroup group,
            StreamOptionsFactory streams,
            TlsFactory tls,
            HandlerBeans handlers,
            ConnectionShares shares,
            List<TCPServerCustomizer> customizers) {
        this.group = group;
        this.streams = streams;
        this.tls = tls;
        this.handlers = handlers;
        this.shares = shares;
        this.customizers = customizers;
    }

    /** The server of that name, not listening yet. */
    ServerBinding create(String name, ServerProperties properties) {
        List<SocketAddress> addresses = addresses(name, properties);
        ServerOptions options = customized(name, options(name, properties, addresses));
        warnOfStrangers(name, properties, options);
        // last, so that a customizer can set a listener of its own and does not lose these
        options = options.stream(streams.customized(EndpointRole.SERVER, name, options.stream()));
        var server = new TCPServer(group, handlers.forServer(name), options);
        tls.follow(server, name, properties.getSsl());
        return new ServerBinding(server, addresses, shutdown(properties.getShutdown()));
    }

    private static ShutdownOptions shutdown(ShutdownProperties properties) {
        return new ShutdownOptions(
                properties.getMode() == ShutdownProperties.Mode.GRACEFUL,
                properties.getPreDrainDelay(),
                properties.getGracePeriod());
    }

    private ServerOptions options(String name, ServerProperties properties, List<SocketAddress> addresses) {
        StreamOptions stream = streams.builder(
                        name, properties, property -> IOStreamProperties.ofServer(name, property))
                .build();
        boolean network = addresses.stream().anyMatch(InetSocketAddress.class::isInstance);
        return ServerOptions.builder(name)
                .backlog(properties.getBacklog())
                .maxConnections(shares.of(properties))
                .maxConnectionsPerPeer(
                        properties.getMaxConnectionsPerPeer() == null
                                ? ServerOptions.UNLIMITED
                                : properties.getMaxConnectionsPerPeer())
                .admission(admission(properties))
                .reusePort(properties.isReusePort())
                .fileMode(properties.getFileMode())
                .transport(StreamOptionsFactory.sockets(properties.getTcp(), network))
                .tls(tls.ofServer(name, properties.getSsl()))
                .stream(stream)
                .build();
    }

    private static Admission admission(ServerProperties properties) {
        Admission admission = Admission.defaults()
                .allow(IpNetworks.of(properties.getAllow()))
                .deny(IpNetworks.of(properties.getDeny()))
                .proxyProtocol(proxyProtocol(properties.getProxyProtocol()));
        if (properties.getAcceptRate() != null) {
            int rate = properties.getAcceptRate();
            admission = admission.acceptRate(
                    rate, properties.getAcceptBurst() == null ? rate : properties.getAcceptBurst());
        }
        return properties.getRejectWith() == null ? admission : admission.rejectWith(properties.getRejectWith());
    }

    private static @Nullable ProxyProtocol proxyProtocol(ProxyProtocolProperties properties) {
        if (properties.getTrusted().isEmpty() && !properties.isUnixDomain()) {
            return null;
        }
        return new ProxyProtocol(
                IpNetworks.of(properties.getTrusted()), properties.isUnixDomain(), properties.getHeaderTimeout());
    }

    private ServerOptions customized(String name, ServerOptions options) {
        ServerOptions customized = options;
        for (TCPServerCustomizer customizer : customizers) {
            customized = customizer.customize(name, customized);
            if (!customized.name().equals(name)) {
                throw new IllegalStateException("The options of server '" + name + "' cannot have another name; "
                        + customizer + " returned some named '" + customized.name() + "'");
            }
        }
        return customized;
    }

    private static List<SocketAddress> addresses(String name, ServerProperties properties) {
        int port = properties.getPort() == null ? 0 : properties.getPort();
        return properties.getAddress().isEmpty()
                ? List.of(new InetSocketAddress(port))
                : properties.getAddress().stream()
                        .map(address -> Addresses.local(address, port))
                        .toList();
    }

    private static void warnOfStrangers(String name, ServerProperties properties, ServerOptions options) {
        if (properties.getAddress().isEmpty() && options.tls() == null) {
            LOG.warn("Server '" + name + "' listens on all interfaces and without TLS. Set '"
                    + IOStreamProperties.ofServer(name, "address")
                    + "' to an address of this machine, for example 127.0.0.1, if not all networks are to reach it,"
                    + " or to 0.0.0.0 or :: if they are; or set '" + IOStreamProperties.ofServer(name, "ssl.bundle")
                    + "'.");
        }
    }
}
