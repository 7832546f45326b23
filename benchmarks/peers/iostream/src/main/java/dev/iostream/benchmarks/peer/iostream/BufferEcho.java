package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.stream.IOStream;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/** Reads each message into the same buffer and writes it back from there, without a copy. */
final class BufferEcho {
    private final IOStream stream;
    private final ByteBuffer message;
    private final IntConsumer answer = this::answer;
    private final Runnable next = this::readMessage;

    BufferEcho(IOStream stream, int size) {
        this.stream = stream;
        this.message = ByteBuffer.allocateDirect(size);
    }

    void readMessage() {
        stream.readInto(message.clear(), answer);
    }

    private void answer(int count) {
        stream.writeZeroCopy(message.flip(), next);
    }
}
