package dev.iostream.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import dev.iostream.transport.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A loop, servers on it, and clients of them, whatever the network is. Each network has a subclass of
 * {@link ServerContract} that connects the clients.
 */
abstract class ServerHarness {
    static final SocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    static final Duration NEVER = Duration.ofHours(1);

    final List<IOStream> served = new ArrayList<>();
    final List<Throwable> reported = new ArrayList<>();
    private final List<TCPServer> servers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    abstract IOLoop loop();

    abstract Network network();

    /** A stream connected to that address, of a connection that the server need not have accepted yet. */
    abstract IOStream connect(SocketAddress address) throws IOException;

    /** The same from an address of this machine. */
    abstract IOStream connect(InetAddress source, SocketAddress address) throws IOException;

    /** Runs the loop until the condition holds, and fails when it never does. */
    abstract void runUntil(BooleanSupplier condition);

    /** Runs the loop until it has done all that it can do without further events. */
    abstract void runUntilQuiet();

    @BeforeEach
    void hearOfFailures() {
        loop().setExceptionHandler(reported::add);
    }

    @AfterEach
    void nothingIsLeftOpen() {
        servers.forEach(TCPServer::close);
        clients.forEach(client -> client.stream.abort());
        runUntilQuiet();
        // a drain's next look at a stream that has closed; and the limit of this run
        runUntil(() -> loop().stats().timers() <= 1);
        for (TCPServer server : servers) {
            assertThat(server.stats().connections()).as("connections held").isZero();
            assertThat(server.stats().active()).as("open streams").isZero();
        }
        assertThat(loop().stats().streams()).as("streams of the loop").isZero();
        assertThat(loop().stats().timers()).as("timers of the loop").isZero();
        loop().close();
    }

    ServerOptions.Builder options() {
        return ServerOptions.builder("contract").network(network());
    }

    TCPServer server(ServerOptions.Builder options, StreamHandler handler) {
        return closedAfterTheTest(new TCPServer(loop(), handler, options.build()));
    }

    /** A server that sends every line back. */
    TCPServer echoServer(ServerOptions.Builder options) {
        return server(options, this::echo);
    }

    TCPServer echoServer() {
        return echoServer(options());
    }

    TCPServer listeningEchoServer() {
        TCPServer server = echoServer();
        server.listen(ANY_PORT);
        return server;
    }

    TCPServer closedAfterTheTest(TCPServer server) {
        servers.add(server);
        return server;
    }

    void echo(IOStream stream) {
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

    Client client(TCPServer server) {
        return client(server.localAddresses().get(0));
    }

    Client client(SocketAddress address) {
        try {
            return client(connect(address));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Client clientFrom(String source, SocketAddress address) {
        try {
            return client(connect(InetAddress.getByName(source), address));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Client client(IOStream stream) {
        var client = new Client(stream);
        clients.add(client);
        return client;
    }

    boolean refuses(SocketAddress address) {
        try {
            connect(address).abort();
            return false;
        } catch (IOException e) {
            return true;
        } catch (java.io.UncheckedIOException e) {
            return true;
        }
    }

    /** Sees what a server sends it, and whether the connection ends. */
    final class Client {
        final IOStream stream;
        private final StringBuilder received = new StringBuilder();

        Client(IOStream stream) {
            this.stream = stream;
            stream.readUntilClose(rest -> {}, view -> received.append(ISO_8859_1.decode(view)));
        }

        Client says(String text) {
            stream.write(text);
            return this;
        }

        void hears(String text) {
            runUntil(() -> received.toString().equals(text));
        }

        void hearsNothing() {
            runUntilQuiet();
            assertThat(received).isEmpty();
            assertThat(stream.closed()).isFalse();
        }

        /** Asks and is answered, on a connection that was not used before. */
        Client isServed() {
            says("ping\n").hears("ping\n");
            return this;
        }

        void isClosed() {
            runUntil(stream::closed);
        }
    }

    <T> T resultOf(CompletableFuture<T> future) {
        runUntil(future::isDone);
        return future.join();
    }
}
