package dev.iostream.boot.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServerStartedEvent;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.boot.context.ServerTraffic;
import dev.iostream.client.ConnectionState;
import dev.iostream.client.TCPClient;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.ServerState;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The endpoint, and connections over real sockets. */
@ExtendWith(OutputCaptureExtension.class)
class NioIOStreamEndpointTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final IOLoopGroup group = IOLoopGroup.of(1, "endpoint-test-");
    private final LoopHeartbeats heartbeats = new LoopHeartbeats(group);
    private final List<Object> events = new ArrayList<>();
    private final ServerTraffic traffic = new ServerTraffic(events::add);
    private final IOStreamServers servers = new IOStreamServers(List.of(
            server("echo", Handlers.echo()),
            server("deaf", stream -> {}),
            server("flood", stream -> stream.write(new byte[50 * 1024 * 1024]))));
    private final ClientBinding orders = new ClientBinding(
            TCPClient.builder(group).name("orders").target("127.0.0.1:1").build());
    private final IOStreamEndpoint endpoint = new IOStreamEndpoint(
            group, heartbeats, servers, new IOStreamClients(List.of(orders)), traffic, Show.ALWAYS);

    private ServerBinding server(String name, StreamHandler handler) {
        return new ServerBinding(new TCPServer(group, handler, ServerOptions.named(name)), ANY_PORT);
    }

    @BeforeEach
    void start() {
        group.start();
        heartbeats.start();
        servers.forEach(binding -> binding.server().listen(ANY_PORT));
    }

    @AfterEach
    void stop() {
        heartbeats.stop();
        group.close();
    }

    private EndpointDescriptor describe(String server) {
        return endpoint.endpoint("server", server, null);
    }

    private Diagnosis diagnosisOf(String server) {
        List<ConnectionDescriptor> connections = describe(server).connections();
        assertThat(connections).hasSize(1);
        return connections.get(0).diagnosis();
    }

    // ---- reading

    @Test
    void theSummaryNamesEverything() {
        IOStreamDescriptor summary = endpoint.summary();

        assertThat(summary.loops()).singleElement().satisfies(loop -> {
            assertThat(loop.name()).isEqualTo("endpoint-test-1");
            assertThat(loop.running()).isTrue();
            assertThat(loop.heartbeatMillis()).isBetween(0L, LIMIT.toMillis());
        });
        assertThat(summary.memory().limit()).isPositive();
        assertThat(summary.servers()).containsOnlyKeys("echo", "deaf", "flood");
        IOStreamDescriptor.Server echo = summary.servers().get("echo");
        assertThat(echo.state()).isEqualTo(ServerState.ACCEPTING);
        assertThat(echo.addresses()).singleElement().asString().endsWith(":" + servers.port("echo"));
        assertThat(echo.limit()).isNull();
        assertThat(echo.tls()).isFalse();
        assertThat(echo.insecure()).isEmpty();
        assertThat(summary.clients()).containsOnlyKeys("orders");
        assertThat(summary.clients().get("orders").state()).isEqualTo(ConnectionState.IDLE);
        assertThat(summary.clients().get("orders").target()).isEqualTo("127.0.0.1:1");
    }

    @Test
    void aClientTellsWhyItCouldNotConnect() {
        var failed = new CountDownLatch(1);
        orders.client().connect(IOStream::close, (errno, message) -> failed.countDown());
        await().atMost(LIMIT).until(() -> failed.getCount() == 0);

        IOStreamDescriptor.Client client =
                endpoint.endpoint("client", "orders", null).client();

        assertThat(client.failures()).isEqualTo(1);
        assertThat(client.lastFailure()).contains("127.0.0.1:1");
        assertThat(endpoint.endpoint("client", "orders", null).server()).isNull();
    }

    @Test
    void aServerTellsItsLimitsAndCounts() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();
        }
        await().atMost(LIMIT).until(() -> describe("echo").streams().counts().active() == 0);

        StreamsDescriptor streams = describe("echo").streams();

        assertThat(streams.counts().opened()).isEqualTo(1);
        assertThat(streams.counts().received()).isEqualTo(6);
        assertThat(streams.counts().sent()).isEqualTo(6);
        assertThat(streams.counts().closed()).containsOnlyKeys(CloseReason.PEER_END);
        assertThat(streams.limits().maxBufferSize()).isEqualTo(104_857_600);
        assertThat(streams.limits().readTimeoutMillis()).isNull();
        assertThat(streams.limits().closeTimeoutMillis()).isEqualTo(5000);
        assertThat(streams.tls()).isNull();
    }

    @Test
    void whatIsNotThereIsNull() {
        assertThat(describe("ecco")).isNull();
        assertThat(endpoint.endpoint("client", "echo", null)).isNull();
        assertThat(endpoint.state("server", "ecco", TrafficState.PAUSED, null)).isNull();
        assertThat(endpoint.close("server", "ecco", 1)).isEqualTo(ClosingDescriptor.ABSENT);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.endpoint("servers", "echo", null))
                .withMessageContaining("no 'servers'");
        assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.endpoint("server", "echo", -1))
                .withMessageContaining("'limit' must be between 0 and 10000, was -1");
        assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.state("client", "orders", TrafficState.PAUSED, null))
                .withMessageContaining("Only servers are paused");
    }

    // ---- what connections wait for

    @Test
    void aConnectionOnWhichNothingHappensIsIdle() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();

            await().atMost(LIMIT).until(() -> diagnosisOf("echo"), Diagnosis.IDLE::equals);
            ConnectionDescriptor connection = describe("echo").connections().get(0);
            assertThat(connection.remote()).startsWith("127.0.0.1:");
            assertThat(connection.state()).isEqualTo("OPEN");
            assertThat(connection.bytesReceived()).isEqualTo(6);
            assertThat(connection.bytesSent()).isEqualTo(6);
            assertThat(connection.loop()).isEqualTo("endpoint-test-1");
        }
    }

    @Test
    void aConnectionWithAPartOfALineWaitsForTheRest() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hel");

            await().atMost(LIMIT).until(() -> diagnosisOf("echo"), Diagnosis.MESSAGE_INCOMPLETE::equals);
        }
    }

    @Test
    void aConnectionThatTheApplicationDoesNotReadWaitsForIt() throws Exception {
        try (var client = new LineClient(servers.port("deaf"))) {
            client.send("hello\n");

            await().atMost(LIMIT).until(() -> diagnosisOf("deaf"), Diagnosis.APPLICATION_SLOW::equals);
        }
    }

    @Test
    void aConnectionWhosePeerTakesNothingWaitsForThePeer() throws Exception {
        try (var client = new LineClient(servers.port("flood"))) {
            await().atMost(LIMIT).until(() -> diagnosisOf("flood"), Diagnosis.PEER_SLOW::equals);
            assertThat(describe("flood").connections().get(0).unsent()).isPositive();
            assertThat(client).isNotNull();
        }
    }

    @Test
    void aConnectionOnWhichBytesComeAndGoIsActive() throws Exception {
        var stop = new AtomicBoolean();
        var chat = new Thread(() -> {
            try (var client = new LineClient(servers.port("echo"))) {
                while (!stop.get()) {
                    client.send("hello\n");
                    client.receive();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        chat.start();
        try {
            await().atMost(LIMIT).until(() -> describe("echo").connections().size() == 1);
            await().atMost(LIMIT).until(() -> diagnosisOf("echo"), Diagnosis.ACTIVE::equals);
        } finally {
            stop.set(true);
            chat.join();
        }
    }

    @Test
    void connectionsOfALoopThatIsLateAreSaidToWaitForIt() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();
            var asked = new CountDownLatch(1);
            group.next().addCallback(() -> {
                awaitQuietly(asked);
                block(ConnectionSurvey.MOMENT.multipliedBy(3));
            });
            asked.countDown();

            assertThat(diagnosisOf("echo")).isEqualTo(Diagnosis.LOOP_BUSY);
        }
    }

    @Test
    void aLoopThatIsStuckIsNamedAndNotWaitedFor() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();
            var letGo = new CountDownLatch(1);
            group.next().addCallback(() -> awaitQuietly(letGo));
            try {
                EndpointDescriptor described = describe("echo");

                assertThat(described.busyLoops()).containsExactly("endpoint-test-1");
                assertThat(described.connections()).isEmpty();
                assertThat(described.streams().counts().active()).isEqualTo(1);
            } finally {
                letGo.countDown();
            }
        }
    }

    @Test
    void thoseThatHoldMostComeFirstAndNoMoreThanAskedFor() throws Exception {
        try (var little = new LineClient(servers.port("echo"));
                var much = new LineClient(servers.port("echo"));
                var nothing = new LineClient(servers.port("echo"))) {
            little.send("xx");
            much.send("x".repeat(1000));
            nothing.send("hello\n");
            nothing.receive();
            await().atMost(LIMIT)
                    .until(() -> describe("echo").streams().counts().readBuffer() == 1002);

            assertThat(describe("echo").connections())
                    .extracting(ConnectionDescriptor::buffered)
                    .containsExactly(1000L, 2L, 0L);
            assertThat(endpoint.endpoint("server", "echo", 1).connections())
                    .extracting(ConnectionDescriptor::buffered)
                    .containsExactly(1000L);
            assertThat(endpoint.endpoint("server", "echo", 0).connections()).isEmpty();
        }
    }

    @Test
    void peersAreHiddenUnlessTheyAreToBeShown() throws Exception {
        var discreet =
                new IOStreamEndpoint(group, heartbeats, servers, new IOStreamClients(List.of()), traffic, Show.NEVER);
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();

            ConnectionDescriptor connection =
                    discreet.endpoint("server", "echo", null).connections().get(0);

            assertThat(connection.remote()).isEqualTo("******");
            assertThat(connection.identity()).isNull();
        }
    }

    // ---- changing

    @Test
    void aServerIsPausedAndResumed() throws Exception {
        IOStreamDescriptor.Server paused = endpoint.state("server", "echo", TrafficState.PAUSED, null);
        assertThat(paused.state()).isEqualTo(ServerState.PAUSED);
        assertThat(traffic.isOut("echo")).isTrue();

        IOStreamDescriptor.Server resumed = endpoint.state("server", "echo", TrafficState.ACCEPTING, null);
        assertThat(resumed.state()).isEqualTo(ServerState.ACCEPTING);
        assertThat(traffic.isOut("echo")).isFalse();
        assertThat(events).isEmpty();
        assertEchoes();
    }

    @Test
    void aServerThatWasDrainedListensAgainWhenItIsToAccept() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();
            assertThat(endpoint.state("server", "echo", TrafficState.DRAINING, null)
                            .state())
                    .isIn(ServerState.DRAINING, ServerState.STOPPED);
            assertThat(client.receive()).as("it was idle, and is closed").isEmpty();
        }
        await().atMost(LIMIT).until(() -> describe("echo").server().state() == ServerState.STOPPED);
        assertThat(traffic.isOut("echo")).isTrue();

        endpoint.state("server", "echo", TrafficState.ACCEPTING, null);

        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        IOStreamServerStartedEvent.class,
                        event -> assertThat(event.getServerName()).isEqualTo("echo"));
        assertThat(traffic.isOut("echo")).isFalse();
        assertEchoes();
    }

    @Test
    void aServerThatIsStillDrainingCannotAccept() throws Exception {
        try (var client = new LineClient(servers.port("deaf"))) {
            client.send("unread");
            await().atMost(LIMIT)
                    .until(() -> describe("deaf").streams().counts().readBuffer() == 6);
            endpoint.state("server", "deaf", TrafficState.DRAINING, "20s");

            assertThatExceptionOfType(InvalidEndpointRequestException.class)
                    .isThrownBy(() -> endpoint.state("server", "deaf", TrafficState.ACCEPTING, null))
                    .withMessageContaining("is draining");
        }
    }

    @Test
    void aServerThatWasPausedWhileItDrainedAcceptsAgain() throws Exception {
        endpoint.state("server", "echo", TrafficState.DRAINING, "0");
        endpoint.state("server", "echo", TrafficState.PAUSED, null);
        await().atMost(LIMIT).until(() -> describe("echo").server().state() == ServerState.STOPPED);

        endpoint.state("server", "echo", TrafficState.ACCEPTING, null);

        assertThat(describe("echo").server().state()).isEqualTo(ServerState.ACCEPTING);
        assertEchoes();
    }

    @Test
    void aLimitWithoutUnitCountsSeconds(CapturedOutput output) {
        endpoint.state("server", "echo", TrafficState.DRAINING, "30");

        assertThat(output).contains("Server 'echo' drains for 30 s at most");
    }

    @Test
    void aLimitThatIsNoTimeIsRefused() {
        assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.state("server", "echo", TrafficState.DRAINING, "soon"))
                .withMessage("'limit' must be a time such as 10s, was 'soon'");
    }

    @Test
    void aLimitThatIsNegativeIsRefusedAndCutsNobodyOff() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();

            assertThatExceptionOfType(InvalidEndpointRequestException.class)
                    .isThrownBy(() -> endpoint.state("server", "echo", TrafficState.DRAINING, "-3s"))
                    .withMessage("'limit' must not be negative, was -3s; 0 closes all connections at once")
                    .satisfies(refused -> assertThat(refused.getReason()).isEqualTo(refused.getMessage()));

            assertThat(describe("echo").server().state()).isEqualTo(ServerState.ACCEPTING);
            client.send("still here\n");
            assertThat(client.receive()).isEqualTo("still here\n");
        }
    }

    @Test
    void oneConnectionIsClosedAndNoOther() throws Exception {
        try (var first = new LineClient(servers.port("echo"))) {
            first.send("first\n");
            first.receive();
            long id = describe("echo").connections().get(0).id();
            try (var second = new LineClient(servers.port("echo"))) {
                assertThat(endpoint.close("server", "deaf", id))
                        .as("not one of that server")
                        .isEqualTo(ClosingDescriptor.ABSENT);
                assertThat(endpoint.close("server", "echo", id).closed()).isTrue();

                assertThat(first.receive()).isEmpty();
                second.send("second\n");
                assertThat(second.receive()).isEqualTo("second\n");
                assertThat(endpoint.close("server", "echo", id))
                        .as("gone already")
                        .isEqualTo(ClosingDescriptor.ABSENT);
            }
        }
    }

    @Test
    void aConnectionOnALoopThatIsStuckIsClosedOnceItCanBe() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            client.receive();
            long id = describe("echo").connections().get(0).id();
            var letGo = new CountDownLatch(1);
            group.next().addCallback(() -> awaitQuietly(letGo));
            try {
                var overHttp = new IOStreamEndpointWebExtension(endpoint, Show.ALWAYS, Set.of());
                WebEndpointResponse<ClosingDescriptor> answer = overHttp.close("server", "echo", id);

                assertThat(answer.getStatus()).isEqualTo(202);
                assertThat(answer.getBody()).isEqualTo(new ClosingDescriptor(false, List.of("endpoint-test-1")));
            } finally {
                letGo.countDown();
            }
            assertThat(client.receive()).isEmpty();
        }
    }

    private void assertEchoes() throws Exception {
        try (var client = new LineClient(servers.port("echo"))) {
            client.send("hello\n");
            assertThat(client.receive()).isEqualTo("hello\n");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As a callback does that waits for something. */
    private static void block(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
