package dev.iostream.benchmarks.peer.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/** A handler that closes its channel when something goes wrong, and says so unless it is the network. */
abstract class Closing extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            System.err.println("Closed " + context.channel() + ": " + cause);
        }
        context.close();
    }
}
