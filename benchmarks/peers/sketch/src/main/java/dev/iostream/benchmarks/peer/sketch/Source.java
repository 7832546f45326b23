package dev.iostream.benchmarks.peer.sketch;

import dev.iostream.benchmarks.peer.Payload;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Sends as fast as the peer takes it, a bounded number of payloads at a time. */
final class Source implements Work {
    private static final int WRITES = 4;

    private final ByteBuffer payload = Payload.direct();

    @Override
    public Connection on(SocketChannel channel, SelectionKey key) {
        key.interestOps(SelectionKey.OP_WRITE);
        ByteBuffer unsent = payload.duplicate();
        return () -> {
            for (int i = 0; i < WRITES; i++) {
                channel.write(unsent);
                if (unsent.hasRemaining()) {
                    return;
                }
                unsent.rewind();
            }
        };
    }
}
