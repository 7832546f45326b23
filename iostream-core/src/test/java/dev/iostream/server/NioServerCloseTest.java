package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to a server's streams when it closes, over sockets of the system. */
class NioServerCloseTest {
    private final IOLoopGroup group = IOLoopGroup.of(2, "close-test-");
    private final TCPServer server = new TCPServer(group, NioServerCloseTest::echo, ServerOptions.named("echo"));

    @BeforeEach
    void start() {
        group.start();
    }

    @AfterEach
    void end() {
        server.close();
        group.close();
    }

    @Test
    void closesItsOpenStreamsOnEveryLoop() throws Exception {
        listen();
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(connect());
            assertThat(echoOf("ping\n", clients.get(i))).isEqualTo("ping\n");
        }

        server.close();

        assertThat(server.stats().active()).isZero();
        assertThat(server.stats().closed(CloseReason.ABORTED)).isEqualTo(4);
        for (Socket client : clients) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
        }
    }

    @Test
    void leavesTheStreamsOfOtherServersAlone() throws Exception {
        listen();
        var other = new TCPServer(group, NioServerCloseTest::echo, ServerOptions.named("other"));
        other.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try (Socket client = connect(other)) {
            assertThat(echoOf("ping\n", client)).isEqualTo("ping\n");

            server.close();

            assertThat(echoOf("pong\n", client)).isEqualTo("pong\n");
        } finally {
            other.close();
        }
    }

    @Test
    void aStopLeavesItsStreamsOpen() throws Exception {
        listen();
        try (Socket client = connect()) {
            assertThat(echoOf("ping\n", client)).isEqualTo("ping\n");

            server.stop();

            assertThat(echoOf("pong\n", client)).isEqualTo("pong\n");
            assertThatIOException().isThrownBy(() -> new Socket(client.getInetAddress(), client.getPort()));
        }
    }

    @Test
    void listensAgainAfterAClose() throws Exception {
        listen();
        server.close();
        listen();

        try (Socket client = connect()) {
            assertThat(echoOf("ping\n", client)).isEqualTo("ping\n");
        }
    }

    @Test
    void aCallbackMayAskTheServerWhileItIsStopped() throws Exception {
        listen();
        var blocking = new CountDownLatch(1);
        var stopping = new CountDownLatch(1);
        var addresses = new CompletableFuture<Object>();
        group.loops().get(0).addCallback(() -> {
            blocking.countDown();
            await(stopping);
            addresses.complete(server.localAddresses());
        });
        blocking.await();

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
            stopping.countDown();
            server.stop();
        });

        stopped.get(10, TimeUnit.SECONDS);
        addresses.get(10, TimeUnit.SECONDS);
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    private void listen() {
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private Socket connect() throws IOException {
        return connect(server);
    }

    private static Socket connect(TCPServer to) throws IOException {
        var address = (InetSocketAddress) to.localAddresses().get(0);
        var socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String echoOf(String text, Socket client) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return new String(client.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
