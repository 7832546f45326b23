package dev.iostream.benchmarks.peer.sketch;

import dev.iostream.benchmarks.peer.Console;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Takes what comes; a read that filled the buffer is followed by another, a bounded number of times. */
final class Sink implements Work {
    private static final int READS = 16;

    private final ByteBuffer input = ByteBuffer.allocateDirect(64 * 1024);

    @Override
    public Connection on(SocketChannel channel, SelectionKey key) {
        return () -> {
            for (int i = 0; i < READS; i++) {
                int count = channel.read(input.clear());
                if (count < 0) {
                    NioSketch.close(key);
                    return;
                }
                Console.RECEIVED.add(count);
                if (count < input.capacity()) {
                    return;
                }
            }
        };
    }
}
