package dev.iostream.boot;

import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;

/** Protocols that tests speak. */
public final class Handlers {
    private Handlers() {}

    /** Answers each line with the same line. */
    public static StreamHandler echo() {
        return answering("");
    }

    /** Answers each line with the same line behind {@code prefix}. */
    public static StreamHandler answering(String prefix) {
        return new StreamHandler() {
            @Override
            public void handle(IOStream stream) {
                stream.readUntil("\n", line -> {
                    stream.write(prefix);
                    stream.write(line);
                    handle(stream);
                });
            }
        };
    }
}
