package dev.iostream.benchmarks.peer.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;

/** How Netty talks to the system. */
record NettyTransport(IoHandlerFactory factory, Class<? extends ServerChannel> server) {
    /** Fails when this system does not allow it. */
    static NettyTransport named(String name) {
        switch (name) {
            case "nio":
                return new NettyTransport(NioIoHandler.newFactory(), NioServerSocketChannel.class);
            case "epoll":
                Epoll.ensureAvailability();
                return new NettyTransport(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
            case "io_uring":
                IoUring.ensureAvailability();
                return new NettyTransport(IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class);
            default:
                throw new IllegalArgumentException("Netty has no transport '" + name + "'");
        }
    }
}
