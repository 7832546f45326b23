package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Order;
import dev.iostream.loop.IOLoop;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;

/**
 * Line echo as it should not be: copies each line, and answers in two turns with two system calls. Not a peer: it shows
 * that the regression guard notices.
 */
public final class WastefulServer {
    private WastefulServer() {}

    public static void main(String[] args) {
        var loop = new IOLoop();
        var server = new TCPServer(
                loop, WastefulServer::echo, ServerOptions.named("wasteful").backlog(Order.BACKLOG));
        server.listen(Order.anyPort());
        Console.figure("turns", () -> loop.stats().turns());
        Console.ready(server.localAddresses().toArray(SocketAddress[]::new));
        loop.start();
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            byte[] copy = line.clone();
            int half = copy.length / 2;
            stream.write(Arrays.copyOf(copy, half));
            stream.loop().addTimeout(Duration.ZERO, () -> {
                stream.write(Arrays.copyOfRange(copy, half, copy.length));
                echo(stream);
            });
        });
    }
}
