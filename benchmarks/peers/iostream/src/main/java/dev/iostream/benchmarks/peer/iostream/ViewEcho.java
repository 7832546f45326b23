package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.stream.IOStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Writes back the views of a message as they come. */
final class ViewEcho {
    private final IOStream stream;
    private final long size;
    private final Consumer<ByteBuffer> answer = this::answer;
    private final Consumer<byte[]> next = nothing -> readMessage();

    ViewEcho(IOStream stream, long size) {
        this.stream = stream;
        this.size = size;
    }

    void readMessage() {
        stream.readBytes(size, next, answer);
    }

    private void answer(ByteBuffer view) {
        stream.write(view);
    }
}
