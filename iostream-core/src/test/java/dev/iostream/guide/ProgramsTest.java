package dev.iostream.guide;

import static dev.iostream.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.Eventually;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the guide do what they say, on loopback. */
class ProgramsTest {
    private final IOLoopGroup group = IOLoopGroup.of(1, "guide-");
    private final IOLoop loop = group.next();

    @BeforeEach
    void start() {
        group.start();
    }

    @AfterEach
    void close() {
        group.close();
    }

    private static int portOf(TCPServer server) {
        return ((InetSocketAddress) server.localAddresses().get(0)).getPort();
    }

    private static Socket connect(TCPServer server) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), portOf(server));
        socket.setSoTimeout((int) Eventually.LIMIT.toMillis());
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes());
    }

    private static String receive(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes));
    }

    @Nested
    class Echo {
        @Test
        void sendsLinesBack() throws IOException {
            try (TCPServer server = EchoServer.listen(loop, 0);
                    Socket one = connect(server);
                    Socket other = connect(server)) {
                send(one, "hello\nwor");
                send(other, "other\n");
                send(one, "ld\n");

                assertThat(receive(one, 12)).isEqualTo("hello\nworld\n");
                assertThat(receive(other, 6)).isEqualTo("other\n");
            }
        }

        @Test
        void closesWhenALineIsTooLong() throws IOException {
            try (TCPServer server = EchoServer.listen(loop, 0);
                    Socket client = connect(server)) {
                send(client, "x".repeat(5000));

                assertThat(client.getInputStream().readAllBytes()).isEmpty();
            }
        }

        @Test
        void holdsLittleForAPeerThatDoesNotRead() {
            var simulation = new Simulation(Link.perfect().window(16 * 1024));
            var peers = simulation.connect();
            EchoServer.serve(peers.server());
            peers.client().write("0123456789\n".repeat(200_000));
            simulation.run();

            assertThat(peers.server().unsentBytes()).isBetween(256L * 1024, 260L * 1024);

            var echoed = new AtomicLong();
            peers.client().readUntilClose(end -> {}, chunk -> echoed.addAndGet(chunk.remaining()));
            simulation.run();

            assertThat(echoed).hasValue(2_200_000);
        }
    }

    @Nested
    class Chat {
        private static final String LINE = "x".repeat(999) + "\n";

        @Test
        void sendsEachLineToAllOthers() throws IOException {
            try (TCPServer server = new LineChat().listen(loop, 0);
                    Socket ann = connect(server);
                    Socket bob = connect(server);
                    Socket eve = connect(server)) {
                eventually("three members", () -> server.stats().active() == 3);
                send(ann, "I am Ann\n");
                assertThat(receive(bob, 9)).isEqualTo("I am Ann\n");
                assertThat(receive(eve, 9)).isEqualTo("I am Ann\n");

                eve.shutdownOutput();
                send(bob, "I am Bob\n");
                assertThat(receive(ann, 9)).isEqualTo("I am Bob\n");
            }
        }

        @Test
        void aSlowMemberSlowsTheTalkDown() {
            var simulation = new Simulation(Link.perfect().window(16 * 1024));
            var chat = new LineChat();
            Simulation.Peers speaker = simulation.connect(LineChat.OPTIONS, LineChat.OPTIONS);
            Simulation.Peers quick = simulation.connect(LineChat.OPTIONS, LineChat.OPTIONS);
            Simulation.Peers slow = simulation.connect(LineChat.OPTIONS, LineChat.OPTIONS);
            chat.join(speaker.server());
            chat.join(quick.server());
            chat.join(slow.server());
            var heard = new AtomicLong();
            quick.client().readUntilClose(end -> {}, chunk -> heard.addAndGet(chunk.remaining()));
            speaker.client().readUntilClose(end -> {}, chunk -> heard.addAndGet(chunk.remaining()));
            speaker.client().write(LINE.repeat(2000));

            simulation.run(Duration.ofSeconds(5));
            assertThat(slow.server().unsentBytes()).isBetween(256L * 1024, 258L * 1024);
            assertThat(heard.get()).isLessThan(300_000);

            slow.client().readUntilClose(end -> {}, chunk -> {});
            simulation.run(Duration.ofSeconds(5));
            assertThat(heard).hasValue(2_000_000);
        }

        @Test
        void aMemberWhoTakesNothingIsDropped() {
            var simulation = new Simulation(Link.perfect().window(16 * 1024));
            var chat = new LineChat();
            Simulation.Peers speaker = simulation.connect();
            Simulation.Peers quick = simulation.connect();
            Simulation.Peers deaf = simulation.connect(LineChat.OPTIONS, LineChat.OPTIONS);
            chat.join(speaker.server());
            chat.join(quick.server());
            chat.join(deaf.server());
            var heard = new AtomicLong();
            quick.client().readUntilClose(end -> {}, chunk -> heard.addAndGet(chunk.remaining()));
            speaker.client().write(LINE.repeat(2000));
            simulation.run();

            assertThat(deaf.server().closeReason()).isEqualTo(CloseReason.WRITE_STALL);
            assertThat(heard).hasValue(2_000_000);
        }
    }

    @Nested
    class Fetch {
        private TCPServer serve(String answer) {
            var server = new TCPServer(
                    loop,
                    stream -> stream.readUntil("\r\n\r\n", request -> {
                        stream.write(
                                new String(request).startsWith("GET /page HTTP/1.0\r\n")
                                        ? answer
                                        : "HTTP/1.0 404 Not Found\r\n\r\n");
                        stream.close();
                    }),
                    ServerOptions.named("pages"));
            server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return server;
        }

        private String fetch(int port) {
            var printed = new ByteArrayOutputStream();
            PageFetch.fetch("127.0.0.1", port, "/page", new PrintStream(printed));
            return printed.toString();
        }

        @Test
        void printsTheBody() {
            try (TCPServer server = serve("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nHello,\r\n\r\nworld")) {
                assertThat(fetch(portOf(server))).isEqualTo("Hello,\r\n\r\nworld");
            }
        }

        @Test
        void saysThatNothingAnswered() {
            try (TCPServer server = serve("HTTP/1.0 200 OK\r\n")) {
                assertThatThrownBy(() -> fetch(portOf(server)))
                        .hasMessageContaining("No answer from 127.0.0.1: PEER_END");
            }
        }

        @Test
        void saysThatNobodyListens() {
            TCPServer server = serve("");
            int port = portOf(server);
            server.close();

            assertThatThrownBy(() -> fetch(port)).hasMessageContaining("Connection refused");
        }
    }

    @Nested
    class Sender {
        @TempDir
        Path folder;

        @Test
        void sendsTheFileToEverybody() throws IOException {
            byte[] content = new byte[3_000_000];
            new Random(1).nextBytes(content);
            Path path = Files.write(folder.resolve("file"), content);
            try (TCPServer server = FileSender.listen(loop, 0, path);
                    Socket one = connect(server);
                    Socket mute = connect(server)) {
                mute.shutdownOutput();

                assertThat(one.getInputStream().readAllBytes()).isEqualTo(content);
                assertThat(mute.getInputStream().readAllBytes()).isEqualTo(content);
            }
        }

        @Test
        void aFileThatIsNotThereClosesTheConnection() throws IOException {
            loop.addCallback(() -> loop.setExceptionHandler(failure -> {}));
            try (TCPServer server = FileSender.listen(loop, 0, folder.resolve("none"));
                    Socket client = connect(server)) {
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
                eventually("closed", () -> server.stats().active() == 0);
                assertThat(server.stats().closed(CloseReason.CALLBACK_FAILED)).isEqualTo(1);
            }
        }
    }

    @Nested
    class Forwarder {
        @Test
        void carriesBothDirections() throws IOException {
            try (TCPServer echo = EchoServer.listen(loop, 0);
                    TCPServer forwarder =
                            PortForwarder.listen(loop, 0, echo.localAddresses().get(0));
                    Socket client = connect(forwarder)) {
                send(client, "through\n");
                assertThat(receive(client, 8)).isEqualTo("through\n");

                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
                eventually(
                        "both closed",
                        () -> echo.stats().active() + forwarder.stats().active() == 0);
            }
        }

        @Test
        void closesWhenTheTargetRefuses() throws IOException {
            TCPServer echo = EchoServer.listen(loop, 0);
            var target = echo.localAddresses().get(0);
            echo.close();
            try (TCPServer forwarder = PortForwarder.listen(loop, 0, target);
                    Socket client = connect(forwarder)) {
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
            }
        }
    }
}
