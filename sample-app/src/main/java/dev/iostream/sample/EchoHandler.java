package dev.iostream.sample;

import dev.iostream.boot.IOStreamServer;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;

/** Answers each line with the same line. */
@IOStreamServer("echo")
class EchoHandler implements StreamHandler {
    @Override
    public void handle(IOStream stream) {
        stream.readUntil("\n", line -> stream.write(line, () -> handle(stream)));
    }
}
