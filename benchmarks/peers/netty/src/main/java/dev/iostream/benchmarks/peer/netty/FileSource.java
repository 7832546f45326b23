package dev.iostream.benchmarks.peer.netty;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import java.io.File;
import java.nio.file.Path;

/** Sends a file over and over as a region, from the file to the socket by the system. */
@Sharable
final class FileSource extends Closing {
    private final File file;

    FileSource(Path file) {
        this.file = file.toFile();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        send(context);
    }

    private void send(ChannelHandlerContext context) {
        context.writeAndFlush(new DefaultFileRegion(file, 0, file.length()))
                .addListener((ChannelFutureListener) sent -> {
                    if (sent.isSuccess()) {
                        send(context);
                    } else {
                        context.close();
                    }
                });
    }
}
