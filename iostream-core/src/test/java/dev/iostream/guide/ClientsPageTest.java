package dev.iostream.guide;

import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.client.ConnectionHandler;
import dev.iostream.client.ReconnectPolicy;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.server.Admission;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOSimple;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the page about clients shows. */
class ClientsPageTest {
    private final IOLoopGroup group = IOLoopGroup.of(2, "io-");
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private TCPServer server;
    private int port;

    @BeforeEach
    void start() {
        group.start();
        server = new TCPServer(group, EchoServer::serve, ServerOptions.named("echo"));
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        port = ((InetSocketAddress) server.localAddresses().get(0)).getPort();
    }

    @AfterEach
    void close() {
        server.close();
        group.close();
    }

    @Test
    void blocking() throws IOException {
        try (IOSimple echo = IOSimple.dial("tcp://127.0.0.1:" + port).timeout(Duration.ofSeconds(5))) {
            echo.write("hello\n");
            byte[] answer = echo.readUntil("\n");
            log.add(new String(answer));
        }
        assertThat(log).containsExactly("hello\n");
    }

    @Test
    void futures() throws Exception {
        TCPClient client =
                TCPClient.builder(group).name("echo").target("127.0.0.1", port).build();
        CompletableFuture<byte[]> answer = client.connect()
                .thenCompose(stream -> stream.write("hello\n").thenCompose(written -> stream.readUntil("\n")));

        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("hello\n".getBytes());
        client.close();
    }

    /** Subscribes each time the connection is made, and logs what comes. */
    private final class Subscriber implements ConnectionHandler {
        @Override
        public void onUp(IOStream stream) {
            stream.write("subscribe\n");
            next(stream);
        }

        private void next(IOStream stream) {
            stream.readUntil("\n", 4096, line -> {
                log.add(new String(line));
                next(stream);
            });
        }
    }

    @Test
    void supervised() {
        TCPClient client = TCPClient.builder(group)
                .name("feed")
                .target("127.0.0.1", port)
                .reconnect(ReconnectPolicy.defaults().delays(Duration.ofMillis(10), Duration.ofSeconds(5)))
                .build();
        SupervisedConnection feed = client.supervise(new Subscriber());
        feed.start();

        eventually("subscribed", () -> log.size() == 1);
        server.close();
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        eventually("subscribed again", () -> log.size() == 2);
        assertThat(log).containsOnly("subscribe\n");
        client.close();
    }

    /** Relays a stream to the server, and says whose it is. */
    private static void relay(IOStream incoming, TCPClient client) {
        ProxyHeader header = ProxyHeader.of(incoming.remoteAddress(), incoming.localAddress());
        client.on(incoming.loop())
                .introducing(header)
                .connect(
                        outgoing -> {
                            incoming.pipeTo(outgoing);
                            outgoing.pipeTo(incoming);
                        },
                        (errno, message) -> incoming.close());
    }

    @Test
    void forSomebodyElse() throws IOException {
        List<SocketAddress> peers = Collections.synchronizedList(new ArrayList<>());
        var back = new TCPServer(
                group,
                stream -> {
                    peers.add(stream.remoteAddress());
                    EchoServer.serve(stream);
                },
                ServerOptions.named("back")
                        .admission(Admission.defaults().proxyProtocol(ProxyProtocol.from("127.0.0.1"))));
        back.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        TCPClient client =
                TCPClient.builder(group).target(back.localAddresses().get(0)).build();
        var front = new TCPServer(group, incoming -> relay(incoming, client), ServerOptions.named("front"));
        front.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

        var address = (InetSocketAddress) front.localAddresses().get(0);
        try (var caller = new Socket(address.getAddress(), address.getPort())) {
            caller.setSoTimeout(30_000);
            caller.getOutputStream().write("hello\n".getBytes());
            assertThat(new String(caller.getInputStream().readNBytes(6))).isEqualTo("hello\n");
            assertThat(peers).containsExactly(caller.getLocalSocketAddress());
        }
        client.close();
        front.close();
        back.close();
    }
}
