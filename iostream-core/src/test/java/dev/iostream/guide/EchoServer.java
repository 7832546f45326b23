package dev.iostream.guide;

import dev.iostream.loop.IOLoop;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Sends every line back to whoever sent it. Try it with {@code nc localhost 9000}. */
public final class EchoServer {
    private static final int LONGEST_LINE = 4096;

    private EchoServer() {}

    public static void main(String[] args) {
        var loop = new IOLoop();
        var server = listen(loop, 9000);
        System.out.println("Listening at " + server.localAddresses());
        loop.start();
    }

    static TCPServer listen(IOLoop loop, int port) {
        var server = new TCPServer(loop, EchoServer::serve, ServerOptions.named("echo"));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return server;
    }

    static void serve(IOStream stream) {
        stream.readUntil("\n", LONGEST_LINE, line -> {
            if (stream.write(line)) {
                serve(stream);
            } else {
                stream.onWritable(() -> serve(stream));
            }
        });
    }
}
