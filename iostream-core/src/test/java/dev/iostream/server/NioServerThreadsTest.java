package dev.iostream.server;

import static dev.iostream.Eventually.LIMIT;
import static dev.iostream.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server whose loops run on threads of their own, and clients that know nothing of it. */
class NioServerThreadsTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final IOLoopGroup group = IOLoopGroup.of(3, "server-test-");
    private final Map<IOLoop, Integer> served = Collections.synchronizedMap(new IdentityHashMap<>());
    private final TCPServer server = new TCPServer(group, this::serve, ServerOptions.named("echo"));

    private void serve(IOStream stream) {
        assertThat(stream.loop().inLoop()).isTrue();
        served.merge(stream.loop(), 1, Integer::sum);
        echo(stream);
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    @BeforeEach
    void start() {
        group.start();
    }

    @AfterEach
    void close() {
        server.close();
        group.close();
        assertThat(server.stats().active()).isZero();
    }

    private SocketAddress listen() {
        server.listen(ANY_PORT);
        return server.localAddresses().get(0);
    }

    private static Socket connect(SocketAddress address) throws IOException {
        var socket = new Socket();
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.connect(address, (int) LIMIT.toMillis());
        return socket;
    }

    private static void ask(Socket socket, String question) throws IOException {
        byte[] line = (question + "\n").getBytes(UTF_8);
        socket.getOutputStream().write(line);
        assertThat(socket.getInputStream().readNBytes(line.length)).isEqualTo(line);
    }

    @Test
    void aThousandConnectionsAreServedAtOnceAndSpreadOverTheLoops() throws IOException {
        SocketAddress address = listen();
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                clients.add(connect(address));
            }
            for (Socket client : clients) {
                ask(client, "hello");
            }
            assertThat(server.stats().active()).isEqualTo(1000);
            assertThat(served.values())
                    .hasSize(3)
                    .allSatisfy(count -> assertThat(count).isBetween(333, 334));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        eventually("all streams end", () -> server.stats().active() == 0);
    }

    @Test
    void aStopFreesThePortBeforeItReturns() throws IOException {
        SocketAddress address = listen();
        for (int i = 0; i < 200; i++) {
            try (Socket client = connect(address)) {
                ask(client, "round " + i);
                server.stop();
                server.listen(address);
            }
        }
        assertThat(server.stats().opened()).isEqualTo(200);
    }

    @Test
    void aListenThatFailsLeavesNothingBoundWhenItReturns() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 100; i++) {
                SocketAddress free = listen();
                server.stop();
                assertThatThrownBy(() -> server.listen(free, taken.getLocalSocketAddress()))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("Address already in use");
                try (var other = new ServerSocket()) {
                    other.bind(free);
                }
            }
        }
    }

    @Test
    void streamsSurviveTheStop() throws IOException {
        try (Socket client = connect(listen())) {
            ask(client, "before");
            server.stop();
            ask(client, "after");
        }
    }

    @Test
    void aHandlerMayStopTheServer() throws IOException {
        var stopping = new AtomicReference<TCPServer>();
        stopping.set(new TCPServer(
                group,
                stream -> stream.readUntil("\n", line -> {
                    stopping.get().stop();
                    stream.write(line);
                }),
                ServerOptions.named("stopping")));
        stopping.get().listen(ANY_PORT);
        SocketAddress address = stopping.get().localAddresses().get(0);
        try (Socket client = connect(address)) {
            ask(client, "stop");
        }
        eventually("the port is free", () -> {
            try {
                connect(address).close();
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    @Test
    void aLoopMayAskTheServerWhileAnotherThreadStopsIt() throws InterruptedException {
        // of its own, and on daemon threads: if this fails, nothing can close it
        var own = IOLoopGroup.of(1, "stopping-test-");
        own.start();
        var asked = new TCPServer(own, NioServerThreadsTest::echo, ServerOptions.named("asked"));
        asked.listen(ANY_PORT);
        var entered = new CountDownLatch(1);
        var answered = new CountDownLatch(1);
        var stopping = new Thread(asked::stop);
        stopping.setDaemon(true);
        own.next().addCallback(() -> {
            entered.countDown();
            eventually("the other thread waits", () -> stopping.getState() == Thread.State.WAITING);
            asked.localAddresses();
            asked.stop();
            answered.countDown();
        });
        assertThat(entered.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        stopping.start();
        assertThat(answered.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        stopping.join(LIMIT.toMillis());
        assertThat(stopping.isAlive()).isFalse();
        own.close();
    }

    @Test
    void closingTheGroupBeforeTheServerFreesThePort() throws IOException {
        SocketAddress address = listen();
        group.close();
        server.close();
        try (var other = new ServerSocket()) {
            other.bind(address);
        }
    }
}
