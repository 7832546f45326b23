package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import java.nio.ByteBuffer;

/** Takes what comes as views, and counts it. */
final class Sink implements StreamHandler {
    @Override
    public void handle(IOStream stream) {
        stream.readUntilClose(rest -> Console.RECEIVED.add(rest.length), Sink::count);
    }

    private static void count(ByteBuffer view) {
        Console.RECEIVED.add(view.remaining());
    }
}
