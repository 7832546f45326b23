package dev.iostream.benchmarks.peer.netty;

import dev.iostream.benchmarks.peer.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;

/** Sends one direct buffer over and over while the channel is writable. */
@Sharable
final class Source extends Closing {
    private final ByteBuf payload = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(Payload.direct()));

    @Override
    public void channelActive(ChannelHandlerContext context) {
        send(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        send(context);
    }

    private void send(ChannelHandlerContext context) {
        while (context.channel().isWritable() && context.channel().isActive()) {
            context.write(payload.duplicate(), context.voidPromise());
        }
        context.flush();
    }
}
