package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.iostream.event.StreamInfo;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server on several loops, over sockets of the system. */
class NioServerLoopsTest extends RunningGroup {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private TCPServer listening(ServerOptions.Builder options, SocketAddress... addresses) {
        TCPServer server = server(options);
        server.listen(addresses.length == 0 ? new SocketAddress[] {ANY_PORT} : addresses);
        return server;
    }

    // ---- addresses

    /** D-13 and D-23 of the original: an IPv6 peer after one of IPv4 had a truncated address with NULs in it. */
    @Test
    void peersOfBothFamiliesHaveTheirWholeAddress() throws Exception {
        assumeTrue(hasIPv6());
        TCPServer server = listening(options(), ANY_PORT, new InetSocketAddress("::1", 0));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SocketChannel client = connectAndTalk(server.localAddresses().get(i % 2));
            expected.add(client.getLocalAddress().toString());
        }

        List<StreamInfo> streams = server.streams(10).get(10, TimeUnit.SECONDS);

        assertThat(streams)
                .extracting(stream -> String.valueOf(stream.remote()))
                .containsExactlyInAnyOrderElementsOf(expected)
                .noneMatch(text -> text.indexOf('\0') >= 0)
                .anyMatch(text -> text.contains("0:0:0:0:0:0:0:1"));
    }

    @Test
    void severalAddressesWithPort0ShareOnePort() throws Exception {
        assumeTrue(hasIPv6());
        TCPServer server =
                listening(options(), ANY_PORT, new InetSocketAddress("::1", 0), new InetSocketAddress("127.0.0.2", 0));
        assertThat(server.localAddresses()).hasSize(3);
        assertThat(server.localAddresses())
                .extracting(RunningGroup::port)
                .doesNotContain(0)
                .containsOnly(port(server.localAddresses().get(0)));
        for (SocketAddress address : server.localAddresses()) {
            connectAndTalk(address);
        }
    }

    @Test
    void bothWildcardAddressesAreOneThatTakesBothFamilies() throws Exception {
        assumeTrue(hasIPv6());
        TCPServer server = listening(options(), new InetSocketAddress("0.0.0.0", 0), new InetSocketAddress("::", 0));
        assertThat(server.localAddresses()).hasSize(1);
        int port = port(server.localAddresses().get(0));
        connectAndTalk(new InetSocketAddress("127.0.0.1", port));
        connectAndTalk(new InetSocketAddress("::1", port));
    }

    @Test
    void withFamilyInetAWildcardAddressTakesIPv4Only() throws Exception {
        assumeTrue(hasIPv6());
        TCPServer server = listening(options().family(StandardProtocolFamily.INET), new InetSocketAddress(0));
        int port = port(server.localAddresses().get(0));
        connectAndTalk(new InetSocketAddress("127.0.0.1", port));
        assertThat(isRefused(new InetSocketAddress("::1", port))).isTrue();
    }

    @Test
    void aNameStandsForAllItsAddresses() throws Exception {
        TCPServer server = listening(options(), InetSocketAddress.createUnresolved("localhost", 0));
        assertThat(server.localAddresses())
                .extracting(address -> ((InetSocketAddress) address).getAddress())
                .isSubsetOf(InetAddress.getAllByName("localhost"))
                .isNotEmpty();
        connectAndTalk(server.localAddresses().get(0));
    }

    @Test
    void aNameThatNobodyKnowsIsRefused() {
        TCPServer server = server(options());
        assertThatThrownBy(() -> server.listen(InetSocketAddress.createUnresolved("no such host", 9)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("test")
                .hasMessageContaining("no such host:9");
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() {
        TCPServer server = server(options());
        assertThatThrownBy(() -> server.listen(new InetSocketAddress("192.0.2.1", 0)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("192.0.2.1");
        assertThat(server.localAddresses()).isEmpty();
    }

    // ---- loops

    @Test
    void streamsGoToTheLoopsInTurn() throws Exception {
        TCPServer server = listening(options());
        for (int i = 0; i < 6; i++) {
            connectAndTalk(server.localAddresses().get(0));
        }
        assertThat(served.stream().collect(Collectors.groupingBy(IOStream::loop, Collectors.counting())))
                .hasSize(2)
                .allSatisfy((loop, count) -> assertThat(count).isEqualTo(3));
    }

    @Test
    void withReusePortEachLoopListensByItself() throws Exception {
        TCPServer server = listening(options().reusePort(true));
        assertThat(server.localAddresses()).as("one address").hasSize(1);
        // the system spreads by a hash of the addresses: 100 on one side would be a chance of 1 to 2 to the 99th
        for (int i = 0; i < 100; i++) {
            connectAndTalk(server.localAddresses().get(0));
        }
        assertThat(served.stream().map(IOStream::loop).distinct()).hasSize(2);
    }

    @Test
    void withoutReusePortNobodyElseCanListenThere() {
        TCPServer server = listening(options());
        TCPServer thief = server(ServerOptions.builder("thief").reusePort(true));
        assertThatThrownBy(() -> thief.listen(server.localAddresses().get(0))).hasMessageContaining("already in use");
    }

    @Test
    void theLimitIsNeverExceededWhicheverLoopAccepts() throws Exception {
        TCPServer server = listening(options().maxConnections(3).reusePort(true));
        SocketAddress address = server.localAddresses().get(0);
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            clients.add(CompletableFuture.runAsync(() -> talkOnce(address, server), threads));
        }
        CompletableFuture.allOf(clients.toArray(CompletableFuture<?>[]::new)).get(30, TimeUnit.SECONDS);
        assertThat(server.stats().accepted()).isEqualTo(40);
        assertThat(server.stats().rejected()).isEmpty();
    }

    /** Hazard C2: the rest waits, and costs the server nothing. */
    @Test
    void ofManyMoreConnectionsThanTheLimitExactlySoManyAreHeld() throws Exception {
        int limit = 500;
        TCPServer server = listening(options().maxConnections(limit).backlog(1024));
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < 2 * limit; i++) {
            clients.add(connect(server));
        }
        until(() -> server.stats().connections() == limit);
        talk(clients.get(0));
        assertThat(server.stats().accepted()).isEqualTo(limit);
        assertThat(server.stats().full()).isTrue();
        for (SocketChannel client : clients.subList(0, limit)) {
            client.close();
        }
        for (SocketChannel client : clients.subList(limit, 2 * limit)) {
            talk(client);
        }
        assertThat(server.stats().accepted()).isEqualTo(2 * limit);
        assertThat(server.stats().rejected()).isEmpty();
    }

    private static void talkOnce(SocketAddress address, TCPServer server) {
        try (SocketChannel client = SocketChannel.open(address)) {
            talk(client);
            assertThat(server.stats().connections()).isBetween(1L, 3L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- channels of others

    @Test
    void acceptsFromAChannelOfTheCallersStartedOrNot() throws Exception {
        TCPServer server = server(options());
        server.addSocket(bound());
        server.start();
        server.addSocket(bound());
        assertThat(server.localAddresses()).hasSize(2);
        for (SocketAddress address : server.localAddresses()) {
            connectAndTalk(address);
        }
        server.stop();
        for (SocketAddress address : server.localAddresses()) {
            assertThat(isRefused(address)).isTrue();
        }
    }

    @Test
    void aChannelThatIsNotBoundIsRefused() throws Exception {
        TCPServer server = server(options());
        try (ServerSocketChannel channel = ServerSocketChannel.open()) {
            assertThatThrownBy(() -> server.addSocket(channel))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("not bound");
        }
    }

    private static ServerSocketChannel bound() throws IOException {
        return ServerSocketChannel.open().bind(ANY_PORT);
    }

    // ---- hardships

    @Test
    void connectionsThatAreResetAtOnceDoNoHarm() throws Exception {
        TCPServer server = listening(options());
        for (int i = 0; i < 500; i++) {
            reset(connect(server));
        }
        connectAndTalk(server.localAddresses().get(0));
        until(() -> server.stats().connections() == 1);
        assertThat(reported).isEmpty();
    }

    @Test
    void stopsAndListensAtTheSamePortAgainAndAgain() throws Exception {
        TCPServer server = listening(options());
        SocketAddress address = server.localAddresses().get(0);
        for (int i = 0; i < 100; i++) {
            connectAndTalk(address).close();
            server.stop();
            assertThat(isRefused(address)).isTrue();
            server.listen(address);
        }
    }

    @Test
    void aDrainTruncatesNoAnswer() throws Exception {
        TCPServer server = listening(options());
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            SocketChannel client = connectAndTalk(server.localAddresses().get(0));
            answers.add(CompletableFuture.supplyAsync(() -> askUntilTheEnd(client), threads));
        }

        Drained drained = server.drain(LONG).get(30, TimeUnit.SECONDS);

        assertThat(drained).isEqualTo(new Drained(30, 0));
        for (CompletableFuture<String> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS)).matches("(line\n)*");
        }
    }

    private static String askUntilTheEnd(SocketChannel client) {
        var heard = new StringBuilder();
        try (client) {
            while (true) {
                send("line\n", client);
                String answer = receive(5, client);
                heard.append(answer);
                if (answer.length() < 5) {
                    return heard.toString();
                }
            }
        } catch (IOException e) {
            return heard.toString();
        }
    }

    @Test
    void aDrainMayBeginOnALoop() throws Exception {
        TCPServer server = listening(options());
        SocketChannel client = connectAndTalk(server.localAddresses().get(0));
        var drained = new CompletableFuture<Drained>();
        group.next().addCallback(() -> server.drain(LONG).thenAccept(drained::complete));
        assertThat(hasEnded(client)).isTrue();
        client.close();
        assertThat(drained.get(30, TimeUnit.SECONDS)).isEqualTo(new Drained(1, 0));
        assertThat(server.stats().active()).isZero();
    }

    @Test
    void aClosedGroupIsNotWaitedFor() throws Exception {
        TCPServer server = listening(options());
        connectAndTalk(server.localAddresses().get(0));
        group.close();
        assertThat(server.stats().connections()).isZero();
        assertThat(server.drain(LONG).get(30, TimeUnit.SECONDS).forced()).isZero();
        assertThat(server.streams(10).get(30, TimeUnit.SECONDS)).isEmpty();
        server.close();
    }
}
