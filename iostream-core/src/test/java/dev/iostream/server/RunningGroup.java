package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two loops on threads of their own, servers on them, and clients that block. */
abstract class RunningGroup {
    static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    static final SocketAddress ANY_PORT = new InetSocketAddress(LOOPBACK, 0);
    static final Duration LONG = Duration.ofSeconds(30);

    IOLoopGroup group;
    final Queue<IOStream> served = new ConcurrentLinkedQueue<>();
    final Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    private final List<TCPServer> servers = new ArrayList<>();
    private final List<SocketChannel> clients = new ArrayList<>();

    @BeforeEach
    void start() {
        group = makeGroup();
        group.loops().forEach(loop -> loop.setExceptionHandler(reported::add));
        if (startsAtOnce()) {
            group.start();
        }
    }

    IOLoopGroup makeGroup() {
        return IOLoopGroup.of(2, "server-test-");
    }

    boolean startsAtOnce() {
        return true;
    }

    @AfterEach
    void end() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        for (TCPServer server : servers) {
            server.close();
            until(() -> server.stats().connections() == 0);
        }
        group.close();
    }

    ServerOptions.Builder options() {
        return ServerOptions.builder("test");
    }

    TCPServer server(ServerOptions.Builder options) {
        var server = new TCPServer(group, this::echo, options.build());
        servers.add(server);
        return server;
    }

    private void echo(IOStream stream) {
        served.add(stream);
        answer(stream);
    }

    private static void answer(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            answer(stream);
        });
    }

    // ---- clients

    SocketChannel connect(TCPServer server) throws IOException {
        return connect(server.localAddresses().get(0));
    }

    SocketChannel connect(SocketAddress address) throws IOException {
        SocketChannel client = SocketChannel.open(address);
        clients.add(client);
        return client;
    }

    /** Connects, asks, and is answered. */
    SocketChannel connectAndTalk(SocketAddress address) throws IOException {
        SocketChannel client = connect(address);
        talk(client);
        return client;
    }

    static void talk(SocketChannel client) throws IOException {
        send("ping\n", client);
        assertThat(receive(5, client)).isEqualTo("ping\n");
    }

    static void send(String text, SocketChannel client) throws IOException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    static String receive(int count, SocketChannel client) throws IOException {
        byte[] bytes = Channels.newInputStream(client).readNBytes(count);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    static boolean isRefused(SocketAddress address) {
        try (SocketChannel client = SocketChannel.open(address)) {
            return !client.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    /** Waits for what comes next, and says whether that is the end or a reset. */
    static boolean hasEnded(SocketChannel client) {
        try {
            return client.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** Closes the connection with a reset. */
    static void reset(SocketChannel client) throws IOException {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
    }

    static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    /** Whether this machine does IPv6. */
    static boolean hasIPv6() {
        try (var probe = new java.net.ServerSocket()) {
            probe.bind(new InetSocketAddress("::1", 0));
            try (var client = new Socket("::1", probe.getLocalPort())) {
                return client.isConnected();
            }
        } catch (IOException e) {
            return false;
        }
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("the time by which the condition holds")
                    .isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
