package dev.iostream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.iostream.benchmarks.peer.Identity;
import dev.iostream.benchmarks.peer.Job;
import dev.iostream.benchmarks.peer.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every server, with every job that it has learned, in a process of its own as when it is measured. */
class PeerTest {
    private static final int LIMIT_MILLIS = 20_000;
    private static final int SIZE = 256;
    /** What starts soonest. */
    private static final List<String> JVM_FLAGS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

    @TempDir
    private static Path directory;

    // C is checked with each measurement, since it needs a compiler
    @ParameterizedTest
    @EnumSource(names = "C", mode = EnumSource.Mode.EXCLUDE)
    void answersLinesAndTheHarness(Peer peer) throws Exception {
        try (Server server = start(peer, Job.ECHO.id());
                Socket socket = dial(server.port());
                Socket other = dial(server.port())) {
            long before = server.ask("allocated");
            assertThat(exchange(socket, "hello\n")).isEqualTo("hello\n");
            send(socket, "hel");
            assertThat(exchange(other, "between\n")).isEqualTo("between\n");
            send(socket, "lo\n");
            assertThat(receive(socket, "hello\n".length())).isEqualTo("hello\n");
            if (peer != Peer.INTEGRATION) { // which promises no order, and takes no long lines
                keepsTheOrderAndWhatIsNotTakenYet(socket);
            }
            assertThat(server.ask("allocated")).isGreaterThanOrEqualTo(before);
            assertThat(server.ask("heap")).isPositive();
        }
    }

    private static void keepsTheOrderAndWhatIsNotTakenYet(Socket socket) throws IOException {
        String lines = ("x".repeat(16_383) + "\n").repeat(128);
        assertThat(exchange(socket, "1\n22\n\n333\n")).isEqualTo("1\n22\n\n333\n");
        var sent = CompletableFuture.runAsync(() -> send(socket, lines));
        assertThat(receive(socket, lines.length())).isEqualTo(lines);
        assertThat(sent).succeedsWithin(Duration.ofMillis(LIMIT_MILLIS));
    }

    static Stream<Arguments> otherJobs() {
        return Arrays.stream(Peer.values())
                .filter(peer -> peer != Peer.C)
                .flatMap(peer ->
                        peer.jobs().stream().filter(job -> job != Job.ECHO).map(job -> Arguments.of(peer, job)));
    }

    @ParameterizedTest
    @MethodSource("otherJobs")
    void doesEveryJob(Peer peer, Job job) throws Exception {
        switch (job) {
            case ECHO_VIEWS, ECHO_INTO -> echoesMessages(peer, job);
            case SINK -> countsWhatItTakes(peer);
            case SOURCE, FILE -> sendsThePayload(peer, job);
            case PROXY -> passesOnBothWays(peer);
            case FANOUT -> sendsToAll(peer);
            case ECHO -> throw new IllegalArgumentException("has tests of its own");
        }
    }

    private void echoesMessages(Peer peer, Job job) throws Exception {
        String messages = "0123456789abcdef".repeat(SIZE / 8);
        try (Server server = start(peer, job.id(), "size=" + SIZE);
                Socket socket = dial(server.port())) {
            assertThat(exchange(socket, messages)).isEqualTo(messages);
        }
    }

    private void countsWhatItTakes(Peer peer) throws Exception {
        int count = 300_000;
        try (Server server = start(peer, Job.SINK.id());
                Socket socket = dial(server.port())) {
            send(socket, "y".repeat(count));
            Received.everything(server, count);
        }
    }

    private void sendsThePayload(Peer peer, Job job) throws Exception {
        byte[] payload = Payload.bytes();
        try (Server server = start(peer, job.id());
                Socket socket = dial(server.port())) {
            for (int i = 0; i < 40; i++) {
                assertThat(socket.getInputStream().readNBytes(payload.length)).isEqualTo(payload);
            }
        }
    }

    private void passesOnBothWays(Peer peer) throws Exception {
        try (Server upstream = start(Peer.SKETCH, Job.ECHO.id());
                Server proxy = start(peer, Job.PROXY.id(), "upstream=" + upstream.port());
                Socket socket = dial(proxy.port())) {
            assertThat(exchange(socket, "there and back\n")).isEqualTo("there and back\n");
            assertThat(exchange(socket, "again\n")).isEqualTo("again\n");
        }
    }

    private void sendsToAll(Peer peer) throws Exception {
        try (Server server = start(peer, Job.FANOUT.id());
                Socket first = dial(server.port())) {
            assertThat(exchange(first, "alone\n")).isEqualTo("alone\n");
            try (Socket second = dial(server.port())) {
                assertThat(exchange(second, "to both\n")).isEqualTo("to both\n");
                assertThat(receive(first, "to both\n".length())).isEqualTo("to both\n");
                send(first, "again\n");
                assertThat(receive(first, "again\n".length())).isEqualTo("again\n");
                assertThat(receive(second, "again\n".length())).isEqualTo("again\n");
            }
        }
    }

    static Stream<Arguments> engines() {
        return Arrays.stream(Peer.values())
                .flatMap(peer -> peer.tls().stream().map(engine -> Arguments.of(peer, engine)));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void answersLinesOverTls(Peer peer, String engine) throws Exception {
        try (Server server = start(peer, Job.ECHO.id(), "tls=" + engine);
                Socket socket = Identity.trusting("jdk")
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(LIMIT_MILLIS);
            assertThat(exchange(socket, "secret\n")).isEqualTo("secret\n");
            assertThat(exchange(socket, "again\n")).isEqualTo("again\n");
        }
    }

    @Test
    void itsThreadsAreSampledWhereTheyAre() throws Exception {
        try (Server server = start(Peer.IOSTREAM, Job.ECHO.id());
                Socket socket = dial(server.port())) {
            List<RecordedEvent> events = FlightRecording.events(
                    lab(), server, 2, seconds -> exchangeFor(Duration.ofSeconds(seconds), socket));

            assertThat(FlightRecording.cpuTime(events))
                    .hasEntrySatisfying("bench1", time -> assertThat(time).isPositive());
            assertThat(FlightRecording.samples(events))
                    .contains(new StackSample("console", true, "FileInputStream.readBytes"))
                    .anyMatch(sample -> sample.inNative() && sample.frame().equals("EPoll.wait"));
        }
    }

    private static void exchangeFor(Duration time, Socket socket) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            assertThat(exchange(socket, "sampled\n")).isEqualTo("sampled\n");
        }
    }

    @Test
    void itsMemoryIsSeenByClass() throws Exception {
        try (Server server = start(Peer.IOSTREAM, Job.ECHO.id())) {
            ClassHistogram before = ClassHistogram.of(lab(), server);
            try (Socket socket = dial(server.port())) {
                assertThat(exchange(socket, "hello\n")).isEqualTo("hello\n");

                Profile growth = ClassHistogram.of(lab(), server).since(before, 1);

                assertThat(growth.amounts()).containsKeys("SocketChannelImpl", "IOStream");
            }
        }
    }

    @Test
    void itsJvmTellsWhatItsStartWasUsedFor() throws Exception {
        try (Server server = start(Peer.IOSTREAM, Job.ECHO.id())) {
            Profile start = JvmCounters.parse(lab().jcmd(server, "PerfCounter.print"))
                    .profile(Duration.ofMinutes(1).toMillis());

            assertThat(start.amounts())
                    .containsKey("collecting garbage")
                    .hasEntrySatisfying(
                            "static initializers", millis -> assertThat(millis).isPositive())
                    .hasEntrySatisfying(
                            "running code, and the rest",
                            millis -> assertThat(millis).isPositive());
        }
    }

    private static Server start(Peer peer, String... order) throws IOException, InterruptedException {
        try {
            return lab().server(peer, JVM_FLAGS, List.of(order));
        } catch (Unavailable e) {
            abort("SKIPPED: " + e.getMessage());
            throw e;
        }
    }

    private static Lab lab() {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new Lab(Options.parse(), Programs.onTheJvm(java), directory);
    }

    private static Socket dial(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
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
