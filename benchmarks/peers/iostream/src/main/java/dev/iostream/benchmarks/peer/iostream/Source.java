package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.benchmarks.peer.Payload;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import java.nio.ByteBuffer;

/** Sends one direct buffer over and over, without copying it: as much at a time as the high mark lets be unsent. */
final class Source implements StreamHandler {
    private static final int PAYLOADS = 4;

    private final ByteBuffer payloads = Payload.direct(PAYLOADS);

    @Override
    public void handle(IOStream stream) {
        new Sender(stream).run();
    }

    private final class Sender implements Runnable {
        private final IOStream stream;

        Sender(IOStream stream) {
            this.stream = stream;
        }

        @Override
        public void run() {
            stream.writeZeroCopy(payloads, this);
        }
    }
}
