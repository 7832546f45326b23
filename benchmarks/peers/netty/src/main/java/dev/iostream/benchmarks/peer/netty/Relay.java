package dev.iostream.benchmarks.peer.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;

/**
 * Passes on what a channel reads, and reads on as long as the other channel is writable: one flush for all reads of a
 * turn, and back pressure by the write buffer's marks.
 */
final class Relay extends Closing {
    private final Channel other;

    Relay(Channel other) {
        this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        other.write(bytes, other.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        other.flush();
        if (other.isWritable()) {
            context.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            other.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
