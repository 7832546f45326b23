package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import java.util.LinkedHashSet;
import java.util.Set;

/** Sends each line to all streams. One loop serves them all, so a plain set is enough. */
final class FanOut implements StreamHandler {
    private final Set<IOStream> all = new LinkedHashSet<>();

    @Override
    public void handle(IOStream stream) {
        all.add(stream);
        stream.setCloseCallback(all::remove, stream);
        readLine(stream);
    }

    private void readLine(IOStream stream) {
        stream.readUntil("\n", line -> {
            all.forEach(each -> each.write(line));
            readLine(stream);
        });
    }
}
