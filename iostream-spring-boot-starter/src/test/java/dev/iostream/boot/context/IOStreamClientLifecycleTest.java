package dev.iostream.boot.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClient;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.client.ConnectionHandler;
import dev.iostream.client.ConnectionState;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.IOStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the connections of clients start and stop with the application context. */
class IOStreamClientLifecycleTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final IOLoopGroup group = IOLoopGroup.of(1, "peer-");
    private final TCPServer peer = new TCPServer(group, Handlers.echo(), ServerOptions.named("peer"));

    private ApplicationContextRunner runner = new ApplicationContextRunner();

    @BeforeEach
    void start() {
        group.start();
        peer.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int port = ((InetSocketAddress) peer.localAddresses().get(0)).getPort();
        runner = runner.withConfiguration(
                        AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamClientAutoConfiguration.class))
                .withPropertyValues(
                        "iostream.loop.count=1",
                        "iostream.client.orders.host=127.0.0.1",
                        "iostream.client.orders.port=" + port);
    }

    @AfterEach
    void close() {
        peer.close();
        group.close();
    }

    @Test
    void clientsStartAfterTheLoopsAndBeforeTheServersAndAreNotPaused() {
        runner.run(context -> {
            var lifecycle = context.getBean(IOStreamClientLifecycle.class);
            assertThat(lifecycle.getPhase()).isEqualTo(Integer.MAX_VALUE - 3072);
            assertThat(lifecycle.isPauseable()).isFalse();
            assertThat(lifecycle.isRunning()).isTrue();
        });
    }

    @Test
    void aClientWithAHandlerConnectsWhenTheApplicationStarts() {
        runner.withUserConfiguration(SignOn.class).run(context -> {
            SupervisedConnection connection = context.getBean(SupervisedConnection.class);
            AsyncIOStream stream = connection.whenUp().get(20, TimeUnit.SECONDS);
            assertThat(connection.state()).isEqualTo(ConnectionState.UP);
            await().atMost(LIMIT).until(() -> context.getBean(SignOn.class).log, List.of("up", "hello")::equals);
            assertThat(stream.stream().closed()).isFalse();
        });
    }

    @Test
    void aClientWithoutHandlerConnectsWhenItIsToldTo() {
        runner.run(context -> {
            assertThat(context.getBean(TCPClient.class).stats().connects()).isZero();
            AsyncIOStream stream = context.getBean(TCPClient.class).connect().get(20, TimeUnit.SECONDS);
            stream.write("hello\n");
            assertThat(stream.readUntil("\n"))
                    .succeedsWithin(20, TimeUnit.SECONDS)
                    .isEqualTo("hello\n".getBytes());
        });
    }

    @Test
    void anEagerClientWithoutHandlerKeepsAConnectionForWhoeverUsesIt() {
        runner.withPropertyValues("iostream.client.orders.eager=true").run(context -> {
            AsyncIOStream stream = context.getBean(IOStreamClients.class)
                    .connection("orders")
                    .whenUp()
                    .get(20, TimeUnit.SECONDS);
            stream.write("hello\n");
            assertThat(stream.readUntil("\n"))
                    .succeedsWithin(20, TimeUnit.SECONDS)
                    .isEqualTo("hello\n".getBytes());
        });
    }

    @Test
    void nothingConnectsBeforeTheContextStarts() {
        runner.withUserConfiguration(SignOn.class, Observer.class)
                .run(context ->
                        assertThat(context.getBean(Observer.class).early).isEqualTo(ConnectionState.IDLE));
    }

    @Test
    void stoppingEndsAllStreamsAndStartingBringsConnectionsBack() {
        runner.withUserConfiguration(SignOn.class).run(context -> {
            SupervisedConnection connection = context.getBean(SupervisedConnection.class);
            AsyncIOStream first = connection.whenUp().get(20, TimeUnit.SECONDS);
            AsyncIOStream other = context.getBean(TCPClient.class).connect().get(20, TimeUnit.SECONDS);

            context.getSourceApplicationContext().stop();

            assertThat(first.stream().closeReason()).isEqualTo(CloseReason.LOCAL);
            assertThat(other.stream().closeReason()).isEqualTo(CloseReason.LOCAL);
            assertThat(context.getBean(TCPClient.class).stats().streams().active())
                    .isZero();
            assertThat(connection.state()).isEqualTo(ConnectionState.IDLE);

            context.getSourceApplicationContext().start();

            assertThat(connection.whenUp()).succeedsWithin(20, TimeUnit.SECONDS);
        });
    }

    @Test
    void aConnectionThatTheApplicationStartedItselfIsStartedAgain() {
        runner.run(context -> {
            SupervisedConnection connection =
                    context.getBean(IOStreamClients.class).connection("orders");
            connection.start();
            connection.whenUp().get(20, TimeUnit.SECONDS);

            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();

            assertThat(connection.whenUp()).succeedsWithin(20, TimeUnit.SECONDS);
        });
    }

    @Test
    void serversEndBeforeTheClientsThatTheirHandlersUse() {
        runner.withConfiguration(AutoConfigurations.of(IOStreamServerAutoConfiguration.class))
                .withPropertyValues(
                        "iostream.server.front.port=0",
                        "iostream.server.front.address=127.0.0.1",
                        "iostream.server.front.close-timeout=10ms",
                        "iostream.client.orders.eager=true")
                .withBean("front", StreamHandler.class, () -> new StreamHandler() {
                    @Override
                    public void handle(IOStream stream) {
                        stream.write("welcome\n");
                    }

                    @Override
                    public void drain(IOStream stream) {
                        stream.write("goodbye\n", stream::close);
                    }
                })
                .run(context -> {
                    SupervisedConnection connection =
                            context.getBean(IOStreamClients.class).connection("orders");
                    connection.whenUp().get(20, TimeUnit.SECONDS);
                    var states = new CopyOnWriteArrayList<ConnectionState>();
                    try (var client = new LineClient(
                            context.getBean(IOStreamServers.class).port("front"))) {
                        assertThat(client.receive()).isEqualTo("welcome\n");
                        var stop = new Thread(context.getSourceApplicationContext()::stop);
                        stop.start();
                        assertThat(client.receive()).isEqualTo("goodbye\n");
                        states.add(connection.state());
                        assertThat(client.receive()).isEmpty();
                        stop.join();
                    }
                    assertThat(states).containsExactly(ConnectionState.UP);
                    assertThat(connection.state()).isEqualTo(ConnectionState.IDLE);
                });
    }

    static class Observer implements SmartInitializingSingleton {
        private final IOStreamClients clients;
        private @Nullable ConnectionState early;

        Observer(IOStreamClients clients) {
            this.clients = clients;
        }

        @Override
        public void afterSingletonsInstantiated() {
            early = clients.connection("orders").state();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SignOn {
        private final List<String> log = new CopyOnWriteArrayList<>();

        @Bean
        @IOStreamClient("orders")
        ConnectionHandler signOnHandler() {
            return new ConnectionHandler() {
                @Override
                public void onUp(IOStream stream) {
                    log.add("up");
                    stream.write("hello\n");
                    read(stream);
                }

                private void read(IOStream stream) {
                    stream.readUntil("\n", line -> {
                        log.add(new String(line).strip());
                        read(stream);
                    });
                }

                @Override
                public void onDown(CloseReason reason, @Nullable Throwable cause, @Nullable Duration nextDelay) {
                    log.add("down");
                }
            };
        }
    }
}
