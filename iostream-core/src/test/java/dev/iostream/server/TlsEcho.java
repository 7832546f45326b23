package dev.iostream.server;

import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A TLS server that answers each line with the same line, for programs that look at TLS from outside. Its certificate is
 * made anew each time.
 */
public final class TlsEcho {
    private TlsEcho() {}

    /** Runs until its input ends; the first argument is the port, 0 for any. */
    public static void main(String[] arguments) throws IOException {
        try (IOLoopGroup group = IOLoopGroup.of(1, "echo");
                TCPServer server = server(group, TlsOptions.server(TestCertificates.server()))) {
            group.start();
            server.listen(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), arguments.length == 0 ? 0 : Integer.parseInt(arguments[0])));
            System.out.println(server.localAddresses());
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }

    /** Such a server, which does not listen yet. */
    static TCPServer server(IOLoopGroup group, TlsOptions tls) {
        return new TCPServer(group, TlsEcho::echo, ServerOptions.named("echo").tls(tls));
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }
}
