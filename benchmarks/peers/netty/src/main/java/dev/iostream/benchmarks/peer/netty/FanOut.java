package dev.iostream.benchmarks.peer.netty;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;

/** Sends each line to all channels: Netty's own group, with void promises since nobody looks at the outcome. */
@Sharable
final class FanOut extends Closing {
    private final ChannelGroup all = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

    @Override
    public void channelActive(ChannelHandlerContext context) {
        all.add(context.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object line) {
        all.writeAndFlush(line, channel -> true, true);
    }
}
