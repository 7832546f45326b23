package dev.iostream.client;

import static dev.iostream.Eventually.LIMIT;
import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.IOStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients over sockets of the system, on loops with threads of their own. */
class NioClientTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final IOLoopGroup group = IOLoopGroup.of(2, "client-test-");
    /** Of its own, since a group that both use gives each its turns. */
    private final IOLoopGroup servers = IOLoopGroup.of(1, "client-test-server-");

    private final TCPServer server = new TCPServer(servers, SimulatedWorld::echo, ServerOptions.named("echo"));

    @BeforeEach
    void start() {
        group.start();
        servers.start();
        server.listen(ANY_PORT);
    }

    @AfterEach
    void close() {
        server.close();
        group.close();
        servers.close();
    }

    private TCPClient.Builder client() {
        return TCPClient.builder(group)
                .name("nio")
                .reconnect(ReconnectPolicy.defaults().delays(Duration.ofMillis(1), Duration.ofMillis(20)));
    }

    private TCPClient.Builder toServer() {
        return client().target(server.localAddresses().get(0));
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static void ask(AsyncIOStream stream, String line) throws Exception {
        stream.write(line);
        assertThat(get(stream.readUntil("\n"))).isEqualTo(line.getBytes());
    }

    @Test
    void connectsFromAnyThreadAndSpreadsOverTheLoops() throws Exception {
        TCPClient client = toServer().build();
        Set<IOLoop> loops = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 4; i++) {
            AsyncIOStream stream = get(client.connect());
            ask(stream, "line " + i + "\n");
            loops.add(stream.stream().loop());
        }
        assertThat(loops).hasSize(2);
        assertThat(client.stats().streams().active()).isEqualTo(4);
        client.close();
        get(client.closed());
        assertThat(client.stats().streams().closed(CloseReason.LOCAL)).isEqualTo(4);
    }

    @Test
    void waitingForItsFutureOnItsLoopIsRefused() throws Exception {
        try (TCPClient client = toServer().build()) {
            IOLoop loop = group.next();
            var refused = new CompletableFuture<Throwable>();
            loop.addCallback(() -> {
                try {
                    refused.complete(new AssertionError(
                            "got " + client.on(loop).connect().join()));
                } catch (IllegalStateException e) {
                    refused.complete(e);
                }
            });
            assertThat(get(refused)).hasMessageContaining("'" + loop.name() + "'");
        }
    }

    @Test
    void manyThreadsConnectWhileTheClientCloses() throws Exception {
        TCPClient client = toServer().build();
        List<CompletableFuture<AsyncIOStream>> futures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            var thread = new Thread(() -> {
                for (int j = 0; j < 100; j++) {
                    futures.add(client.connect());
                }
            });
            threads.add(thread);
            thread.start();
        }
        eventually("some have connected", () -> client.stats().connects() > 20);
        client.close();
        for (Thread thread : threads) {
            thread.join(LIMIT.toMillis());
        }
        get(client.closed());
        for (CompletableFuture<AsyncIOStream> future : futures) {
            eventually("every future completes", future::isDone);
        }
        assertThat(futures).hasSize(400);
        assertThat(client.stats().streams().active()).isZero();
        assertThat(client.stats().connecting()).isZero();
    }

    @Test
    void aServerThatRestartsGetsItsClientBack() throws Exception {
        SocketAddress address = server.localAddresses().get(0);
        try (TCPClient client = client().target(address).build()) {
            List<String> events = Collections.synchronizedList(new ArrayList<>());
            SupervisedConnection connection = client.supervise(new ConnectionHandler() {
                @Override
                public void logIn(IOStream stream, Runnable done) {
                    stream.write("log in\n");
                    stream.readUntil("\n", answer -> done.run());
                }

                @Override
                public void onUp(IOStream stream) {
                    events.add("up");
                    SimulatedWorld.echo(stream);
                }

                @Override
                public void onDown(CloseReason reason, Throwable cause, Duration nextDelay) {
                    events.add("down");
                }
            });
            connection.start();
            for (int i = 0; i < 5; i++) {
                get(connection.whenUp());
                assertThat(events).last().isEqualTo("up");
                server.close();
                eventually("it is down", () -> connection.current().isEmpty());
                server.listen(address);
            }
            get(connection.whenUp());
            assertThat(client.stats().reconnects()).isEqualTo(5);
            assertThat(events.stream().filter("up"::equals)).hasSize(6);
            connection.stop();
            eventually("it is idle", () -> connection.state() == ConnectionState.IDLE);
            eventually("its stream has ended", () -> client.stats().streams().active() == 0);
        }
    }

    @Test
    void aRefusalIsADialException() throws Exception {
        SocketAddress address = server.localAddresses().get(0);
        server.close();
        try (TCPClient client = client().target(address).build()) {
            assertThatThrownBy(() -> get(client.connect()))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(DialException.class);
        }
    }

    @Test
    void aUnixDomainSocketIsATargetLikeOthers() throws Exception {
        Path directory = Files.createTempDirectory("client");
        Path path = directory.resolve("echo.sock");
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                TCPClient client =
                        client().target(UnixDomainSocketAddress.of(path)).build()) {
            listener.bind(UnixDomainSocketAddress.of(path));
            AsyncIOStream near = get(client.connect());
            try (SocketChannel far = listener.accept()) {
                far.write(ByteBuffer.wrap("hello\n".getBytes()));
                assertThat(get(near.readUntil("\n"))).isEqualTo("hello\n".getBytes());
            }
        } finally {
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory);
        }
    }

    @Test
    void bothEndsOfAPipeCanShareALoop() throws Exception {
        try (TCPClient client = toServer().build()) {
            var front = new TCPServer(
                    group,
                    stream -> client.on(stream.loop())
                            .connect(
                                    back -> {
                                        stream.pipeTo(back);
                                        back.pipeTo(stream);
                                    },
                                    (errno, message) -> stream.abort()),
                    ServerOptions.named("front"));
            front.listen(ANY_PORT);
            try (TCPClient user = client().target(front.localAddresses().get(0)).build()) {
                ask(get(user.connect()), "through\n");
            }
            front.close();
        }
    }
}
