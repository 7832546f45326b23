package dev.iostream.guide;

import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Fetches a page with HTTP/1.0 and prints its body: {@code PageFetch localhost 8080 /}. */
public final class PageFetch {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int LONGEST_HEAD = 16 * 1024;

    private PageFetch() {}

    public static void main(String[] args) {
        fetch(args[0], Integer.parseInt(args[1]), args[2], System.out);
    }

    static void fetch(String host, int port, String path, PrintStream out) {
        try (var loop = new IOLoop()) {
            Page page = loop.runSync(LIMIT, () -> get(loop, host, port, path));
            out.writeBytes(page.body());
            out.flush();
        }
    }

    /** The head of an answer, with its status line, and its body. */
    record Page(String head, byte[] body) {}

    static CompletableFuture<Page> get(IOLoop loop, String host, int port, String path) {
        var page = new CompletableFuture<Page>();
        IOStream stream = IOStream.open(
                loop,
                StreamOptions.builder()
                        .maxBufferSize(1_000_000)
                        .idleTimeout(Duration.ofSeconds(10))
                        .build());
        stream.setCloseCallback(() -> page.completeExceptionally(
                new IOException("No answer from " + host + ": " + stream.closeReason(), stream.error())));
        stream.connect(
                host,
                port,
                null,
                () -> {
                    stream.write("GET " + path + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n");
                    stream.readUntil(
                            "\r\n\r\n",
                            LONGEST_HEAD,
                            head -> stream.readUntilClose(body -> {
                                if (stream.error() == null) {
                                    page.complete(new Page(new String(head, StandardCharsets.ISO_8859_1), body));
                                }
                            }));
                },
                (errno, message) -> page.completeExceptionally(new IOException(message)));
        return page;
    }
}
