package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.function.Consumer;
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
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Acceptor listen(
            SocketAddress address,
            int backlog,
            TransportOptions options,
            IOLoop loop,
            Placement placement,
            Consumer<Accepted> accepted)
            throws IOException {
        if (address instanceof InetSocketAddress internet && internet.isUnresolved()) {
            throw new BindException("Could not listen at " + internet.getHostString() + ":" + internet.getPort()
                    + ": the name is not known; give an address of this machine");
        }
        ServerSocketChannel channel = provider.openServerSocketChannel();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            options.applyToListener(channel);
            channel.bind(address, backlog);
            var acceptor = new NioAcceptor(channel, options, loop, placement, accepted);
            acceptor.start();
            return acceptor;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
