package dev.iostream.server;

import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * An echo server in a process of its own, to be short of something: says its port, and for each line on its input its
 * numbers. Ends with its input.
 */
final class ChildServer {
    private ChildServer() {}

    public static void main(String[] arguments) throws IOException {
        var loop = new IOLoop();
        var server = new TCPServer(loop, ChildServer::echo, ServerOptions.named("child"));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        // what these need is loaded from files, which is not possible any more when there are no descriptors
        System.getLogger(ChildServer.class.getName()).log(System.Logger.Level.INFO, "starting");
        print(server, loop);
        System.out.println(
                "port " + ((InetSocketAddress) server.localAddresses().get(0)).getPort());
        new Thread(() -> tell(server, loop)).start();
        loop.start();
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    private static void tell(TCPServer server, IOLoop loop) {
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            while (input.readLine() != null) {
                print(server, loop);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            loop.stop();
        }
    }

    private static void print(TCPServer server, IOLoop loop) {
        ServerStats stats = server.stats();
        System.out.println("stats " + stats.backingOff() + " " + stats.acceptFailures() + " " + stats.accepted() + " "
                + stats.connections() + " " + loop.stats().turns());
    }
}
