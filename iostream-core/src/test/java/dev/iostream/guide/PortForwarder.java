package dev.iostream.guide;

import dev.iostream.loop.IOLoop;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Forwards every connection at port 9000 to another address: {@code PortForwarder db.internal 5432}. */
public final class PortForwarder {
    private PortForwarder() {}

    public static void main(String[] args) {
        var loop = new IOLoop();
        var target = InetSocketAddress.createUnresolved(args[0], Integer.parseInt(args[1]));
        var server = listen(loop, 9000, target);
        System.out.println("Listening at " + server.localAddresses());
        loop.start();
    }

    static TCPServer listen(IOLoop loop, int port, SocketAddress target) {
        var server = new TCPServer(loop, incoming -> forward(incoming, target), ServerOptions.named("forwarder"));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return server;
    }

    static void forward(IOStream incoming, SocketAddress target) {
        IOStream outgoing = IOStream.open(incoming.loop(), StreamOptions.defaults());
        outgoing.connect(target, null, (errno, message) -> System.err.println(message));
        incoming.pipeTo(outgoing);
        outgoing.pipeTo(incoming);
    }
}
