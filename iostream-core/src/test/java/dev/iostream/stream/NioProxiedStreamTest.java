package dev.iostream.stream;

import dev.iostream.proxy.ProxiedTransport;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocolException;
import dev.iostream.transport.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** The contract over sockets on which a PROXY header has come first. */
class NioProxiedStreamTest extends NioStreamTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ProxyHeader HEADER =
            ProxyHeader.of(new InetSocketAddress("192.0.2.1", 51234), new InetSocketAddress("198.51.100.2", 443));

    @Override
    Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) throws IOException {
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel near = SocketChannel.open(listener.getLocalAddress());
            near.write(ByteBuffer.wrap(HEADER.encodeV2()));
            var introduced = new Introduced();
            var proxied = new ProxiedTransport(Network.over(listener.accept(), loop()), loop(), LIMIT, introduced);
            IOStream far = IOStream.over(proxied, loop(), serverOptions);
            runUntil(() -> introduced.header != null);
            return new Pair(new IOStream(near, loop(), clientOptions), far);
        }
    }

    private static final class Introduced implements ProxiedTransport.Introduction {
        ProxyHeader header;

        @Override
        public void introduced(ProxyHeader told) {
            header = told;
        }

        @Override
        public void failed(ProxyProtocolException why) {
            throw new AssertionError(why);
        }
    }
}
