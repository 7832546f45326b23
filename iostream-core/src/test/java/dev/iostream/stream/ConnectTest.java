package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Errno;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connecting as a user of the stream sees it, in virtual time. */
class ConnectTest {
    private static final int PORT = 7000;

    private final Simulation simulation = new Simulation(Link.perfect());
    private final List<String> events = new ArrayList<>();
    private final InetSocketAddress address = new InetSocketAddress(address("10.0.0.1"), PORT);
    private IOStream stream;

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void open() {
        stream = open(StreamOptions.builder());
        stream.setCloseCallback(() -> events.add("closed"));
        simulation.name("service.example", address.getAddress());
    }

    private IOStream open(StreamOptions.Builder options) {
        return IOStream.open(
                simulation.loop(), options.dial(simulation.dialOptions()).build());
    }

    private void listen() {
        var echo = new TCPServer(
                simulation.loop(),
                peer -> peer.readUntil("\n", line -> {
                    peer.write(line);
                    peer.close();
                }),
                ServerOptions.named("echo").network(simulation.network()));
        echo.listen(address);
    }

    private void connect(String host) {
        stream.connect(host, PORT, null, () -> events.add("connected"), this::failed);
    }

    private void failed(int errno, String message) {
        assertThat(message).isNotEmpty();
        events.add("failed " + errno);
    }

    private void expect(String... expected) {
        simulation.run();
        assertThat(events).containsExactly(expected);
    }

    @Test
    void theDeadlinesOfAnOpenStreamDoNotRunWhileItConnects() {
        var slow = new Simulation(Link.perfect().latency(Duration.ofSeconds(2)));
        var silent = new TCPServer(
                slow.loop(), peer -> {}, ServerOptions.named("silent").network(slow.network()));
        silent.listen(address);
        IOStream client = IOStream.open(
                slow.loop(),
                StreamOptions.builder()
                        .dial(slow.dialOptions())
                        .idleTimeout(Duration.ofSeconds(1))
                        .firstByteTimeout(Duration.ofSeconds(1))
                        .build());
        slow.run(Duration.ofSeconds(5));
        client.connect(address, () -> events.add("connected"), this::failed);
        slow.run(Duration.ofSeconds(10));
        assertThat(events).containsExactly("connected");
        assertThat(client.closeReason()).isEqualTo(CloseReason.IDLE_DEADLINE);
        silent.close();
        slow.loop().close();
    }

    @Test
    void aNameIsResolvedAndConnectedTo() {
        listen();
        connect("service.example");
        assertThat(events).isEmpty();
        stream.readUntilClose(data -> events.add("read " + new String(data).trim()));
        stream.write("hello\n", () -> events.add("written"));
        expect("connected", "written", "read hello", "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(stream.remoteAddress()).isEqualTo(address);
    }

    @Test
    void theArgumentComesFirstInBothCallbacks() {
        listen();
        stream.<String>connect(
                "10.0.0.1", PORT, null, arg -> events.add(arg + " connected"), (arg, errno, message) -> {}, "x");
        simulation.run();
        IOStream other = open(StreamOptions.builder());
        other.<String>connect(
                "nowhere.example",
                PORT,
                null,
                arg -> events.add("never"),
                (arg, errno, message) -> events.add(arg + " failed " + errno),
                null);
        expect("x connected", "null failed " + Errno.EAI_NONAME);
    }

    @Test
    void aRefusalIsToldOnceWithItsNumberAndThenTheClose() {
        stream.readUntil("\n", line -> events.add("never"));
        connect("10.0.0.1");
        assertThat(events).isEmpty();
        expect("failed " + Errno.ECONNREFUSED, "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(stream.error()).hasMessageContaining("10.0.0.1");
        assertThat(stream.reading()).isFalse();
    }

    @Test
    void aNetworkThatCannotBeReachedIsToldInTheSameWay() {
        simulation.unreachable(address);
        connect("10.0.0.1");
        expect("failed " + Errno.EHOSTUNREACH, "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.CONNECT_FAILED);
    }

    @Test
    void aNameThatIsNotKnownIsToldInTheSameWay() {
        connect("nowhere.example");
        expect("failed " + Errno.EAI_NONAME, "closed");
        assertThat(stream.error()).hasMessageContaining("nowhere.example");
    }

    @Test
    void aNameServerThatIsSilentIsToldAfterTheDnsTimeout() {
        stream = open(StreamOptions.builder());
        stream = IOStream.open(
                simulation.loop(),
                StreamOptions.builder()
                        .dnsTimeout(Duration.ofSeconds(3))
                        .dial(simulation.dialOptions())
                        .build());
        simulation.silentName("silent.example");
        stream.connect("silent.example", PORT, null, null, (errno, message) -> events.add(errno + " " + message));
        simulation.run(Duration.ofMillis(2_999));
        assertThat(events).isEmpty();
        simulation.run();
        assertThat(events).hasSize(1);
        assertThat(events.get(0)).startsWith("110 ").contains("silent.example").contains("dns_timeout");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.DNS_DEADLINE);
    }

    @Test
    void anAddressThatIsSilentIsToldAfterTheConnectTimeout() {
        simulation.blackHole(address);
        connect("10.0.0.1");
        simulation.run(Duration.ofMillis(9_999));
        assertThat(events).isEmpty();
        expect("failed " + Errno.ETIMEDOUT, "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.CONNECT_DEADLINE);
    }

    @Test
    void aFamilyWithoutAddressIsToldAsAnUnknownHost() {
        stream.connect("service.example", PORT, StandardProtocolFamily.INET6, null, this::failed);
        expect("failed " + Errno.EAI_NONAME, "closed");
    }

    @Test
    void aCloseWhileConnectingIsToldOnce() {
        simulation.blackHole(address);
        connect("10.0.0.1");
        simulation.run(Duration.ofSeconds(1));
        stream.close();
        stream.close();
        expect("failed " + Errno.ECANCELED, "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(simulation.loop().stats().timers()).isZero();
    }

    @Test
    void aStreamThatNeverConnectedCanBeClosed() {
        stream.close();
        expect("closed");
        assertThatIllegalStateException().isThrownBy(() -> connect("10.0.0.1")).withMessageContaining("closed");
    }

    @Test
    void aSecondConnectIsRefused() {
        listen();
        connect("10.0.0.1");
        assertThatIllegalStateException()
                .isThrownBy(() -> connect("10.0.0.1"))
                .withMessageContaining("already connecting");
        simulation.run();
        assertThatIllegalStateException()
                .isThrownBy(() -> connect("10.0.0.1"))
                .withMessageContaining("already connected");
        assertThat(events).containsExactly("connected");
    }

    @Test
    void wrongArgumentsAreRefusedAtOnceAndChangeNothing() {
        listen();
        assertThatIllegalArgumentException().isThrownBy(() -> stream.connect("10.0.0.1", 0, null, null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> stream.connect("10.0.0.1", 65_536, null, null, null));
        assertThatNullPointerException().isThrownBy(() -> stream.connect(null, PORT, null, null, null));
        connect("10.0.0.1");
        expect("connected");
    }

    @Test
    void nobodyNeedsToBeTold() {
        stream.connect("10.0.0.1", PORT, null, null, null);
        expect("closed");
    }

    @Test
    void readsAndWritesBeforeTheConnectionGoThroughAfterIt() {
        listen();
        stream.write("early\n");
        stream.readUntil("\n", line -> events.add("read " + new String(line).trim()));
        connect("10.0.0.1");
        expect("connected", "read early", "closed");
    }

    @Test
    void aWriteWithoutCopyingBeforeTheConnectionGoesThroughAfterIt() {
        listen();
        connect("10.0.0.1");
        stream.writeZeroCopy(ByteBuffer.wrap("early\n".getBytes(UTF_8)), () -> events.add("written"));
        assertThatIllegalStateException().isThrownBy(() -> stream.write("x")).withMessageContaining("under way");
        stream.readUntil("\n", line -> events.add("read " + new String(line).trim()));
        expect("connected", "written", "read early", "closed");
    }

    @Test
    void whatWasWrittenBeforeAConnectionThatFailsIsCountedAsUnsent() {
        stream.write("early", () -> events.add("never"));
        connect("10.0.0.1");
        expect("failed " + Errno.ECONNREFUSED, "closed");
        assertThat(stream.unsentBytes()).isEqualTo(5);
        assertThat(stream.writing()).isFalse();
    }

    @Test
    void aConnectedCallbackThatThrowsClosesTheStream() {
        listen();
        simulation.loop().setExceptionHandler(failure -> events.add("reported"));
        stream.connect(
                address,
                () -> {
                    throw new IllegalStateException("in the callback");
                },
                this::failed);
        expect("reported", "closed");
        assertThat(stream.closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
    }

    @Test
    void anAddressThatRefusesIsNotTheEndWhileAnotherOneAnswers() {
        listen();
        simulation.name("two.example", address("10.0.0.9"), address.getAddress());
        connect("two.example");
        simulation.run();
        assertThat(events).startsWith("connected");
        assertThat(stream.remoteAddress()).isEqualTo(address);
    }

    @Test
    void futuresConnectToo() {
        listen();
        var connected = stream.async().connect("service.example", PORT);
        simulation.run();
        assertThat(connected).isCompleted();
        IOStream other = open(StreamOptions.builder());
        var refused = other.async().connect("10.0.0.7", PORT);
        simulation.run();
        assertThat(refused).isCompletedExceptionally();
        assertThat(refused.handle((unused, failure) -> failure.getMessage()).join())
                .contains("10.0.0.7");
    }
}
