package dev.iostream.stream;

import dev.iostream.transport.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** The contract over sockets that take and give a few bytes at once. */
class ChoppedNioStreamTest extends NioStreamTest {
    private static final int MOST = 3000;
    private static final int SOCKET_BUFFER = 16 * 1024;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @RegisterExtension
    final TestExecutionExceptionHandler tellsTheSeed = (context, failure) -> {
        failure.addSuppressed(new AssertionError("The seed was " + seed));
        throw failure;
    };

    @Override
    int much() {
        return 1024 * 1024;
    }

    @Override
    Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) throws IOException {
        try (var listener = ServerSocketChannel.open()) {
            listener.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel near = SocketChannel.open();
            near.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
            near.connect(listener.getLocalAddress());
            return new Pair(stream(near, clientOptions), stream(listener.accept(), serverOptions));
        }
    }

    private IOStream stream(SocketChannel channel, StreamOptions options) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
        return IOStream.over(new ChoppedTransport(Network.over(channel, loop()), random, MOST), loop(), options);
    }
}
