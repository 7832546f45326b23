package dev.iostream.benchmarks.peer.netty;

import dev.iostream.benchmarks.peer.Console;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;

/** Takes what comes. */
@Sharable
final class Sink extends Closing {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        Console.RECEIVED.add(bytes.readableBytes());
        bytes.release();
    }
}
