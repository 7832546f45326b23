package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.stream.IOStream;
import java.util.function.Consumer;

/** Reads a line, writes it back, reads the next. */
final class LineEcho {
    private final IOStream stream;
    private final Consumer<byte[]> answer = this::answer;

    LineEcho(IOStream stream) {
        this.stream = stream;
    }

    void readLine() {
        stream.readUntil("\n", answer);
    }

    private void answer(byte[] line) {
        stream.write(line);
        readLine();
    }
}
