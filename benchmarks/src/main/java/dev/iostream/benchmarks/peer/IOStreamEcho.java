package dev.iostream.benchmarks.peer;

import dev.iostream.loop.IOLoop;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** A line-echo server as a user of iostream writes it: read a line, write it back, read the next. */
public final class IOStreamEcho {
    private static final int BACKLOG = 4096;

    private IOStreamEcho() {}

    public static void main(String[] args) {
        var loop = new IOLoop();
        var server = new TCPServer(
                loop,
                stream -> new Connection(stream).readLine(),
                ServerOptions.named("echo").backlog(BACKLOG));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
        System.out.println(
                "ready " + ((InetSocketAddress) server.localAddresses().get(0)).getPort());
        loop.start();
    }

    private static final class Connection {
        private final IOStream stream;
        private final Consumer<byte[]> answer = this::answer;

        Connection(IOStream stream) {
            this.stream = stream;
        }

        void readLine() {
            stream.readUntil("\n", answer);
        }

        private void answer(byte[] line) {
            stream.write(line);
            readLine();
        }
    }
}
