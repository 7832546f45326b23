package dev.iostream.benchmarks.peer.netty;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;

/** Sends each line back with the newline that the decoder left on it, and flushes once for all lines of a read. */
@Sharable
final class LineEcho extends Closing {
    @Override
    public void channelRead(ChannelHandlerContext context, Object line) {
        context.write(line, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }
}
