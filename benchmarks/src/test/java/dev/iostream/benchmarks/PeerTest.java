package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every server on the JVM, in a process of its own as when it is measured. */
class PeerTest {
    private static final int LIMIT_MILLIS = 20_000;
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    private Path directory;

    static List<Peer> peers() {
        return Peer.onTheJvm();
    }

    @ParameterizedTest
    @MethodSource("peers")
    void answersALine(Peer peer) throws Exception {
        try (EchoServer server = start(peer);
                Socket socket = dial(server)) {
            assertThat(exchange(socket, "hello\n")).isEqualTo("hello\n");
            assertThat(exchange(socket, "again\n")).isEqualTo("again\n");
        }
    }

    @ParameterizedTest
    @MethodSource("peers")
    void holdsALineUntilItsNewlineArrives(Peer peer) throws Exception {
        try (EchoServer server = start(peer);
                Socket socket = dial(server);
                Socket other = dial(server)) {
            send(socket, "hel");
            assertThat(exchange(other, "between\n")).isEqualTo("between\n");
            send(socket, "lo\n");
            assertThat(receive(socket, "hello\n".length())).isEqualTo("hello\n");
        }
    }

    @ParameterizedTest
    @MethodSource("peers")
    void answersLinesThatArriveTogetherInOrder(Peer peer) throws Exception {
        try (EchoServer server = start(peer);
                Socket socket = dial(server)) {
            assertThat(exchange(socket, "1\n22\n\n333\n")).isEqualTo("1\n22\n\n333\n");
        }
    }

    @ParameterizedTest
    @MethodSource("peers")
    void keepsWhatThePeerDoesNotTakeYet(Peer peer) throws Exception {
        String lines = ("x".repeat(16_383) + "\n").repeat(256);
        try (EchoServer server = start(peer);
                Socket socket = dial(server)) {
            var sent = CompletableFuture.runAsync(() -> send(socket, lines));
            assertThat(receive(socket, lines.length())).isEqualTo(lines);
            assertThat(sent).succeedsWithin(Duration.ofMillis(LIMIT_MILLIS));
        }
    }

    private EchoServer start(Peer peer) throws Exception {
        return EchoServer.start(
                peer.id(), EchoServer.jvmCommand(JAVA, peer.main().orElseThrow()), directory);
    }

    private static Socket dial(EchoServer server) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }

    private static String exchange(Socket socket, String text) throws IOException {
        send(socket, text);
        return receive(socket, text.length());
    }

    private static void send(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String receive(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }
}
