package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The system's sockets. */
final class NioNetwork implements Network {
    static final NioNetwork INSTANCE = new NioNetwork(SelectorProvider.provider());

    private final SelectorProvider provider;

    NioNetwork(SelectorProvider provider) {
        this.provider = provider;
    }

    @Override
    public Transport connect(
            SocketAddress address, @Nullable SocketAddress source, TransportOptions options, IOLoop loop)
            throws IOException {
        SocketChannel channel = address instanceof UnixDomainSocketAddress
                ? provider.openSocketChannel(StandardProtocolFamily.UNIX)
                : provider.openSocketChannel();
        try {
            options.apply(channel);
            if (source != null) {
                channel.bind(source);
            }
            return new NioTransport(channel, loop, List.of(address));
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Acceptor listen(SocketAddress address, ListenOptions options, IOLoop loop, Slots slots) throws IOException {
        if (address instanceof UnixDomainSocketAddress unix) {
            return SocketFile.listen(provider, unix, options, loop, slots);
        }
        if (address instanceof InetSocketAddress internet && internet.isUnresolved()) {
            throw new BindException("Could not listen at " + internet.getHostString() + ":" + internet.getPort()
                    + ": the name is not known; give an address of this machine");
        }
        ServerSocketChannel channel = open(options.family());
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (options.reusePort()) {
                setReusePort(channel, address);
            }
            options.transport().applyToListener(channel);
            channel.bind(address, options.backlog());
            return NioAcceptor.start(channel, null, options, loop, slots);
        } catch (UnsupportedAddressTypeException e) {
            channel.close();
            var unsupported = new BindException("This machine has no address of the kind of " + address);
            unsupported.initCause(e);
            throw unsupported;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** An IPv6 channel takes IPv4 as well, and Java cannot make it not to: only one of IPv4 takes that alone. */
    private ServerSocketChannel open(@Nullable ProtocolFamily family) throws IOException {
        return family == StandardProtocolFamily.INET
                ? provider.openServerSocketChannel(family)
                : provider.openServerSocketChannel();
    }

    private static void setReusePort(ServerSocketChannel channel, SocketAddress address) throws IOException {
        if (!channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            throw new UnsupportedOperationException("Could not listen at " + address
                    + " with reusePort: this system has no SO_REUSEPORT; listen without it");
        }
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    }
}
