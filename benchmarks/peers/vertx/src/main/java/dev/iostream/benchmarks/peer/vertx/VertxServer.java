package dev.iostream.benchmarks.peer.vertx;

import dev.iostream.benchmarks.peer.Console;
import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.benchmarks.peer.Order;
import dev.iostream.benchmarks.peer.Payload;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.parsetools.RecordParser;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A server on one event loop, on NIO as is Vert.x's default. */
public final class VertxServer {
    private static final long START_LIMIT_SECONDS = 20;

    private VertxServer() {}

    public static void main(String[] args) throws Exception {
        Order order = Order.of(args);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        int port = vertx.createNetServer(options(order))
                .connectHandler(handler(vertx, order))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(START_LIMIT_SECONDS, TimeUnit.SECONDS)
                .actualPort();
        Console.ready(new InetSocketAddress(port));
    }

    private static NetServerOptions options(Order order) {
        NetServerOptions options = new NetServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setAcceptBacklog(Order.BACKLOG)
                .setTcpNoDelay(true);
        if (order.secure()) {
            if (!order.text("tls").equals("jdk")) {
                throw new IllegalArgumentException("This server has no TLS of " + order.text("tls"));
            }
            options.setSsl(true)
                    .setKeyCertOptions(
                            new PfxOptions().setPath(order.text("keys")).setPassword(Identity.PASSWORD));
        }
        return options;
    }

    private static Handler<NetSocket> handler(Vertx vertx, Order order) {
        return switch (order.job()) {
            case ECHO -> VertxServer::echo;
            case SINK -> socket -> socket.handler(bytes -> Console.RECEIVED.add(bytes.length()));
            case SOURCE -> {
                Buffer payload = Buffer.buffer(Payload.bytes());
                yield socket -> send(socket, payload);
            }
            case FILE -> socket -> send(socket, order.text("file"));
            case PROXY -> {
                NetClient client = vertx.createNetClient();
                yield front -> proxy(client, order.number("upstream"), front);
            }
            case FANOUT -> fanOut();
            default -> throw order.unknown();
        };
    }

    /** The parser takes the newline off; appending it again is what its record has room for. */
    private static void echo(NetSocket socket) {
        socket.handler(RecordParser.newDelimited("\n", line -> socket.write(line.appendByte((byte) '\n'))));
    }

    /** Until the queue is full, and again when it has drained. */
    private static void send(NetSocket socket, Buffer payload) {
        while (!socket.writeQueueFull()) {
            socket.write(payload);
        }
        socket.drainHandler(drained -> send(socket, payload));
    }

    private static void send(NetSocket socket, String file) {
        socket.sendFile(file).onSuccess(sent -> send(socket, file)).onFailure(failure -> socket.close());
    }

    /** Nothing is lost while the other side is connected: the socket is paused until then. */
    private static void proxy(NetClient client, int upstream, NetSocket front) {
        front.pause();
        client.connect(upstream, "127.0.0.1")
                .onSuccess(back -> {
                    front.pipeTo(back);
                    back.pipeTo(front);
                })
                .onFailure(failure -> front.close());
    }

    private static Handler<NetSocket> fanOut() {
        Set<NetSocket> all = new LinkedHashSet<>(); // on one event loop
        return socket -> {
            all.add(socket);
            socket.closeHandler(closed -> all.remove(socket));
            socket.handler(RecordParser.newDelimited("\n", line -> {
                Buffer whole = line.appendByte((byte) '\n');
                all.forEach(each -> each.write(whole));
            }));
        };
    }
}
