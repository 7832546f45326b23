package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.TCPServerCustomizer;
import dev.iostream.event.CloseReason;
import dev.iostream.event.IOListener;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.server.Admission;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.Limit;
import dev.iostream.stream.StreamOptions;
import dev.iostream.transport.TransportOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Servers as the properties and beans of an application make them. */
@ExtendWith(OutputCaptureExtension.class)
class IOStreamServerAutoConfigurationTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
            .withUserConfiguration(EchoHandler.class)
            .withPropertyValues("iostream.loop.count=1", "iostream.server.echo.port=0");

    // ---- what is there

    @Test
    void thereAreNoServersWithoutProperties() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
                .run(context -> assertThat(
                                context.getBean(IOStreamServers.class).names())
                        .isEmpty());
    }

    @Test
    void serversAreFoundByName() {
        runner.run(context -> {
            IOStreamServers servers = context.getBean(IOStreamServers.class);
            assertThat(servers.names()).containsExactly("echo");
            assertThat(servers.get("echo").options().name()).isEqualTo("echo");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> servers.get("ecco"))
                    .withMessage("There is no server named 'ecco', only [echo]");
        });
    }

    @Test
    void nothingIsThereWhenItIsNotEnabled() {
        runner.withPropertyValues("iostream.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(IOStreamServers.class));
    }

    @Test
    void aServerThatIsNotEnabledIsNotMade() {
        runner.withPropertyValues("iostream.server.echo.enabled=false")
                .run(context -> assertThat(
                                context.getBean(IOStreamServers.class).names())
                        .isEmpty());
    }

    @Test
    void serversOfTheApplicationTakeThePlaceOfThoseOfTheProperties() {
        runner.withUserConfiguration(OwnServers.class).run(context -> {
            assertThat(context).hasSingleBean(IOStreamServers.class);
            IOStreamServers servers = context.getBean(IOStreamServers.class);
            assertThat(servers.names()).containsExactly("mine");
            try (var client = new LineClient(servers.port("mine"))) {
                client.send("hello\n");
                assertThat(client.receive()).isEqualTo("hello\n");
            }
        });
    }

    @Test
    void aChildContextHasTheServersOfItsParentAndLeavesThemToIt() {
        runner.run(parent -> {
            IOStreamServers servers = parent.getBean(IOStreamServers.class);
            int port = servers.port("echo");
            ApplicationContext real = parent.getSourceApplicationContext();
            runner.withParent(real).run(child -> {
                assertThat(child).hasNotFailed();
                assertThat(child.getBean(IOStreamServers.class)).isSameAs(servers);
                assertThat(servers.get("echo").localAddresses()).hasSize(1);
            });
            try (var client = new LineClient(port)) {
                client.send("hello\n");
                assertThat(client.receive()).isEqualTo("hello\n");
            }
        });
    }

    @Test
    void aServerThatIsABeanIsOneOfTheServers() {
        runner.withUserConfiguration(OneMoreServer.class).run(context -> {
            IOStreamServers servers = context.getBean(IOStreamServers.class);
            assertThat(servers.names()).containsExactly("echo", "mine");
            try (var client = new LineClient(servers.port("mine"))) {
                client.send("hello\n");
                assertThat(client.receive()).isEqualTo("hello\n");
            }
        });
    }

    @Test
    void aServerThatIsABeanMayNotHaveTheNameOfAnother() {
        runner.withPropertyValues("iostream.server.mine.port=0")
                .withBean("mine", StreamHandler.class, Handlers::echo)
                .withBean(ServerBinding.class, () -> binding(IOLoopGroup.of(1, "other-")))
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessage("There are two servers named 'mine'"));
    }

    // ---- limits

    @Test
    void withoutPropertiesTheLimitIsTheGlobalDefault() {
        withOptions(options -> {
            var limit = new Limit(104_857_600, "iostream.max-buffer-size");
            assertThat(options.stream().maxBufferSize()).isEqualTo(limit);
            assertThat(options.stream().maxWriteBufferSize()).isEqualTo(limit);
        });
    }

    @Test
    void aServerInheritsTheGlobalLimit() {
        withOptions(
                options -> {
                    var limit = new Limit(2048, "iostream.max-buffer-size");
                    assertThat(options.stream().maxBufferSize()).isEqualTo(limit);
                    assertThat(options.stream().maxWriteBufferSize()).isEqualTo(limit);
                },
                "iostream.max-buffer-size=2048");
    }

    @Test
    void aServersLimitIsItsOwnForBothDirections() {
        withOptions(
                options -> {
                    var limit = new Limit(1024, "iostream.server.echo.max-buffer-size");
                    assertThat(options.stream().maxBufferSize()).isEqualTo(limit);
                    assertThat(options.stream().maxWriteBufferSize()).isEqualTo(limit);
                },
                "iostream.max-buffer-size=2048",
                "iostream.server.echo.max_buffer_size=1024");
    }

    @Test
    void theGlobalWriteLimitIsForWritesOnly() {
        withOptions(
                options -> {
                    assertThat(options.stream().maxBufferSize())
                            .isEqualTo(new Limit(1024, "iostream.server.echo.max-buffer-size"));
                    assertThat(options.stream().maxWriteBufferSize())
                            .isEqualTo(new Limit(4096, "iostream.max-write-buffer-size"));
                },
                "iostream.max-write-buffer-size=4096",
                "iostream.server.echo.max-buffer-size=1024");
    }

    @Test
    void aServersWriteLimitIsForItsWritesOnly() {
        withOptions(
                options -> {
                    assertThat(options.stream().maxBufferSize())
                            .isEqualTo(new Limit(104_857_600, "iostream.max-buffer-size"));
                    assertThat(options.stream().maxWriteBufferSize())
                            .isEqualTo(new Limit(512, "iostream.server.echo.max-write-buffer-size"));
                },
                "iostream.max-write-buffer-size=4096",
                "iostream.server.echo.max_write_buffer_size=512");
    }

    @Test
    void aServerWhoseNameIsNoPropertyNameIsNamedAsItIsSet() {
        runner.withPropertyValues("iostream.server.[a.b].port=0", "iostream.server.[a.b].max-buffer-size=77")
                .withUserConfiguration(DottedHandler.class)
                .run(context -> assertThat(context.getBean(IOStreamServers.class).get("a.b").options().stream()
                                .maxBufferSize()
                                .setting())
                        .isEqualTo("iostream.server.[a.b].max-buffer-size"));
    }

    // ---- other options

    @Test
    void theBacklogCanBeSet() {
        withOptions(options -> assertThat(options.backlog()).isEqualTo(17), "iostream.server.echo.backlog=17");
    }

    @Test
    void withoutPropertiesSlowMessagesAndStalledWritesHaveALimit() {
        withOptions(options -> {
            assertThat(options.stream().firstByteTimeout()).isNull();
            assertThat(options.stream().readTimeout()).isEqualTo(Duration.ofSeconds(30));
            assertThat(options.stream().idleTimeout()).isNull();
            assertThat(options.stream().writeStallTimeout()).isEqualTo(Duration.ofSeconds(30));
            assertThat(options.stream().closeTimeout())
                    .isEqualTo(StreamOptions.defaults().closeTimeout());
        });
    }

    @Test
    void timeoutsCanBeSet() {
        withOptions(
                options -> {
                    assertThat(options.stream().firstByteTimeout()).isEqualTo(Duration.ofSeconds(1));
                    assertThat(options.stream().readTimeout()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(options.stream().idleTimeout()).isEqualTo(Duration.ofSeconds(3));
                    assertThat(options.stream().writeStallTimeout()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(options.stream().closeTimeout()).isEqualTo(Duration.ofSeconds(6));
                },
                "iostream.server.echo.first-byte-timeout=1",
                "iostream.server.echo.read-timeout=2",
                "iostream.server.echo.idle-timeout=3",
                "iostream.server.echo.write-stall-timeout=4",
                "iostream.server.echo.close-timeout=6");
    }

    @Test
    void aTimeoutOfZeroIsNoLimit() {
        withOptions(
                options -> {
                    assertThat(options.stream().firstByteTimeout()).isNull();
                    assertThat(options.stream().readTimeout()).isNull();
                    assertThat(options.stream().idleTimeout()).isNull();
                    assertThat(options.stream().writeStallTimeout()).isNull();
                },
                "iostream.server.echo.first-byte-timeout=0",
                "iostream.server.echo.read-timeout=0",
                "iostream.server.echo.idle-timeout=0",
                "iostream.server.echo.write-stall-timeout=0");
    }

    @Test
    void aConnectionThatIsIdleForTooLongIsClosed() {
        runner.withPropertyValues("iostream.server.echo.idle-timeout=50ms").run(context -> {
            IOStreamServers servers = context.getBean(IOStreamServers.class);
            try (var client = new LineClient(servers.port("echo"))) {
                assertThat(client.receive()).isEmpty();
            }
            await().atMost(LIMIT).until(() -> servers.get("echo").stats().closed(CloseReason.IDLE_DEADLINE) == 1);
        });
    }

    @Test
    void aServerNamedDefaultDoesNotCountWithStreamsThatHaveNoServer() {
        runner.withPropertyValues("iostream.server.default.port=0")
                .withUserConfiguration(DefaultHandler.class)
                .run(context -> assertThat(context.getBean(IOStreamServers.class).get("default").options().stream()
                                .endpoint())
                        .isNotSameAs(StreamOptions.defaults().endpoint()));
    }

    @Test
    void withoutPropertiesAServerHoldsTenThousandConnectionsAtMost() {
        withOptions(options -> {
            assertThat(options.maxConnections()).isBetween(1, 10_000);
            assertThat(options.maxConnectionsPerPeer()).isEqualTo(ServerOptions.UNLIMITED);
            assertThat(options.reusePort()).isFalse();
        });
    }

    @Test
    void theNumberOfConnectionsCanBeSet() {
        withOptions(
                options -> {
                    assertThat(options.maxConnections()).isEqualTo(7);
                    assertThat(options.maxConnectionsPerPeer()).isEqualTo(2);
                    assertThat(options.reusePort()).isTrue();
                },
                "iostream.server.echo.max-connections=7",
                "iostream.server.echo.max-connections-per-peer=2",
                "iostream.server.echo.reuse-port=true");
    }

    @Test
    void everybodyMayConnectUnlessItIsSaidOtherwise() {
        withOptions(options -> assertThat(options.admission()).isEqualTo(Admission.defaults()));
    }

    @Test
    void whoMayConnectAndHowFastCanBeSaid() {
        withOptions(
                options -> assertThat(options.admission())
                        .isEqualTo(Admission.defaults()
                                .allow("10.0.0.0/8", "::1")
                                .deny("10.0.0.7")
                                .acceptRate(100, 20)
                                .rejectWith("421 busy")),
                "iostream.server.echo.allow=10.0.0.0/8, ::1",
                "iostream.server.echo.deny=10.0.0.7",
                "iostream.server.echo.accept-rate=100",
                "iostream.server.echo.accept-burst=20",
                "iostream.server.echo.reject-with=421 busy");
    }

    @Test
    void aPeerThatMayNotConnectIsRefused() {
        runner.withPropertyValues("iostream.server.echo.deny=127.0.0.0/8", "iostream.server.echo.reject-with=421 busy")
                .run(context -> {
                    IOStreamServers servers = context.getBean(IOStreamServers.class);
                    try (var client = new LineClient(servers.port("echo"))) {
                        assertThat(client.receive()).isEqualTo("421 busy");
                        assertThat(client.receive()).isEmpty();
                    }
                    await().atMost(LIMIT)
                            .until(() -> servers.get("echo").stats().rejected(CloseReason.ACCESS_DENIED) == 1);
                });
    }

    @Test
    void proxiesThatAreTrustedTellWhoConnects() {
        runner.withPropertyValues(
                        "iostream.server.echo.proxy-protocol.trusted=127.0.0.0/8",
                        "iostream.server.echo.proxy-protocol.header-timeout=7",
                        "iostream.server.echo.allow=192.0.2.0/24")
                .run(context -> {
                    IOStreamServers servers = context.getBean(IOStreamServers.class);
                    assertThat(servers.get("echo").options().admission().proxyProtocol())
                            .isEqualTo(ProxyProtocol.from("127.0.0.0/8").headerTimeout(Duration.ofSeconds(7)));
                    try (var client = new LineClient(servers.port("echo"))) {
                        client.send("PROXY TCP4 192.0.2.1 192.0.2.2 4000 9000\r\nhello\n");
                        assertThat(client.receive()).isEqualTo("hello\n");
                    }
                    try (var client = new LineClient(servers.port("echo"))) {
                        client.send("PROXY TCP4 198.51.100.1 192.0.2.2 4000 9000\r\nhello\n");
                        assertThat(client.receive()).isEmpty();
                    }
                });
    }

    @Test
    void socketsCanBeSet() {
        withOptions(
                options -> assertThat(options.transport()).isEqualTo(new TransportOptions(false, false, 8192, 16384)),
                "iostream.server.echo.tcp.no-delay=false",
                "iostream.server.echo.tcp.keep-alive=false",
                "iostream.server.echo.tcp.send-buffer-size=8KB",
                "iostream.server.echo.tcp.receive-buffer-size=16KB");
    }

    @Test
    void backPressureMarksCanBeSet() {
        withOptions(
                options -> {
                    assertThat(options.stream().lowWaterMark()).isEqualTo(1024);
                    assertThat(options.stream().highWaterMark()).isEqualTo(4096);
                },
                "iostream.server.echo.low-water-mark=1KB",
                "iostream.server.echo.high-water-mark=4KB");
    }

    @Test
    void theDnsTimeoutOfAServerIsItsOwnOrTheGlobalOne() {
        withOptions(
                options -> assertThat(options.stream().dial().dnsTimeout()).isEqualTo(Duration.ofSeconds(7)),
                "iostream.dns_timeout=7");
        withOptions(
                options -> assertThat(options.stream().dial().dnsTimeout()).isEqualTo(Duration.ofSeconds(3)),
                "iostream.dns-timeout=7",
                "iostream.server.echo.dns_timeout=3");
    }

    // ---- addresses

    @Test
    void aServerListensAtItsAddressOnly(CapturedOutput output) {
        runner.withPropertyValues("iostream.server.echo.address=127.0.0.1").run(context -> {
            var address = (InetSocketAddress) context.getBean(IOStreamServers.class)
                    .get("echo")
                    .localAddresses()
                    .get(0);
            assertThat(address.getAddress()).isEqualTo(InetAddress.getByName("127.0.0.1"));
            assertThat(output)
                    .contains("Server 'echo' listens at 127.0.0.1:" + address.getPort())
                    .doesNotContain("WARN");
        });
    }

    @Test
    void aServerWithoutAddressListensOnAllInterfacesWithAWarning(CapturedOutput output) {
        runner.run(context -> {
            var address = (InetSocketAddress) context.getBean(IOStreamServers.class)
                    .get("echo")
                    .localAddresses()
                    .get(0);
            assertThat(address.getAddress().isAnyLocalAddress()).isTrue();
            assertThat(output)
                    .contains("WARN")
                    .contains("Server 'echo' listens on all interfaces and without TLS. Set"
                            + " 'iostream.server.echo.address'")
                    .contains("Server 'echo' listens at port " + address.getPort() + " on all interfaces");
        });
    }

    @Test
    void aServerThatIsToListenOnAllInterfacesDoesSoWithoutAWarning(CapturedOutput output) {
        runner.withPropertyValues("iostream.server.echo.address=0.0.0.0")
                .run(context -> assertThat(output).doesNotContain("WARN"));
    }

    @Test
    void aServerCanListenAtSeveralAddressesWithOnePort() {
        runner.withPropertyValues("iostream.server.echo.address=127.0.0.1, 127.0.0.2, localhost")
                .run(context -> {
                    IOStreamServers servers = context.getBean(IOStreamServers.class);
                    int port = servers.port("echo");
                    assertThat(servers.get("echo").localAddresses())
                            .contains(
                                    new InetSocketAddress("127.0.0.1", port), new InetSocketAddress("127.0.0.2", port))
                            .allMatch(address -> ((InetSocketAddress) address).getPort() == port);
                });
    }

    @Test
    void aServerAtAUnixDomainSocketHasNoPort(@TempDir Path folder) {
        Path socket = folder.resolve("echo");
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
                .withUserConfiguration(EchoHandler.class)
                .withPropertyValues("iostream.loop.count=1", "iostream.server.echo.address=unix:" + socket)
                .run(context -> {
                    try (var client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                        client.write(ByteBuffer.wrap("hello\n".getBytes()));
                        var answer = ByteBuffer.allocate(6);
                        while (answer.hasRemaining() && client.read(answer) >= 0) {
                            continue;
                        }
                        assertThat(new String(answer.array())).isEqualTo("hello\n");
                    }
                    assertThat(Files.getPosixFilePermissions(socket))
                            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
                    assertThat(context.getEnvironment().containsProperty("local.iostream.server.echo.port"))
                            .isFalse();
                    assertThatIllegalStateException()
                            .isThrownBy(
                                    () -> context.getBean(IOStreamServers.class).port("echo"))
                            .withMessage("Server 'echo' has no port; it listens at [" + socket + "]");
                });
    }

    @Test
    void whoMayConnectToAUnixDomainSocketCanBeSaid(@TempDir Path folder) {
        Path socket = folder.resolve("echo");
        runner.withPropertyValues(
                        "iostream.server.echo.address=unix:" + socket, "iostream.server.echo.file-mode=rw-rw----")
                .run(context -> assertThat(Files.getPosixFilePermissions(socket))
                        .isEqualTo(PosixFilePermissions.fromString("rw-rw----")));
    }

    // ---- customizers

    @Test
    void customizersAreAskedInTheirOrderAfterTheProperties() {
        runner.withPropertyValues("iostream.server.echo.backlog=17")
                .withUserConfiguration(TwoCustomizers.class)
                .run(context -> assertThat(context.getBean(IOStreamServers.class)
                                .get("echo")
                                .options()
                                .backlog())
                        .isEqualTo((17 + 1) * 2));
    }

    @Test
    void aCustomizerThatGivesAnotherNameFailsTheStart() {
        runner.withBean(TCPServerCustomizer.class, () -> (name, options) -> ServerOptions.named("another"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("The options of server 'echo' cannot have another name")
                        .hasMessageEndingWith("returned some named 'another'"));
    }

    @Test
    void aListenerOfACustomizerIsToldAlthoughTheStarterListensToo() {
        var closed = new AtomicReference<@Nullable CloseReason>();
        var listener = new IOListener() {
            @Override
            public void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
                closed.set(reason);
            }
        };
        runner.withBean(
                        TCPServerCustomizer.class,
                        () -> (name, options) -> options.stream(
                                options.stream().toBuilder().listener(listener).build()))
                .run(context -> {
                    new LineClient(context.getBean(IOStreamServers.class).port("echo")).close();
                    await().atMost(LIMIT).until(() -> closed.get() == CloseReason.PEER_END);
                });
    }

    // ---- a line that is too long

    @Test
    void aLineThatIsTooLongClosesItsConnectionAndIsLoggedOnceWithoutWhatCame(CapturedOutput output) {
        runner.withPropertyValues("iostream.server.echo.max_buffer_size=16").run(context -> {
            TCPServer server = context.getBean(IOStreamServers.class).get("echo");
            int port = context.getBean(IOStreamServers.class).port("echo");
            try (var neighbour = new LineClient(port);
                    var client = new LineClient(port)) {
                neighbour.send("one\n");
                assertThat(neighbour.receive()).isEqualTo("one\n");

                client.send("secretsecretsecret");

                assertThat(client.receive()).isEmpty();
                neighbour.send("two\n");
                assertThat(neighbour.receive()).isEqualTo("two\n");
            }
            await().atMost(LIMIT).until(() -> server.stats().active() == 0);
            assertThat(server.stats().closed(CloseReason.READ_LIMIT)).isEqualTo(1);
            assertThat(server.stats().closed(CloseReason.PEER_END)).isEqualTo(1);
            assertThat(server.stats().readBuffer()).isZero();
            assertThat(output.toString()
                            .lines()
                            .filter(line -> line.contains("16 bytes (iostream.server.echo.max-buffer-size)")))
                    .singleElement()
                    .asString()
                    .contains("WARN")
                    .contains("Server 'echo', connection from 127.0.0.1:")
                    .contains("Could not complete readUntil(\"\\n\")");
            assertThat(output).doesNotContain("secret").doesNotContain("ERROR");
        });
    }

    private void withOptions(Consumer<ServerOptions> check, String... properties) {
        runner.withPropertyValues(properties)
                .run(context -> check.accept(
                        context.getBean(IOStreamServers.class).get("echo").options()));
    }

    @Configuration(proxyBeanMethods = false)
    static class EchoHandler {
        @Bean
        StreamHandler echo() {
            return Handlers.echo();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DottedHandler {
        @Bean("a.b")
        StreamHandler dotted() {
            return Handlers.echo();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DefaultHandler {
        @Bean("default")
        StreamHandler handler() {
            return Handlers.echo();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnServers {
        @Bean
        IOStreamServers servers(IOLoopGroup group) {
            return new IOStreamServers(List.of(binding(group)));
        }
    }

    private static ServerBinding binding(IOLoopGroup group) {
        return new ServerBinding(
                new TCPServer(group, Handlers.echo(), ServerOptions.named("mine")),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Configuration(proxyBeanMethods = false)
    static class OneMoreServer {
        @Bean
        ServerBinding mine(IOLoopGroup group) {
            return binding(group);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoCustomizers {
        @Bean
        @Order(2)
        TCPServerCustomizer twice() {
            return (name, options) -> options.backlog(options.backlog() * 2);
        }

        @Bean
        @Order(1)
        TCPServerCustomizer oneMore() {
            return (name, options) -> options.backlog(options.backlog() + 1);
        }
    }
}
