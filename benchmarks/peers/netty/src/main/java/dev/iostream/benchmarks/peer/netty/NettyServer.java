package dev.iostream.benchmarks.peer.netty;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Order;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;

/**
 * A server of one event loop. What is not said here is Netty's default, the allocator among them.
 *
 * <p>Beside the job's own settings it takes {@code transport}: {@code nio}, {@code epoll} or {@code io_uring}; and {@code
 * beside=plain}, which opens a second port on the same loop, without TLS.
 */
public final class NettyServer {
    /** More than the default of 64 KiB, so that bulk senders find room for several payloads; costs others nothing. */
    static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(128 * 1024, 256 * 1024);

    private final NettyTransport transport;
    private final EventLoopGroup loop;
    private final Pipeline pipeline;

    private NettyServer(Order order) throws IOException {
        transport = NettyTransport.named(order.text("transport", "nio"));
        loop = new MultiThreadIoEventLoopGroup(1, transport.factory());
        pipeline = Pipeline.of(order);
    }

    public static void main(String[] args) throws Exception {
        Order order = Order.of(args);
        var server = new NettyServer(order);
        var listening = new ArrayList<SocketAddress>();
        listening.add(server.listen(order.secure() ? NettyTls.context(order) : null));
        if (order.text("beside", "").equals("plain")) {
            listening.add(server.listen(null));
        }
        Console.ready(listening.toArray(SocketAddress[]::new));
        server.loop.terminationFuture().sync();
    }

    private SocketAddress listen(SslContext tls) throws InterruptedException {
        return new ServerBootstrap()
                .group(loop)
                .channel(transport.server())
                .option(ChannelOption.SO_BACKLOG, Order.BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .childOption(ChannelOption.AUTO_READ, pipeline.autoRead())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        pipeline.fill(channel);
                    }
                })
                .bind(Order.anyPort())
                .sync()
                .channel()
                .localAddress();
    }
}
