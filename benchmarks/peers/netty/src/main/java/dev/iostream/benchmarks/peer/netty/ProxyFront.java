package dev.iostream.benchmarks.peer.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;

/** The accepted side of a proxy: connects to the other side on the same loop, and reads only when that stands. */
final class ProxyFront extends Closing {
    private final InetSocketAddress upstream;

    ProxyFront(InetSocketAddress upstream) {
        this.upstream = upstream;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Channel front = context.channel();
        new Bootstrap()
                .group(front.eventLoop())
                .channelFactory(() -> sibling(front))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, NettyServer.MARKS)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new Relay(front))
                .connect(upstream)
                .addListener((ChannelFutureListener) connected -> {
                    if (connected.isSuccess()) {
                        context.pipeline().replace(this, "relay", new Relay(connected.channel()));
                        front.read();
                        connected.channel().read();
                    } else {
                        context.close();
                    }
                });
    }

    /** A channel of the same transport. */
    private static Channel sibling(Channel channel) {
        try {
            return channel.getClass().getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Netty's channels have a constructor without parameters", e);
        }
    }
}
