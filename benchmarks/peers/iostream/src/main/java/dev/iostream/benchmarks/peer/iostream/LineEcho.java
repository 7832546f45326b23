package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.stream.IOStream;
import java.util.function.Consumer;

/** Reads a line, writes it back, reads the next. */
public final class LineEcho implements Consumer<byte[]> {
    private final IOStream stream;

    /** An echo on that stream, which reads nothing yet. */
    public LineEcho(IOStream stream) {
        this.stream = stream;
    }

    /** Reads the next line, and answers it when it has come. */
    public void readLine() {
        stream.readUntil("\n", this);
    }

    @Override
    public void accept(byte[] line) {
        stream.write(line);
        readLine();
    }
}
