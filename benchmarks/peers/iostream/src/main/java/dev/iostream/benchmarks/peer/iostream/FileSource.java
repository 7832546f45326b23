package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Sends a file over and over, from the file to the socket by the system. */
final class FileSource implements StreamHandler {
    private final FileChannel file;
    private final long size;

    FileSource(Path file) throws IOException {
        this.file = FileChannel.open(file);
        this.size = this.file.size();
    }

    @Override
    public void handle(IOStream stream) {
        stream.writeZeroCopy(file, 0, size, () -> handle(stream));
    }
}
