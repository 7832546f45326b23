package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.net.SocketAddress;

/** Connects to the other side on the same loop and pipes both ways. */
final class Proxy implements StreamHandler {
    private final SocketAddress upstream;

    Proxy(SocketAddress upstream) {
        this.upstream = upstream;
    }

    @Override
    public void handle(IOStream front) {
        IOStream back = IOStream.open(front.loop(), StreamOptions.defaults());
        back.connect(
                upstream,
                () -> {
                    front.pipeTo(back);
                    back.pipeTo(front);
                },
                (errno, message) -> front.close());
    }
}
