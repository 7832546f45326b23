package dev.iostream.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.proxy.ProxyTlv;
import dev.iostream.stream.IOStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whom a server lets in: by address, by what a proxy says, and as fast as it is told to. */
abstract class AdmissionContract extends ServerHarness {
    static final String HOME = InetAddress.getLoopbackAddress().getHostAddress();
    static final String OTHER = "127.0.0.2";

    private static final InetSocketAddress FRONT = new InetSocketAddress("198.51.100.2", 443);
    private static final ProxyProtocol FROM_HOME = ProxyProtocol.from(HOME);

    private static InetSocketAddress told(String address) {
        return new InetSocketAddress(address, 51234);
    }

    private static String header(String source) {
        return text(ProxyHeader.of(told(source), FRONT).encodeV2());
    }

    private static String text(byte[] header) {
        return new String(header, ISO_8859_1);
    }

    private TCPServer listening(Admission admission) {
        return listening(options().admission(admission));
    }

    private TCPServer listening(ServerOptions.Builder options) {
        TCPServer server = echoServer(options);
        server.listen(ANY_PORT);
        return server;
    }

    private TCPServer behindProxies() {
        return listening(Admission.defaults().proxyProtocol(FROM_HOME));
    }

    private Client client(TCPServer server, String source) {
        return clientFrom(source, server.localAddresses().get(0));
    }

    /** What a proxy at home sends first, and what its client does. */
    private Client proxied(TCPServer server, String header) {
        Client client = client(server, HOME);
        client.stream.write(header.getBytes(ISO_8859_1));
        return client;
    }

    private void assertRejected(TCPServer server, CloseReason reason, long times) {
        runUntil(() -> server.stats().connections() == 0);
        assertThat(server.stats().rejected()).containsOnlyKeys(reason);
        assertThat(server.stats().rejected(reason)).isEqualTo(times);
        assertThat(server.stats().accepted()).as("accepted").isZero();
        assertThat(server.stats().opened()).as("opened").isZero();
        assertThat(server.stats().introducing()).as("introducing").isZero();
        assertThat(served).isEmpty();
        assertThat(reported).isEmpty();
    }

    // ---- addresses

    @Test
    void whoIsDeniedIsClosedAtOnceAndNeverSeenByTheHandler() {
        TCPServer server = listening(Admission.defaults().deny("127.0.0.2/31"));
        for (int i = 0; i < 3; i++) {
            client(server, OTHER).isClosed();
        }
        assertRejected(server, CloseReason.ACCESS_DENIED, 3);
        client(server, HOME).isServed();
    }

    @Test
    void ifSomeAreAllowedEverybodyElseIsDenied() {
        TCPServer server = listening(Admission.defaults().allow(HOME, "2001:db8::/32"));
        client(server, OTHER).isClosed();
        assertRejected(server, CloseReason.ACCESS_DENIED, 1);
        client(server, HOME).isServed();
    }

    @Test
    void whoIsAllowedAndDeniedIsDenied() {
        TCPServer server = listening(Admission.defaults().allow("127.0.0.0/8").deny(OTHER));
        client(server, OTHER).isClosed();
        assertRejected(server, CloseReason.ACCESS_DENIED, 1);
        client(server, HOME).isServed();
    }

    @Test
    void whoIsRefusedTakesNoPlace() {
        TCPServer server = listening(options()
                .maxConnections(1)
                .maxConnectionsPerPeer(1)
                .admission(Admission.defaults().deny(OTHER)));
        for (int i = 0; i < 5; i++) {
            client(server, OTHER).isClosed();
        }
        Client client = client(server, HOME).isServed();
        client.stream.close();
        runUntil(() -> server.stats().connections() == 0);
        client(server, HOME).isServed();
    }

    @Test
    void whoIsRefusedMayBeTold() {
        TCPServer server = listening(options()
                .maxConnectionsPerPeer(1)
                .admission(Admission.defaults().deny(OTHER).rejectWith("421 busy\r\n")));
        Client denied = client(server, OTHER);
        denied.isClosed();
        denied.hears("421 busy\r\n");
        client(server, HOME).isServed();
        Client second = client(server, HOME);
        second.isClosed();
        second.hears("421 busy\r\n");
        assertThat(server.stats().rejected(CloseReason.ACCESS_DENIED)).isEqualTo(1);
        assertThat(server.stats().rejected(CloseReason.CONNECTION_LIMIT)).isEqualTo(1);
    }

    // ---- what a proxy says

    @Test
    void theHandlerSeesThePeerThatTheProxyTellsAndTheProxyBesideIt() {
        List<ProxyHeader> headers = new ArrayList<>();
        List<SocketAddress> addresses = new ArrayList<>();
        TCPServer server = server(options().admission(Admission.defaults().proxyProtocol(FROM_HOME)), stream -> {
            headers.add(stream.attribute(ProxyHeader.class));
            addresses.add(stream.remoteAddress());
            addresses.add(stream.localAddress());
            echo(stream);
        });
        server.listen(ANY_PORT);
        ProxyHeader header = ProxyHeader.of(told("192.0.2.1"), FRONT)
                .with(ProxyTlv.of(ProxyTlv.AUTHORITY, "www.example.org"))
                .with(ProxyTlv.checksum());

        Client client = proxied(server, text(header.encodeV2())).isServed();

        assertThat(headers).containsExactly(header);
        assertThat(addresses).containsExactly(told("192.0.2.1"), FRONT);
        StreamInfo info = served.get(0).info();
        assertThat(info.remote()).isEqualTo(told("192.0.2.1"));
        assertThat(info.local()).isEqualTo(FRONT);
        assertThat(info.proxy()).isEqualTo(client.stream.localAddress());
        assertThat(server.stats().accepted()).isEqualTo(1);
        assertThat(server.stats().rejected()).isEmpty();
    }

    @Test
    void aLineOfTextIsAHeaderToo() {
        TCPServer server = behindProxies();
        proxied(server, "PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n").isServed();
        assertThat(served.get(0).remoteAddress()).isEqualTo(new InetSocketAddress("2001:db8::1", 1));
    }

    @Test
    void whatComesWithTheHeaderIsTheFirstThatIsRead() {
        TCPServer server = behindProxies();
        proxied(server, header("192.0.2.1") + "together\n").hears("together\n");
    }

    @Test
    void aHeaderMayComeByteByByte() {
        TCPServer server = behindProxies();
        Client client = client(server, HOME);
        for (byte each : (header("192.0.2.1") + "ping\n").getBytes(ISO_8859_1)) {
            client.stream.write(new byte[] {each});
            runUntil(() -> client.stream.unsentBytes() == 0);
        }
        client.hears("ping\n");
    }

    @Test
    void aStreamIsNotServedBeforeTheHeaderHasCome() {
        TCPServer server = behindProxies();
        Client client = client(server, HOME);
        runUntil(() -> server.stats().introducing() == 1);
        assertThat(served).isEmpty();
        assertThat(server.stats().connections()).isEqualTo(1);
        assertThat(server.stats().accepted()).isZero();
        assertThat(resultOf(server.streams(10))).singleElement().satisfies(info -> {
            assertThat(info.state()).isEqualTo("OPENING");
            assertThat(info.remote()).isEqualTo(client.stream.localAddress());
            assertThat(info.proxy()).isNull();
        });

        client.stream.write(header("192.0.2.1").getBytes(ISO_8859_1));

        client.isServed();
        assertThat(server.stats().introducing()).isZero();
        assertThat(server.stats().accepted()).isEqualTo(1);
    }

    @Test
    void aProxyMayConnectForItselfOrForSomebodyWhomItCannotName() {
        TCPServer server = behindProxies();
        Client local = proxied(server, text(ProxyHeader.ofLocal().encodeV2())).isServed();
        Client unknown = proxied(server, "PROXY UNKNOWN\r\n").isServed();
        for (int i = 0; i < 2; i++) {
            IOStream stream = served.get(i);
            Client client = i == 0 ? local : unknown;
            assertThat(stream.remoteAddress()).isEqualTo(client.stream.localAddress());
            assertThat(stream.localAddress()).isEqualTo(server.localAddresses().get(0));
        }
        assertThat(served.get(0).attribute(ProxyHeader.class)).isEqualTo(ProxyHeader.ofLocal());
        assertThat(served.get(0).info().proxy()).isNull();
        assertThat(served.get(1).info().proxy()).isEqualTo(unknown.stream.localAddress());
    }

    @Test
    void whoIsNotTrustedIsRefusedWhateverItSays() {
        TCPServer server = behindProxies();
        Client spoofing = client(server, OTHER);
        spoofing.stream.write(header("192.0.2.1").getBytes(ISO_8859_1));
        spoofing.isClosed();
        client(server, OTHER).isClosed();
        assertRejected(server, CloseReason.PROXY_PROTOCOL, 2);
    }

    @Test
    void aProxyThatSendsNoHeaderIsRefused() {
        TCPServer server = behindProxies();
        proxied(server, "ping\n").isClosed();
        proxied(server, "GET / HTTP/1.1\r\n\r\n").isClosed();
        proxied(server, "\u0016\u0003\u0001").isClosed();
        assertRejected(server, CloseReason.PROXY_PROTOCOL, 3);
        assertThat(server.stats().streams().failed(CloseReason.PROXY_PROTOCOL)).isEqualTo(3);
        proxied(server, header("192.0.2.1")).isServed();
    }

    @Test
    void aHeaderThatDoesNotComeInTimeIsRefused() {
        TCPServer server =
                listening(Admission.defaults().proxyProtocol(FROM_HOME.headerTimeout(Duration.ofMillis(50))));
        proxied(server, header("192.0.2.1").substring(0, 20)).isClosed();
        client(server, HOME).isClosed();
        assertRejected(server, CloseReason.PROXY_PROTOCOL, 2);
    }

    @Test
    void aProbeThatConnectsAndGoesIsNeitherAcceptedNorRejected() {
        TCPServer server = behindProxies();
        Client probe = client(server, HOME);
        runUntil(() -> server.stats().introducing() == 1);
        probe.stream.close();
        runUntil(() -> server.stats().streams().failed(CloseReason.PEER_END) == 1);
        runUntil(() -> server.stats().connections() == 0);
        assertThat(server.stats().accepted()).isZero();
        assertThat(server.stats().rejected()).isEmpty();
    }

    @Test
    void theAddressThatTheProxyTellsIsTheOneThatIsAllowedOrDenied() {
        TCPServer server = listening(Admission.defaults()
                .proxyProtocol(FROM_HOME)
                .allow("192.0.2.0/24")
                .deny("192.0.2.66"));
        proxied(server, header("203.0.113.1")).isClosed();
        proxied(server, header("192.0.2.66")).isClosed();
        proxied(server, "PROXY UNKNOWN\r\n").isClosed();
        assertRejected(server, CloseReason.ACCESS_DENIED, 3);
        assertThat(server.stats().streams().failed(CloseReason.ACCESS_DENIED)).isEqualTo(3);
        proxied(server, header("192.0.2.1")).isServed();
        proxied(server, text(ProxyHeader.ofLocal().encodeV2())).isServed();
    }

    @Test
    void theLimitOfAPeerCountsTheAddressThatTheProxyTells() {
        TCPServer server = listening(options()
                .maxConnectionsPerPeer(1)
                .admission(Admission.defaults().proxyProtocol(FROM_HOME).rejectWith("421 busy\r\n")));
        Client first = proxied(server, header("192.0.2.1")).isServed();
        proxied(server, header("192.0.2.2")).isServed();

        Client second = proxied(server, header("192.0.2.1"));
        second.isClosed();
        second.hears("421 busy\r\n");

        assertThat(server.stats().rejected(CloseReason.CONNECTION_LIMIT)).isEqualTo(1);
        first.stream.close();
        runUntil(() -> server.stats().connections() == 1);
        proxied(server, header("192.0.2.1")).isServed();
    }

    @Test
    void connectionsWithoutAHeaderTakePlacesAndGiveThemBack() {
        TCPServer server = listening(
                options().maxConnections(2).admission(Admission.defaults().proxyProtocol(FROM_HOME)));
        Client silent = client(server, HOME);
        Client wrong = client(server, HOME);
        runUntil(() -> server.stats().introducing() == 2);
        assertThat(server.stats().full()).isTrue();
        Client third = proxied(server, header("192.0.2.1")).says("ping\n");
        third.hearsNothing();
        wrong.stream.write("wrong\n");
        wrong.isClosed();
        third.hears("ping\n");
        silent.stream.abort();
        runUntil(() -> server.stats().connections() == 1);
        assertThat(server.stats().introducing()).isZero();
        assertThat(server.stats().full()).isFalse();
    }

    @Test
    void aHandlerThatThrowsGivesThePlaceOfItsPeerBack() {
        TCPServer server = server(
                options()
                        .maxConnectionsPerPeer(1)
                        .admission(Admission.defaults().proxyProtocol(FROM_HOME)),
                stream -> {
                    throw new IllegalStateException("in the handler");
                });
        server.listen(ANY_PORT);
        for (int i = 0; i < 3; i++) {
            proxied(server, header("192.0.2.1")).isClosed();
            runUntil(() -> server.stats().connections() == 0);
        }
        assertThat(reported).hasSize(3);
        assertThat(server.stats().rejected()).isEmpty();
    }

    // ---- and what else happens meanwhile

    @Test
    void aDrainEndsThoseWithoutAHeaderAndServesThoseWhoseHeaderHasCome() {
        TCPServer server = behindProxies();
        Client silent = client(server, HOME);
        runUntil(() -> server.stats().introducing() == 1);
        Client introduced = proxied(server, header("192.0.2.1") + "ping\n");
        introduced.hears("ping\n");

        CompletableFuture<Drained> drained = server.drain(NEVER);

        silent.isClosed();
        introduced.isClosed();
        assertThat(resultOf(drained)).isEqualTo(new Drained(2, 0));
        assertThat(server.stats().streams().failed(CloseReason.DRAINED)).isEqualTo(1);
        assertThat(server.stats().rejected()).isEmpty();
    }

    @Test
    void aPauseDoesNotConcernThoseThatWereAccepted() {
        TCPServer server = behindProxies();
        Client client = client(server, HOME);
        runUntil(() -> server.stats().introducing() == 1);
        server.pause();
        runUntilQuiet();
        client.stream.write(header("192.0.2.1").getBytes(ISO_8859_1));
        client.isServed();
    }

    @Test
    void closingTheServerClosesThoseWithoutAHeader() {
        TCPServer server = behindProxies();
        Client client = client(server, HOME);
        runUntil(() -> server.stats().introducing() == 1);
        server.close();
        client.isClosed();
        runUntil(() -> server.stats().connections() == 0);
        assertThat(server.stats().introducing()).isZero();
        assertThat(server.stats().rejected()).isEmpty();
        server.listen(ANY_PORT);
        proxied(server, header("192.0.2.1")).isServed();
    }

    @Test
    void oneWithoutAHeaderCanBeClosedByItsId() {
        TCPServer server = behindProxies();
        Client client = client(server, HOME);
        runUntil(() -> server.stats().introducing() == 1);
        long id = resultOf(server.streams(1)).get(0).id();
        assertThat(resultOf(server.closeStream(id))).isTrue();
        client.isClosed();
        runUntil(() -> server.stats().connections() == 0);
        assertThat(server.stats().introducing()).isZero();
    }

    // ---- the rate

    @Test
    void connectionsAboveTheRateWait() {
        TCPServer server = listening(Admission.defaults().acceptRate(2, 2));
        client(server).isServed();
        client(server).isServed();
        Client third = client(server).says("ping\n");
        runUntil(() -> server.stats().throttled());
        assertThat(server.stats().accepted()).isEqualTo(2);
        third.hears("ping\n");
        runUntil(() -> !server.stats().throttled());
        assertThat(server.stats().rejected()).isEmpty();
    }
}
