package dev.iostream.benchmarks.peer.sketch;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Order;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/**
 * A server written by hand on one selector, without a single feature: it stands for what the JDK allows.
 *
 * <p>All connections share their buffers. It limits nothing: a peer that does not read makes it buffer without end.
 */
public final class NioSketch {
    private static final int ACCEPTS_PER_TURN = 256;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final Work work;

    private NioSketch(Work work) throws IOException {
        this.work = work;
        listener.configureBlocking(false);
        listener.bind(Order.anyPort(), Order.BACKLOG);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] args) throws IOException {
        Order order = Order.of(args);
        var server = new NioSketch(
                switch (order.job()) {
                    case ECHO -> new LineEcho();
                    case SINK -> new Sink();
                    case SOURCE -> new Source();
                    default -> throw order.unknown();
                });
        Console.ready(server.listener.getLocalAddress());
        Consumer<SelectionKey> handler = server::handle;
        while (true) {
            server.selector.select(handler);
        }
    }

    private void handle(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) {
            serve(key, connection);
        } else {
            accept();
        }
    }

    private static void serve(SelectionKey key, Connection connection) {
        try {
            connection.ready();
        } catch (IOException e) {
            close(key);
        }
    }

    private void accept() {
        try {
            for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
                SocketChannel channel = listener.accept();
                if (channel == null) {
                    return;
                }
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
                key.attach(work.on(channel, key));
            }
        } catch (IOException e) {
            System.err.println("Could not accept a connection: " + e.getMessage());
        }
    }

    static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            System.err.println("Could not close a connection: " + e.getMessage());
        }
    }
}
