package dev.iostream.benchmarks.peer.iostream;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.benchmarks.peer.Order;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/**
 * A server through the public API. What is not said here is iostream's default.
 *
 * <p>Beside the job's own settings it takes {@code loops}, 1 by default, and {@code beside=plain}, which opens a second
 * port on the same loops, without TLS.
 */
public final class IOStreamServer {
    private IOStreamServer() {}

    public static void main(String[] args) throws Exception {
        Order order = Order.of(args);
        IOLoopGroup loops = IOLoopGroup.of(order.number("loops", 1), "bench");
        var listening = new ArrayList<>(listen(loops, order, options(order)));
        if (order.text("beside", "").equals("plain")) {
            listening.addAll(listen(loops, order, plain()));
        }
        loops.start();
        Console.figure(
                "turns",
                () -> loops.loops().stream()
                        .mapToLong(loop -> loop.stats().turns())
                        .sum());
        Console.ready(listening.toArray(SocketAddress[]::new));
    }

    private static List<SocketAddress> listen(IOLoopGroup loops, Order order, ServerOptions options)
            throws IOException {
        var server = new TCPServer(loops, handler(order), options);
        server.listen(Order.anyPort());
        return server.localAddresses();
    }

    private static ServerOptions plain() {
        return ServerOptions.named("bench").backlog(Order.BACKLOG);
    }

    private static ServerOptions options(Order order) throws GeneralSecurityException, IOException {
        return order.secure() ? plain().tls(TlsOptions.server(Identity.context(order))) : plain();
    }

    private static StreamHandler handler(Order order) throws IOException {
        return switch (order.job()) {
            case ECHO -> stream -> new LineEcho(stream).readLine();
            case ECHO_VIEWS -> {
                int size = order.number("size");
                yield stream -> new ViewEcho(stream, size).readMessage();
            }
            case ECHO_INTO -> {
                int size = order.number("size");
                yield stream -> new BufferEcho(stream, size).readMessage();
            }
            case SINK -> new Sink();
            case SOURCE -> new Source();
            case FILE -> new FileSource(order.file());
            case PROXY -> new Proxy(order.upstream());
            case FANOUT -> new FanOut();
        };
    }
}
