package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.stream.IOStream;
import java.util.function.Consumer;

/** Reads a line, writes it back, reads the next. */
public final class LineEcho implements Consumer<byte[]> {
    private final IOStream stream;

    /** Of that stream, of which nothing is read yet. */
    public LineEcho(IOStream stream) {
        this.stream = stream;
    }

    /** Begins. */
    public void readLine() {
        stream.readUntil("\n", this);
    }

    @Override
    public void accept(byte[] line) {
        stream.write(line);
        readLine();
    }
}
