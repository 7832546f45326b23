package dev.iostream.transport;

import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.function.Consumer;

/** The system's sockets. */
final class NioNetwork implements Network {
    static final NioNetwork INSTANCE = new NioNetwork(SelectorProvider.provider());

    private final SelectorProvider provider;

    NioNetwork(SelectorProvider provider) {
        this.provider = provider;
    }

    @Override
    public Acceptor listen(
            SocketAddress address, int backlog, IOLoop loop, Placement placement, Consumer<Accepted> accepted)
            throws IOException {
        if (address instanceof InetSocketAddress internet && internet.isUnresolved()) {
            throw new BindException("Could not listen at " + internet.getHostString() + ":" + internet.getPort()
                    + ": the name is not known; give an address of this machine");
        }
        ServerSocketChannel channel = provider.openServerSocketChannel();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(address, backlog);
            var acceptor = new NioAcceptor(channel, loop, placement, accepted);
            acceptor.start();
            return acceptor;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
