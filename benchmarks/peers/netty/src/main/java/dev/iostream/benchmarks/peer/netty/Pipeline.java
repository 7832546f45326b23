package dev.iostream.benchmarks.peer.netty;

import dev.iostream.benchmarks.peer.Order;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * The handlers of a connection, for each job.
 *
 * @param framed whether lines are found by Netty's own decoder first
 * @param handler one for all connections, or a new one for each
 * @param autoRead whether reading starts at once
 */
record Pipeline(boolean framed, Supplier<ChannelHandler> handler, boolean autoRead) {
    static Pipeline of(Order order) throws IOException {
        switch (order.job()) {
            case ECHO:
                return lines(new LineEcho());
            case FANOUT:
                return lines(new FanOut());
            case SINK:
                return new Pipeline(false, same(new Sink()), true);
            case SOURCE:
                return new Pipeline(false, same(new Source()), true);
            case FILE:
                return new Pipeline(false, same(new FileSource(order.file())), true);
            case PROXY:
                return new Pipeline(false, () -> new ProxyFront(order.upstream()), false);
            default:
                throw order.unknown();
        }
    }

    private static Pipeline lines(ChannelHandler handler) {
        return new Pipeline(true, same(handler), true);
    }

    private static Supplier<ChannelHandler> same(ChannelHandler sharable) {
        return () -> sharable;
    }

    void fill(Channel channel) {
        if (framed) {
            // the newline stays on the line, so that it can go back as it is, without a copy
            channel.pipeline().addLast(new LineBasedFrameDecoder(Order.MAX_LINE, false, false));
        }
        channel.pipeline().addLast(handler.get());
    }
}
