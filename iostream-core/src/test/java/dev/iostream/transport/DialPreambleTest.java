package dev.iostream.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.loop.IOLoop;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent first over a connection that is dialled, in virtual time. */
class DialPreambleTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000);
    private static final String PREAMBLE = "PREAMBLE ".repeat(20);

    private final List<String> events = new ArrayList<>();
    private final List<Transport> accepted = new ArrayList<>();
    private Simulation simulation;

    @AfterEach
    void nothingIsLeft() {
        accepted.forEach(Transport::close);
        simulation.run();
        assertThat(simulation.loop().stats().streams()).isZero();
        assertThat(simulation.loop().stats().timers()).isZero();
        simulation.loop().close();
    }

    private void listen(Link link) throws IOException {
        simulation = new Simulation(link);
        simulation
                .network()
                .listen(ADDRESS, 1, simulation.loop(), simulation::loop, each -> accepted.add(each.transport()));
    }

    private IOStream connect() {
        ByteBuffer preamble = ByteBuffer.wrap(PREAMBLE.getBytes(US_ASCII));
        StreamOptions options = StreamOptions.builder()
                .dial(simulation
                        .dialOptions()
                        .connectTimeout(Duration.ofSeconds(10))
                        .preamble(preamble))
                .build();
        preamble.position(5);
        IOStream stream = IOStream.open(simulation.loop(), options);
        stream.connect(
                ADDRESS,
                () -> events.add("connected"),
                (errno, message) -> events.add("failed " + errno + " " + message));
        return stream;
    }

    private String received() throws IOException {
        ByteBuffer into = ByteBuffer.allocate(1000);
        for (int turn = 0; turn < 1000 && accepted.get(0).read(into) >= 0; turn++) {
            simulation.run(Duration.ofMillis(1));
        }
        return US_ASCII.decode(into.flip()).toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void itIsSentBeforeWhatWasWrittenInHoweverSmallPieces(int bytes) throws IOException {
        listen(Link.perfect().latency(Duration.ofMillis(1)).chunk(bytes).window(3 * bytes));
        IOStream stream = connect();
        stream.write("hello\n");
        simulation.run(Duration.ofMillis(3));
        assertThat(events.isEmpty()).as("whether it still connects").isEqualTo(bytes < 100);
        assertThat(received()).isEqualTo(PREAMBLE + "hello\n");
        assertThat(events).containsExactly("connected");
        stream.abort();
    }

    @Test
    void anAnswerThatComesWithItIsRead() throws IOException {
        listen(Link.perfect());
        IOStream stream = connect();
        stream.readUntil("\n", line -> events.add(new String(line, US_ASCII)));
        simulation.run();
        accepted.get(0).write(ByteBuffer.wrap("220 ready\n".getBytes(US_ASCII)));
        simulation.run();
        assertThat(events).containsExactly("connected", "220 ready\n");
        stream.abort();
    }

    @Test
    void aPeerThatDoesNotTakeItIsGivenUpAtTheDeadline() throws IOException {
        listen(Link.perfect().chunk(5).window(10));
        IOStream stream = connect();
        simulation.run();
        assertThat(stream.closeReason()).isEqualTo(CloseReason.CONNECT_DEADLINE);
        assertThat(stream.error()).isInstanceOf(DialException.class).hasMessageContaining("within 10s");
        assertThat(events).hasSize(1);
    }

    /** Over sockets of the system, where a reset ends a write that waits. */
    @Test
    void aPeerThatBreaksOffMeanwhileHasNotBeenConnectedTo() throws IOException {
        simulation = new Simulation(Link.perfect());
        var loop = new IOLoop();
        try (var listener = ServerSocketChannel.open()) {
            listener.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            DialOptions dial = DialOptions.defaults().preamble(ByteBuffer.allocate(16 * 1024 * 1024));
            IOStream stream =
                    IOStream.open(loop, StreamOptions.builder().dial(dial).build());
            loop.runSync(Duration.ofSeconds(30), () -> {
                stream.setCloseCallback(loop::stop);
                stream.connect(
                        address(listener), () -> events.add("connected"), (errno, message) -> events.add("failed"));
                loop.addTimeout(Duration.ofMillis(1), () -> reset(listener));
            });
            assertThat(stream.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
            assertThat(stream.error()).isInstanceOfSatisfying(DialException.class, why -> {
                assertThat(why.errno()).isIn(Errno.ECONNRESET, Errno.EPIPE);
                assertThat(why).hasMessageContaining("while the preamble was sent");
            });
            assertThat(events).containsExactly("failed");
        } finally {
            loop.close();
        }
    }

    private static SocketAddress address(ServerSocketChannel listener) {
        try {
            return listener.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void reset(ServerSocketChannel listener) {
        try (SocketChannel peer = listener.accept()) {
            peer.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCloseMeanwhileEndsIt() throws IOException {
        listen(Link.perfect().chunk(5).window(10));
        IOStream stream = connect();
        simulation.run(Duration.ofSeconds(1));
        stream.abort();
        simulation.run();
        assertThat(events).singleElement().asString().startsWith("failed " + Errno.ECANCELED);
    }

    @Test
    void itIsNotSharedWithAnybody() {
        simulation = new Simulation(Link.perfect());
        DialOptions options = simulation.dialOptions().preamble(ByteBuffer.wrap(new byte[] {1, 2}));
        options.preamble().position(2);
        assertThat(options.preamble()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(options.preamble(null).preamble()).isNull();
        assertThat(options.family(null)
                        .source(null)
                        .attemptDelay(Duration.ofSeconds(1))
                        .preamble())
                .isNotNull();
    }
}
