package dev.iostream.transport;

import static java.net.StandardProtocolFamily.INET;
import static java.net.StandardProtocolFamily.INET6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.iostream.dns.IpLiteral;
import dev.iostream.dns.Resolver;
import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dialling in memory and in virtual time. A connection takes 10 ms there and back. */
class DialTransportTest {
    private static final int PORT = 5432;
    private static final String HOST = "db.internal";
    private static final InetAddress A4 = address("192.0.2.1");
    private static final InetAddress B4 = address("192.0.2.2");
    private static final InetAddress A6 = address("2001:db8::1");
    private static final InetAddress B6 = address("2001:db8::2");

    private final Simulation simulation = new Simulation(Link.perfect().latency(Duration.ofMillis(5)));
    private final IOLoop loop = simulation.loop();
    private final RecordingNetwork network = new RecordingNetwork(simulation.network());
    private final List<Transport> accepted = new ArrayList<>();
    private DialOptions options = simulation.dialOptions().network(network);

    private static InetAddress address(String literal) {
        try {
            return IpLiteral.parse(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static InetSocketAddress at(InetAddress address) {
        return new InetSocketAddress(address, PORT);
    }

    private static List<SocketAddress> at(InetAddress... addresses) {
        return List.of(addresses).stream()
                .<SocketAddress>map(DialTransportTest::at)
                .toList();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        simulation.run(Duration.ofMinutes(5));
        assertThat(loop.stats().failures()).as("callbacks that threw").isZero();
        assertThat(loop.stats().timers()).as("timers left").isZero();
    }

    private void listen(InetAddress... addresses) {
        for (InetAddress address : addresses) {
            try {
                network.listen(at(address), 16, loop, () -> loop, connection -> accepted.add(connection.transport()));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Dialled dial() {
        return dial(HOST);
    }

    private Dialled dial(String host) {
        return new Dialled(Transport.dial(host, PORT, loop, options), loop).begin();
    }

    private DialException failureOf(Dialled dialled) {
        assertThat(dialled.failure).isInstanceOf(DialException.class);
        assertThat(dialled.toldAfterTheEnd).as("told after the failure").isZero();
        assertThat(network.open()).as("attempts left open").isEmpty();
        return (DialException) dialled.failure;
    }

    private void connectedTo(Dialled dialled, InetAddress address) {
        assertThat(dialled.failure).isNull();
        assertThat(dialled.ready()).isTrue();
        assertThat(dialled.transport.remoteAddress()).isEqualTo(at(address));
        assertThat(network.open()).extracting(each -> each.address).containsExactly(at(address));
    }

    // ---- names and addresses

    @Test
    void resolvesAndThenConnects() {
        listen(A4);
        simulation.slowName(HOST, Duration.ofMillis(100), A4);
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        connectedTo(dialled, A4);
        assertThat(dialled.stages).containsExactly(Stage.RESOLVING, Stage.CONNECTING, Stage.READY);
        assertThat(dialled.endedAt).isEqualTo(110);
        assertThat(accepted).hasSize(1);
    }

    @Test
    void anAddressIsNotBroughtToTheResolver() {
        listen(A4, A6);
        options = options.resolver((host, limit, on, resolved, failed) -> {
            throw new AssertionError("asked for " + host);
        });
        Dialled four = dial("192.0.2.1");
        Dialled six = dial("2001:db8::1");
        Dialled given = new Dialled(Transport.dial(at(A4), loop, options), loop).begin();
        assertThat(four.stages).containsExactly(Stage.CONNECTING);
        simulation.run(Duration.ofSeconds(1));
        assertThat(List.of(four, six, given)).allMatch(Dialled::ready);
        assertThat(six.transport.remoteAddress()).isEqualTo(at(A6));
    }

    @Test
    void anUnresolvedAddressIsResolved() {
        listen(A4);
        simulation.name(HOST, A4);
        Transport transport = Transport.dial(InetSocketAddress.createUnresolved(HOST, PORT), loop, options);
        Dialled dialled = new Dialled(transport, loop).begin();
        simulation.run(Duration.ofSeconds(1));
        connectedTo(dialled, A4);
    }

    @Test
    void itTellsTheNameThatItWasDialledByAndNoneOfAnAddress() {
        listen(A4);
        simulation.name(HOST, A4);
        Dialled named = dial();
        Dialled unresolved = new Dialled(
                        Transport.dial(InetSocketAddress.createUnresolved(HOST, PORT), loop, options), loop)
                .begin();
        Dialled given = new Dialled(Transport.dial(at(A4), loop, options), loop).begin();
        simulation.run(Duration.ofSeconds(1));
        assertThat(List.of(named, unresolved, given)).allMatch(Dialled::ready);
        assertThat(named.transport.host()).isEqualTo(HOST);
        assertThat(unresolved.transport.host()).isEqualTo(HOST);
        assertThat(given.transport.host()).isNull();
        assertThat(accepted).allMatch(transport -> transport.host() == null);
    }

    @Test
    void aUnixDomainAddressIsConnectedTo() throws IOException {
        var path = UnixDomainSocketAddress.of("simulated.sock");
        network.listen(path, 16, loop, () -> loop, connection -> accepted.add(connection.transport()));
        Dialled dialled = new Dialled(Transport.dial(path, loop, options), loop).begin();
        simulation.run(Duration.ofSeconds(1));
        assertThat(dialled.ready()).isTrue();
        assertThat(dialled.transport.remoteAddress()).isEqualTo(path);
    }

    @Test
    void anUnknownNameFails() {
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        DialException failure = failureOf(dialled);
        assertThat(failure.errno()).isEqualTo(-2);
        assertThat(failure.reason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(failure).hasMessage("Could not resolve db.internal: Name or service not known");
        assertThat(network.attempts).isEmpty();
    }

    @Test
    void aZoneThatIsNotHereIsUnknown() {
        DialException failure = failureOf(dial("fe80::1%nosuch0"));
        assertThat(failure.errno()).isEqualTo(-2);
        assertThat(failure).hasMessageContaining("nosuch0");
    }

    @Test
    void aNameWithoutAddressesIsUnknown() {
        options = options.resolver(
                (host, limit, on, resolved, failed) -> on.addCallback(resolved, List.<InetAddress>of()));
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        assertThat(failureOf(dialled)).hasMessage("Could not resolve db.internal: it has no address");
        assertThat(failureOf(dialled).errno()).isEqualTo(-2);
    }

    @Test
    void onlyTheWantedFamilyIsTried() {
        simulation.name(HOST, A4, A6, B4, B6);
        options = options.family(INET6);
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        failureOf(dialled);
        assertThat(network.addresses()).containsExactlyElementsOf(at(A6, B6));
    }

    @Test
    void aNameWithoutAnAddressOfTheFamilyIsUnknownAndSaysSo() {
        simulation.name(HOST, A4, B4);
        options = options.family(INET6);
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        assertThat(failureOf(dialled).errno()).isEqualTo(-2);
        assertThat(failureOf(dialled)).hasMessageContainingAll("db.internal", "no INET6 address", "2 of another");
        DialException literal = failureOf(dial("192.0.2.1"));
        assertThat(literal.errno()).isEqualTo(-2);
        assertThat(literal).hasMessageContaining("no INET6 address");
    }

    // ---- the resolver's limits

    @Test
    void aSilentNameServerFailsAtTheDnsDeadline() {
        simulation.silentName(HOST);
        options = options.dnsTimeout(Duration.ofSeconds(3));
        Dialled dialled = dial();
        simulation.run();
        DialException failure = failureOf(dialled);
        assertThat(dialled.endedAt).isEqualTo(3000);
        assertThat(failure.errno()).isEqualTo(110);
        assertThat(failure.reason()).isEqualTo(CloseReason.DNS_DEADLINE);
        assertThat(failure).hasMessageContainingAll("db.internal", "3s", "RESOLVING", "dns_timeout");
    }

    @Test
    void theDefaultDnsDeadlineIs30Seconds() {
        listen(A4);
        simulation.slowName(HOST, Duration.ofSeconds(40), A4);
        Dialled dialled = dial();
        simulation.run();
        assertThat(dialled.endedAt).isEqualTo(30_000);
        assertThat(failureOf(dialled).reason()).isEqualTo(CloseReason.DNS_DEADLINE);
        assertThat(network.attempts).as("after the late answer").isEmpty();
    }

    @Test
    void theDnsDeadlineDoesNotDependOnTheResolver() {
        List<Consumer<List<InetAddress>>> asked = new ArrayList<>();
        options = options.resolver((host, limit, on, resolved, failed) -> asked.add(resolved));
        Dialled dialled = dial();
        simulation.run();
        assertThat(dialled.endedAt).isEqualTo(30_000);
        assertThat(failureOf(dialled).errno()).isEqualTo(110);
        asked.get(0).accept(List.of(A4));
        simulation.run();
        assertThat(network.attempts).isEmpty();
    }

    @Test
    void withoutADnsTimeoutAnAnswerMayTakeAnyTime() {
        listen(A4);
        simulation.slowName(HOST, Duration.ofHours(5), A4);
        options = options.dnsTimeout(Duration.ZERO);
        Dialled dialled = dial();
        simulation.run();
        connectedTo(dialled, A4);
    }

    @Test
    void aResolverThatAnswersInsideTheCallIsUsed() {
        listen(A4);
        options = options.resolver((host, limit, on, resolved, failed) -> resolved.accept(List.of(A4)));
        Dialled dialled = dial();
        assertThat(dialled.stages).containsExactly(Stage.CONNECTING);
        simulation.run(Duration.ofSeconds(1));
        connectedTo(dialled, A4);
    }

    @Test
    void aResolverThatThrowsOrFailsOddlyIsAFailure() {
        options = options.resolver((host, limit, on, resolved, failed) -> {
            throw new IllegalStateException("broken");
        });
        assertThat(failureOf(dial())).hasMessageContainingAll("db.internal", "broken");
        assertThat(failureOf(dial()).errno()).isEqualTo(-3);

        options =
                options.resolver((host, limit, on, resolved, failed) -> failed.accept(new UnknownHostException("no")));
        assertThat(failureOf(dial()).errno()).isEqualTo(-2);
    }

    @Test
    void aSecondAnswerIsIgnored() {
        listen(A4, B4);
        options = options.resolver((host, limit, on, resolved, failed) -> {
            resolved.accept(List.of(A4));
            resolved.accept(List.of(B4));
            failed.accept(new UnknownHostException("no"));
        });
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        connectedTo(dialled, A4);
        assertThat(network.attempts).hasSize(1);
    }

    // ---- one address

    @Test
    void aRefusedAddressFails() {
        Dialled dialled = dial("192.0.2.1");
        simulation.run();
        DialException failure = failureOf(dialled);
        assertThat(dialled.endedAt).isEqualTo(10);
        assertThat(failure.errno()).isEqualTo(111);
        assertThat(failure.reason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(failure)
                .hasMessage("Could not connect to 192.0.2.1:5432: Connection refused"
                        + " (stage CONNECTING, 1 of 1 address tried); check the port, and that something listens there")
                .hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void aFailureInTheCallIsLikeALateOne() {
        for (Exception thrown : List.of(
                new SocketException("Network is unreachable"),
                new IllegalArgumentException("Network is unreachable"))) {
            network.thrown.put(at(A6), thrown);
            DialException failure = failureOf(dial("2001:db8::1"));
            assertThat(failure.errno()).isEqualTo(101);
            assertThat(failure.reason()).isEqualTo(CloseReason.CONNECT_FAILED);
            assertThat(failure).hasCause(thrown).hasMessageContaining("to [2001:db8::1]:5432: ");
        }
        network.thrown.clear();
        simulation.unreachable(at(A6));
        Dialled late = dial("2001:db8::1");
        simulation.run();
        assertThat(failureOf(late).errno()).isEqualTo(113);
        assertThat(failureOf(late)).hasCauseInstanceOf(NoRouteToHostException.class);
    }

    @Test
    void aSilentAddressFailsAtTheConnectDeadline() {
        simulation.blackHole(at(A4));
        simulation.slowName(HOST, Duration.ofSeconds(20), A4);
        Dialled dialled = dial();
        simulation.run();
        DialException failure = failureOf(dialled);
        assertThat(dialled.endedAt).as("20 s for the name, then 10 s").isEqualTo(30_000);
        assertThat(failure.errno()).isEqualTo(110);
        assertThat(failure.reason()).isEqualTo(CloseReason.CONNECT_DEADLINE);
        assertThat(failure)
                .hasMessage("Could not connect to db.internal:5432 within 10s (stage CONNECTING, 1 of 1 address tried);"
                        + " check the address and what filters packets on the way, or raise connectTimeout")
                .hasNoCause();
    }

    @Test
    void withoutAConnectTimeoutAConnectionMayTakeAnyTime() {
        listen(A4);
        simulation.slow(at(A4), Duration.ofHours(1));
        options = options.connectTimeout(Duration.ZERO);
        Dialled dialled = dial("192.0.2.1");
        simulation.run();
        connectedTo(dialled, A4);
    }

    @Test
    void connectsFromTheSourceAddress() {
        listen(A4);
        var source = new InetSocketAddress(B4, 4711);
        options = options.source(source);
        Dialled dialled = dial("192.0.2.1");
        simulation.run(Duration.ofSeconds(1));
        assertThat(dialled.transport.localAddress()).isEqualTo(source);
        assertThat(accepted.get(0).remoteAddress()).isEqualTo(source);
    }

    // ---- several addresses

    @Test
    void aSilentAddressIsOvertakenAfter250Milliseconds() {
        listen(A4);
        simulation.blackHole(at(A6));
        simulation.name(HOST, A6, A4);
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        connectedTo(dialled, A4);
        assertThat(network.millis()).containsExactly(0L, 250L);
        assertThat(dialled.endedAt).isEqualTo(260);
    }

    @Test
    void theDelayCanBeChosen() {
        listen(A4);
        simulation.blackHole(at(A6));
        simulation.name(HOST, A6, A4);
        options = options.attemptDelay(Duration.ofMillis(50));
        dial();
        simulation.run(Duration.ofSeconds(1));
        assertThat(network.millis()).containsExactly(0L, 50L);
    }

    @Test
    void addressesOfOneFamilyRaceToo() {
        simulation.blackHole(at(A4));
        simulation.blackHole(at(B4));
        simulation.name(HOST, A4, B4);
        Dialled dialled = dial();
        simulation.run();
        assertThat(network.millis()).containsExactly(0L, 250L);
        assertThat(dialled.endedAt).as("one deadline for both").isEqualTo(10_000);
        assertThat(failureOf(dialled)).hasMessageContaining("2 of 2 addresses tried");
    }

    @Test
    void theFirstToAnswerWinsEvenIfItBeganLater() {
        listen(A6, A4);
        simulation.slow(at(A6), Duration.ofMillis(300));
        simulation.name(HOST, A6, A4);
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(5));
        connectedTo(dialled, A4);
        assertThat(accepted)
                .as("the late one was given up before it was accepted")
                .hasSize(1);
        assertThat(dialled.toldAfterTheEnd).isZero();
    }

    @Test
    void theFirstKeepsItsChanceWhileOthersAreTried() {
        listen(A6);
        simulation.slow(at(A6), Duration.ofMillis(400));
        simulation.blackHole(at(A4));
        simulation.name(HOST, A6, A4);
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(5));
        connectedTo(dialled, A6);
        assertThat(dialled.endedAt).isEqualTo(410);
    }

    @Test
    void aPeerThatHadAcceptedALoserSeesItsEnd() throws IOException {
        listen(A6, A4);
        // accepted after 255 ms, when the other, begun at 250 ms, has not been told yet of its success at 260 ms
        simulation.slow(at(A6), Duration.ofMillis(252));
        simulation.name(HOST, A6, A4);
        Dialled dialled = dial();
        simulation.run(Duration.ofMillis(259));
        assertThat(accepted).hasSize(2);
        simulation.run(Duration.ofSeconds(1));
        connectedTo(dialled, A4);
        Transport loser = accepted.stream()
                .filter(each -> each.localAddress().equals(at(A6)))
                .findFirst()
                .orElseThrow();
        assertThat(loser.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void aFailedAttemptLetsTheNextBeginAtOnce() {
        listen(B4);
        simulation.name(HOST, A6, A4, B6, B4);
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        connectedTo(dialled, B4);
        assertThat(network.addresses()).containsExactlyElementsOf(at(A6, A4, B6, B4));
        assertThat(network.millis()).containsExactly(0L, 10L, 20L, 30L);
    }

    @Test
    void aFailureStartsTheDelayAnew() {
        simulation.refuse(at(A6));
        simulation.blackHole(at(A4));
        simulation.blackHole(at(B6));
        simulation.name(HOST, A6, A4, B6);
        dial();
        simulation.run();
        assertThat(network.millis()).containsExactly(0L, 10L, 260L);
    }

    @Test
    void familiesTakeTurns() {
        simulation.name(HOST, A6, B6, A4, B4);
        Dialled dialled = dial();
        simulation.run();
        failureOf(dialled);
        assertThat(network.addresses()).containsExactlyElementsOf(at(A6, A4, B6, B4));
    }

    @Test
    void anAttemptThatThrowsIsOneThatFailed() {
        listen(A4);
        network.thrown.put(at(A6), new BindException("Cannot assign requested address"));
        simulation.name(HOST, A6, A4);
        Dialled dialled = dial();
        simulation.run(Duration.ofSeconds(1));
        connectedTo(dialled, A4);
        assertThat(network.millis()).containsExactly(0L, 0L);
    }

    @Test
    void failsWhenAllHaveFailedAndTellsTheMostTelling() {
        network.thrown.put(at(B6), new SocketException("Network is unreachable"));
        simulation.unreachable(at(A4));
        simulation.name(HOST, A6, A4, B6);
        Dialled dialled = dial();
        simulation.run();
        DialException failure = failureOf(dialled);
        assertThat(failure.errno()).isEqualTo(111);
        assertThat(failure.getCause()).as("the last").hasMessage("Network is unreachable");
        assertThat(failure.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("Connection refused", "No route to host");
        assertThat(failure)
                .hasMessage("Could not connect to db.internal:5432: Connection refused (stage CONNECTING, 3 of 3"
                        + " addresses tried: [2001:db8:0:0:0:0:0:1]:5432 Connection refused, 192.0.2.1:5432 No route to host,"
                        + " [2001:db8:0:0:0:0:0:2]:5432 Network is unreachable); check the port, and that something listens"
                        + " there");
    }

    @Test
    void aFailureWaitsForTheAttemptsThatAreUnderWay() {
        simulation.slow(at(A6), Duration.ofSeconds(2));
        simulation.name(HOST, A6, A4);
        Dialled dialled = dial();
        simulation.run();
        assertThat(dialled.endedAt).as("the refusal of the first").isEqualTo(2010);
        assertThat(failureOf(dialled)).hasMessageContaining("2 of 2");
    }

    @Test
    void theDeadlineClosesAllAndBeginsNothingMore() {
        InetAddress[] silent = new InetAddress[60];
        for (int i = 0; i < silent.length; i++) {
            silent[i] = address("192.0.2." + (i + 1));
            simulation.blackHole(at(silent[i]));
        }
        simulation.refuse(at(silent[0]));
        simulation.name(HOST, silent);
        Dialled dialled = dial();
        simulation.run();
        assertThat(dialled.endedAt).isEqualTo(10_000);
        int tried = network.attempts.size();
        assertThat(tried).isBetween(40, 42);
        DialException failure = failureOf(dialled);
        assertThat(failure)
                .hasMessageContainingAll("within 10s", tried + " of 60", "192.0.2.1:5432 Connection refused");
        assertThat(failure.getCause()).hasMessage("Connection refused");
    }

    @Test
    void aDeadlineThatPassesAfterTheSuccessChangesNothing() {
        listen(A4);
        simulation.name(HOST, A4);
        Dialled dialled = dial();
        simulation.run(Duration.ofMinutes(2));
        connectedTo(dialled, A4);
        assertThat(dialled.endedAt).isEqualTo(10);
    }

    @Test
    void thousandsOfAddressesThatFailAtOnceTakeLittleStack() {
        InetAddress[] many = new InetAddress[5000];
        for (int i = 0; i < many.length; i++) {
            many[i] = address("10.1." + i / 250 + "." + i % 250);
            network.thrown.put(at(many[i]), new SocketException("Network is unreachable"));
        }
        simulation.name(HOST, many);
        Dialled dialled = dial();
        simulation.run();
        assertThat(failureOf(dialled).errno()).isEqualTo(101);
        assertThat(failureOf(dialled).getMessage()).as("not all of them").hasSizeLessThan(1000);
        assertThat(network.attempts).hasSize(5000);
    }

    @Test
    void whateverHappensExactlyOneStaysOrNone() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            var world = new DialTransportTest();
            int count = random.nextInt(7);
            InetAddress[] addresses = new InetAddress[count];
            boolean good = false;
            for (int i = 0; i < count; i++) {
                addresses[i] = address(random.nextBoolean() ? "192.0.2." + (i + 1) : "2001:db8::" + (i + 1));
                good |= world.randomFate(addresses[i], random);
            }
            world.simulation.slowName(HOST, Duration.ofMillis(random.nextInt(500)), addresses);
            Dialled dialled = world.dial();
            boolean closed = random.nextInt(4) == 0;
            if (closed) {
                world.loop.addTimeout(Duration.ofMillis(random.nextInt(700)), () -> {
                    if (!dialled.ended()) {
                        dialled.transport.close();
                    }
                });
            }
            world.simulation.run();
            String what = "round " + round + ", seed " + seed;
            assertThat(dialled.ready() && dialled.failure != null).as(what).isFalse();
            assertThat(closed || dialled.ready() == good).as(what).isTrue();
            assertThat(closed || dialled.ended()).as(what).isTrue();
            assertThat(world.network.open()).as(what).hasSize(dialled.ready() ? 1 : 0);
            assertThat(dialled.toldAfterTheEnd).as(what).isZero();
            assertThat(world.loop.stats().timers()).as(what).isZero();
            assertThat(world.loop.stats().failures()).as(what).isZero();
        }
    }

    /** True when the address can be connected to before the deadline. */
    private boolean randomFate(InetAddress address, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> simulation.blackHole(at(address));
            case 1 -> simulation.unreachable(at(address));
            case 2 -> network.thrown.put(at(address), new SocketException("Network is unreachable"));
            case 3 -> simulation.slow(at(address), Duration.ofMillis(random.nextInt(1000)));
            case 4 -> {
                listen(address);
                simulation.slow(at(address), Duration.ofMillis(random.nextInt(1000)));
                return true;
            }
            default -> {
                listen(address);
                return true;
            }
        }
        return false;
    }

    // ---- closing

    @Test
    void closingWhileResolvingEndsIt() {
        simulation.slowName(HOST, Duration.ofSeconds(1), A4);
        Dialled dialled = dial();
        dialled.transport.close();
        assertThat(loop.stats().timers()).isZero();
        simulation.run(Duration.ofSeconds(5));
        assertThat(network.attempts).isEmpty();
        assertThat(dialled.ended()).isFalse();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(dialled.transport::establish);
    }

    @Test
    void closingWhileConnectingClosesEverything() {
        listen(B4);
        simulation.slow(at(B4), Duration.ofSeconds(1));
        simulation.blackHole(at(A6));
        simulation.name(HOST, A6, B4, A4);
        Dialled dialled = dial();
        simulation.run(Duration.ofMillis(400));
        assertThat(network.open()).hasSize(2);
        dialled.transport.close();
        dialled.transport.close();
        assertThat(network.open()).isEmpty();
        simulation.run(Duration.ofMillis(10));
        assertThat(loop.stats().timers()).as("the request that still travels").isEqualTo(1);
        simulation.run(Duration.ofSeconds(20));
        assertThat(network.attempts).hasSize(2);
        assertThat(accepted).isEmpty();
        assertThat(dialled.ended()).isFalse();
    }

    @Test
    void closingBeforeItBeganDoesNothingElse() {
        Transport transport = Transport.dial(HOST, PORT, loop, options);
        transport.close();
        assertThat(network.attempts).isEmpty();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(transport::establish);
    }

    // ---- afterwards

    @Test
    void everythingGoesToTheWinner() throws IOException {
        listen(A4);
        Dialled dialled = dial("192.0.2.1");
        Transport transport = dialled.transport;
        simulation.run(Duration.ofSeconds(1));
        Transport server = accepted.get(0);

        assertThat(transport.localAddress()).isEqualTo(server.remoteAddress());
        assertThat(transport.write(ByteBuffer.wrap(new byte[3]))).isEqualTo(3);
        assertThat(transport.flush()).isTrue();
        transport.shutdownWrite();
        server.write(ByteBuffer.wrap(new byte[5]));
        transport.watch(Interest.READ);
        simulation.run(Duration.ofMillis(5));
        ByteBuffer into = ByteBuffer.allocate(10);
        assertThat(server.read(into)).isEqualTo(3);
        assertThat(server.read(into)).isEqualTo(-1);
        assertThat(dialled.toldAfterTheEnd).as("told of readiness").isPositive();
        assertThat(transport.read(into)).isEqualTo(5);
        assertThat(transport.toString()).contains("192.0.2.1:5432");
        transport.close();
        assertThat(network.attempts.get(0).closes).isEqualTo(1);
    }

    @Test
    void beforehandItCarriesNothing() throws IOException {
        listen(A4);
        Dialled dialled = dial("192.0.2.1");
        Transport transport = dialled.transport;
        assertThat(transport.read(ByteBuffer.allocate(1))).isZero();
        assertThat(transport.write(ByteBuffer.allocate(1))).isZero();
        assertThat(transport.flush()).isTrue();
        assertThat(transport.localAddress()).isNull();
        assertThat(transport.remoteAddress()).isNull();
        assertThatExceptionOfType(NotYetConnectedException.class).isThrownBy(transport::shutdownWrite);
        transport.watch(Interest.READ);
        simulation.run(Duration.ofSeconds(1));
        assertThat(network.attempts.get(0).watched).as("watched since before").isEqualTo(Interest.READ);
    }

    // ---- mistakes

    @Test
    void mistakesThrowAtOnce() {
        for (int port : new int[] {-1, 0, 65_536}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Transport.dial(HOST, port, loop, options))
                    .withMessageContaining(String.valueOf(port));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Transport.dial(new InetSocketAddress(A4, 0), loop, options));
        assertThatNullPointerException().isThrownBy(() -> Transport.dial((String) null, PORT, loop, options));
        assertThatNullPointerException().isThrownBy(() -> Transport.dial((SocketAddress) null, loop, options));
        assertThatIllegalArgumentException().isThrownBy(() -> options.family(StandardProtocolFamily.UNIX));
        assertThatIllegalArgumentException().isThrownBy(() -> options.attemptDelay(Duration.ofMillis(9)));
        assertThatIllegalArgumentException().isThrownBy(() -> options.connectTimeout(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> options.dnsTimeout(Duration.ofMillis(-1)));
        assertThat(options.family(INET).family()).isEqualTo(INET);
        assertThat(Resolver.system()).isSameAs(DialOptions.defaults().resolver());
    }
}
