package dev.iostream.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.iostream.dns.Resolver;
import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dialling over sockets of the system, on loopback and on paths only. */
class NioDialTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final InetAddress FOUR = loopback(new byte[] {127, 0, 0, 1});
    private static final InetAddress SIX = loopback(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

    private final IOLoop loop = new IOLoop();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final DialOptions options = DialOptions.defaults().resolver((host, limit, on, resolved, failed) -> {
        throw new AssertionError("asked for " + host);
    });

    @TempDir
    Path folder;

    private static InetAddress loopback(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        assertThat(loop.stats().timers()).as("timers left").isZero();
        assertThat(loop.stats().failures()).as("callbacks that threw").isZero();
        loop.close();
    }

    private ServerSocketChannel listen(SocketAddress address) throws IOException {
        ServerSocketChannel server = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        open.add(server);
        return server.bind(address);
    }

    /** An address where nobody listens, and where nobody else can either while the test runs. */
    private InetSocketAddress closedPort(InetAddress address) throws IOException {
        SocketChannel holder = SocketChannel.open();
        open.add(holder);
        return (InetSocketAddress)
                holder.bind(new InetSocketAddress(address, 0)).getLocalAddress();
    }

    private static void assumeIpv6() {
        boolean there;
        try (var probe = ServerSocketChannel.open()) {
            probe.bind(new InetSocketAddress(SIX, 0));
            there = true;
        } catch (IOException | RuntimeException e) {
            there = false;
        }
        assumeTrue(there, "this machine has no IPv6 loopback address to listen at");
    }

    private Dialled run(Transport transport) {
        open.add(transport::close);
        var dialled = new Dialled(transport, loop);
        dialled.atTheEnd = loop::stop;
        loop.runSync(LIMIT, dialled::begin);
        return dialled;
    }

    private static DialException failureOf(Dialled dialled) {
        assertThat(dialled.failure).isInstanceOf(DialException.class);
        return (DialException) dialled.failure;
    }

    /** Sends bytes both ways, so that readiness is told, too. */
    private void carries(Dialled dialled, ServerSocketChannel server) throws IOException {
        assertThat(dialled.failure).isNull();
        assertThat(dialled.ready()).isTrue();
        try (SocketChannel far = server.accept()) {
            assertThat(dialled.transport.write(ByteBuffer.wrap(new byte[] {1, 2, 3})))
                    .isEqualTo(3);
            ByteBuffer into = ByteBuffer.allocate(10);
            while (into.position() < 3 && far.read(into) >= 0) {
                // blocks until there is more
            }
            assertThat(into.position()).isEqualTo(3);
            far.write(ByteBuffer.wrap(new byte[] {4, 5}));
            var count = new AtomicInteger();
            dialled.transport.watch(Interest.READ);
            dialled.atTheEnd = () -> {};
            loop.runSync(LIMIT, () -> stopWhenRead(dialled, count));
            assertThat(count).hasValue(2);
        }
    }

    private void stopWhenRead(Dialled dialled, AtomicInteger count) {
        try {
            count.addAndGet(dialled.transport.read(ByteBuffer.allocate(10)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        if (count.get() >= 2) {
            loop.stop();
        } else {
            loop.addCallback(() -> stopWhenRead(dialled, count));
        }
    }

    // ---- connecting

    @Test
    void connectsToAnIpv4Address() throws IOException {
        ServerSocketChannel server = listen(new InetSocketAddress(FOUR, 0));
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        Dialled dialled = run(Transport.dial("127.0.0.1", port, loop, options));
        carries(dialled, server);
        assertThat(dialled.transport.remoteAddress()).isEqualTo(server.getLocalAddress());
    }

    @Test
    void connectsToAnIpv6Address() throws IOException {
        assumeIpv6();
        ServerSocketChannel server = listen(new InetSocketAddress(SIX, 0));
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        carries(run(Transport.dial("::1", port, loop, options)), server);
    }

    @Test
    void connectsToAPath() throws IOException {
        var address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        ServerSocketChannel server = listen(address);
        Dialled dialled = run(Transport.dial(address, loop, options));
        carries(dialled, server);
        assertThat(dialled.transport.remoteAddress()).isEqualTo(address);
    }

    @Test
    void triesTheNextAddressOfAName() throws IOException {
        ServerSocketChannel server = listen(new InetSocketAddress(FOUR, 0));
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        // refused there, or without IPv6 not even tried
        Resolver resolver = Resolver.overriding(Map.of("db.internal", List.of(SIX, FOUR)), options.resolver());
        Dialled dialled = run(Transport.dial("db.internal", port, loop, options.resolver(resolver)));
        carries(dialled, server);
        assertThat(dialled.stages).startsWith(Stage.RESOLVING);
    }

    @Test
    void connectsFromTheSourceAddress() throws IOException {
        ServerSocketChannel server = listen(new InetSocketAddress(FOUR, 0));
        var source = closedPort(FOUR);
        Transport transport =
                Transport.dial(server.getLocalAddress(), loop, options.source(new InetSocketAddress(FOUR, 0)));
        Dialled dialled = run(transport);
        assertThat(dialled.ready()).isTrue();
        assertThat(((InetSocketAddress) transport.localAddress()).getAddress()).isEqualTo(FOUR);

        Dialled taken = run(Transport.dial(server.getLocalAddress(), loop, options.source(source)));
        assertThat(failureOf(taken).errno()).isEqualTo(98);
    }

    @Test
    void aSourceAddressOfAnotherMachineFails() throws IOException {
        ServerSocketChannel server = listen(new InetSocketAddress(FOUR, 0));
        var elsewhere = new InetSocketAddress(loopback(new byte[] {(byte) 192, 0, 2, 1}), 0);
        DialException failure =
                failureOf(run(Transport.dial(server.getLocalAddress(), loop, options.source(elsewhere))));
        assertThat(failure.errno()).isEqualTo(99);
        assertThat(failure).hasCauseInstanceOf(BindException.class).hasMessageContaining("source address");
    }

    // ---- failing

    @Test
    void aClosedPortRefuses() throws IOException {
        Dialled dialled = run(Transport.dial(closedPort(FOUR), loop, options));
        DialException failure = failureOf(dialled);
        assertThat(failure.errno()).isEqualTo(111);
        assertThat(failure.reason()).isEqualTo(CloseReason.CONNECT_FAILED);
        assertThat(failure).hasCauseInstanceOf(ConnectException.class).hasMessageContaining("Connection refused");
        assertThat(dialled.toldAfterTheEnd).isZero();
    }

    @Test
    void aConnectionThatMeetsItselfIsRefused() throws IOException {
        SocketChannel channel = SocketChannel.open().bind(new InetSocketAddress(FOUR, 0));
        DialException failure = failureOf(run(Transport.dial(channel, channel.getLocalAddress(), loop, options)));
        assertThat(failure.errno()).isEqualTo(111);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aPathThatIsNotThereFails() {
        var address = UnixDomainSocketAddress.of(folder.resolve("none"));
        assertThat(failureOf(run(Transport.dial(address, loop, options))).errno())
                .isEqualTo(2);
    }

    @Test
    void aPathWhereNobodyListensRefuses() throws IOException {
        var address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        listen(address).close();
        assertThat(Files.exists(folder.resolve("socket"))).isTrue();
        assertThat(failureOf(run(Transport.dial(address, loop, options))).errno())
                .isEqualTo(111);
    }

    @Test
    void anAddressThatIsNotResolvedFailsWhenItIsConnected() throws IOException {
        Transport transport = Network.nio()
                .connect(InetSocketAddress.createUnresolved("db.internal", 1), null, TransportOptions.defaults(), loop);
        open.add(transport::close);
        transport.attach(interest -> {});
        assertThatExceptionOfType(UnknownHostException.class).isThrownBy(transport::establish);
    }

    @Test
    void aThousandRefusalsLeaveNoDescriptorOpen() throws IOException {
        InetSocketAddress closed = closedPort(FOUR);
        run(Transport.dial(closed, loop, options));
        long before = descriptors();
        var left = new AtomicInteger(1000);
        loop.runSync(LIMIT, () -> {
            for (int i = 0; i < 20; i++) {
                dialAgain(closed, left);
            }
        });
        assertThat(left.get()).isLessThanOrEqualTo(0);
        assertThat(descriptors()).isLessThanOrEqualTo(before + 40);
    }

    private void dialAgain(InetSocketAddress address, AtomicInteger left) {
        var dialled = new Dialled(Transport.dial(address, loop, options), loop);
        dialled.atTheEnd = () -> {
            assertThat(failureOf(dialled).errno()).isEqualTo(111);
            if (left.decrementAndGet() > 0) {
                loop.addCallback(() -> dialAgain(address, left));
            } else {
                loop.stop();
            }
        };
        dialled.begin();
    }

    private static long descriptors() throws IOException {
        Path all = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(all), "this system does not list a process's descriptors");
        try (var list = Files.list(all)) {
            return list.count();
        }
    }

    // ---- a channel of the caller's

    @Test
    void aChannelOfTheCallersIsConnected() throws IOException {
        ServerSocketChannel server = listen(new InetSocketAddress(FOUR, 0));
        SocketChannel channel = SocketChannel.open();
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        carries(run(Transport.dial(channel, "127.0.0.1", port, loop, options)), server);
        assertThat(channel.isConnected()).isTrue();
    }

    @Test
    void aChannelTakesTheFirstAddressOfItsFamilyOnly() throws IOException {
        InetSocketAddress closed = closedPort(FOUR);
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
        Resolver resolver = Resolver.overriding(Map.of("db.internal", List.of(SIX, FOUR, FOUR)), options.resolver());
        DialException failure = failureOf(
                run(Transport.dial(channel, "db.internal", closed.getPort(), loop, options.resolver(resolver))));
        assertThat(failure.errno()).isEqualTo(111);
        assertThat(failure)
                .hasMessageContainingAll("1 of 2 addresses", "127.0.0.1:" + closed.getPort() + " Connection refused")
                .hasMessageNotContaining("::1")
                .hasMessageNotContaining("0:0:1");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aChannelOfAnotherFamilyFails() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
        DialException failure = failureOf(run(Transport.dial(channel, "::1", 9, loop, options)));
        assertThat(failure.errno()).isEqualTo(97);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aChannelIsClosedWithTheTransport() throws IOException {
        SocketChannel channel = SocketChannel.open();
        Transport.dial(channel, "127.0.0.1", 9, loop, options).close();
        assertThat(channel.isOpen()).isFalse();

        SocketChannel unresolved = SocketChannel.open();
        Resolver nobody = Resolver.overriding(Map.of("db.internal", List.of()), options.resolver());
        assertThat(failureOf(run(Transport.dial(unresolved, "db.internal", 9, loop, options.resolver(nobody))))
                        .errno())
                .isEqualTo(-2);
        assertThat(unresolved.isOpen()).isFalse();
    }

    @Test
    void aConnectedChannelIsNotDialled() throws IOException {
        ServerSocketChannel server = listen(new InetSocketAddress(FOUR, 0));
        SocketChannel channel = SocketChannel.open(server.getLocalAddress());
        open.add(channel);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Transport.dial(channel, server.getLocalAddress(), loop, options))
                .withMessageContaining("Network.over");
    }

    @Test
    void aChannelThatIsBeingConnectedGoesOn() throws IOException {
        ServerSocketChannel server = listen(new InetSocketAddress(FOUR, 0));
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(server.getLocalAddress());
        carries(run(Network.over(channel, loop)), server);
    }

    @Test
    void overConnectsAChannelToOneAddress() throws IOException {
        ServerSocketChannel server = listen(new InetSocketAddress(FOUR, 0));
        carries(run(Network.over(SocketChannel.open(), server.getLocalAddress(), loop)), server);

        Dialled refused = run(Network.over(SocketChannel.open(), closedPort(FOUR), loop));
        assertThat(refused.failure).isInstanceOf(ConnectException.class).hasMessage("Connection refused");
    }

    // ---- options

    @Test
    void socketsAreSetAsTheOptionsSay() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            TransportOptions.defaults().apply(channel);
            assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
            assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isFalse();
            int before = channel.getOption(StandardSocketOptions.SO_RCVBUF);

            TransportOptions.defaults()
                    .noDelay(false)
                    .keepAlive(true)
                    .sendBuffer(9000)
                    .receiveBuffer(before / 2)
                    .apply(channel);
            assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
            assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
            assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF)).isNotEqualTo(before);
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            TransportOptions.defaults().keepAlive(true).sendBuffer(9000).apply(channel);
        }
        assertThatThrownBy(() -> TransportOptions.defaults().sendBuffer(0)).hasMessageContaining("sendBuffer");
    }
}
