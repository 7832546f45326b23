package dev.iostream.boot.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.ApplicationThreads;
import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServerStartedEvent;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.LocalIOStreamServerPort;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.event.CloseReason;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** How servers start and stop with the application context. */
@ExtendWith(OutputCaptureExtension.class)
class IOStreamServerLifecycleTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
            .withUserConfiguration(EchoHandler.class)
            .withPropertyValues(
                    "iostream.loop.count=1",
                    "iostream.server.echo.port=0",
                    "iostream.server.echo.address=127.0.0.1",
                    // a peer that does not close is not what these tests are about
                    "iostream.server.echo.close-timeout=10ms");

    // ---- starting

    @Test
    void serversStartInThePhaseOfWebServersAndAreNotPaused() {
        runner.run(context -> {
            var lifecycle = context.getBean(IOStreamServerLifecycle.class);
            assertThat(lifecycle.getPhase()).isEqualTo(Integer.MAX_VALUE - 2048);
            assertThat(lifecycle.isPauseable()).isFalse();
            assertThat(lifecycle.isRunning()).isTrue();
        });
    }

    @Test
    void nothingListensBeforeTheContextStarts() {
        runner.withUserConfiguration(Observer.class)
                .run(context -> assertThat(context.getBean(Observer.class).listenedEarly)
                        .isFalse());
    }

    @Test
    void serversStartWhenBeansAreLazy() {
        runner.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    int port = context.getEnvironment().getRequiredProperty("local.iostream.server.port", int.class);
                    assertThat(ask(port)).isEqualTo("hello\n");
                });
    }

    @Test
    void aStartIsPublishedOnceTheServerListens() {
        var events = new ArrayList<IOStreamServerStartedEvent>();
        var portThen = new AtomicInteger();
        runner.withInitializer(context ->
                        context.addApplicationListener((ApplicationListener<IOStreamServerStartedEvent>) event -> {
                            events.add(event);
                            portThen.set(context.getBean(IOStreamServers.class).port(event.getServerName()));
                        }))
                .run(context -> {
                    assertThat(events).hasSize(1);
                    IOStreamServers servers = context.getBean(IOStreamServers.class);
                    assertThat(events.get(0).getServerName()).isEqualTo("echo");
                    assertThat(events.get(0).getServer()).isSameAs(servers.get("echo"));
                    assertThat(events.get(0).getAddresses())
                            .containsExactly(new InetSocketAddress("127.0.0.1", servers.port("echo")));
                    assertThat(portThen).hasValue(servers.port("echo"));
                });
    }

    // ---- ports

    @Test
    void thePortOfEachServerIsAProperty() {
        runner.withPropertyValues("iostream.server.other.port=0", "iostream.server.other.address=127.0.0.1")
                .withUserConfiguration(OtherHandler.class)
                .run(context -> {
                    IOStreamServers servers = context.getBean(IOStreamServers.class);
                    var environment = context.getEnvironment();
                    assertThat(environment.getProperty("local.iostream.server.echo.port", int.class))
                            .isEqualTo(servers.port("echo"));
                    assertThat(environment.getProperty("local.iostream.server.other.port", int.class))
                            .isEqualTo(servers.port("other"));
                    assertThat(environment.containsProperty("local.iostream.server.port"))
                            .isFalse();
                });
    }

    @Test
    void thePortOfTheOnlyServerCanBeInjected() {
        runner.run(context -> {
            var target = new PortTarget();
            context.getAutowireCapableBeanFactory().autowireBean(target);
            assertThat(target.port)
                    .isPositive()
                    .isEqualTo(context.getBean(IOStreamServers.class).port("echo"));
        });
    }

    @Test
    void parentContextsKnowThePortToo() {
        var parent = new GenericApplicationContext();
        parent.refresh();
        runner.withParent(parent)
                .run(context -> assertThat(
                                parent.getEnvironment().getProperty("local.iostream.server.echo.port", int.class))
                        .isEqualTo(context.getBean(IOStreamServers.class).port("echo")));
        parent.close();
    }

    // ---- failing to start

    @Test
    void aPortInUseFailsTheStartAndSaysWhatToChange(CapturedOutput output) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();

            fail("--iostream.server.echo.port=" + port, "--iostream.server.echo.address=127.0.0.1");

            assertThat(output)
                    .contains("APPLICATION FAILED TO START")
                    .contains("Server 'echo' could not listen at 127.0.0.1:" + port + ": the port is in use.")
                    .contains("Stop what listens there, or set 'iostream.server.echo.port' to another port. With 0 the"
                            + " system chooses a free one.");
        }
        ApplicationThreads.awaitNone();
    }

    @Test
    void anAddressOfAnotherMachineFailsTheStartAndSaysWhatToChange(CapturedOutput output) {
        // an address that is set aside for documentation, so no machine has it
        fail("--iostream.server.echo.port=0", "--iostream.server.echo.address=192.0.2.1");

        assertThat(output)
                .contains("Server 'echo' could not listen at 192.0.2.1:0: it is not an address of this machine.")
                .contains("Set 'iostream.server.echo.address' to one that is");
    }

    @Test
    void whenOneServerCannotListenNoneDoes() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var first = new AtomicReference<TCPServer>();
            runner.withPropertyValues(
                            "iostream.server.other.port=" + taken.getLocalPort(),
                            "iostream.server.other.address=127.0.0.1")
                    .withUserConfiguration(OtherHandler.class)
                    .withInitializer(context -> context.addApplicationListener(
                            (ApplicationListener<IOStreamServerStartedEvent>) event -> first.set(event.getServer())))
                    .run(context -> {
                        assertThat(context).getFailure().rootCause().hasMessageContaining("already in use");
                        assertThat(context.getStartupFailure()).hasStackTraceContaining("Server 'other' could not");
                        assertThat(first.get().options().name()).isEqualTo("echo");
                        assertThat(first.get().localAddresses()).isEmpty();
                    });
        }
        ApplicationThreads.awaitNone();
    }

    @Test
    void aPortThatAnotherServerOfTheApplicationTookIsSaidToBe() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        runner.withPropertyValues(
                        "iostream.server.echo.port=" + port,
                        "iostream.server.other.port=" + port,
                        "iostream.server.other.address=127.0.0.1")
                .withUserConfiguration(OtherHandler.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("Server 'other' could not listen at 127.0.0.1:" + port
                                + ": the port is in use by server 'echo' of this application."));
    }

    @Test
    void aListenerOfTheStartThatThrowsFailsTheStartAndFreesThePort() {
        var server = new AtomicReference<TCPServer>();
        runner.withInitializer(context ->
                        context.addApplicationListener((ApplicationListener<IOStreamServerStartedEvent>) event -> {
                            server.set(event.getServer());
                            throw new IllegalStateException("not today");
                        }))
                .run(context -> {
                    assertThat(context).getFailure().rootCause().hasMessage("not today");
                    assertThat(server.get().localAddresses()).isEmpty();
                });
    }

    // ---- running and stopping

    @Test
    void aThreadKeepsTheApplicationUpWhileAServerRuns() {
        runner.run(context -> assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().equals("iostream-server-echo"))
                .singleElement()
                .matches(thread -> !thread.isDaemon()));

        ApplicationThreads.awaitNone();
    }

    @Test
    void stoppingClosesListenersAndStreams() {
        runner.run(context -> {
            TCPServer server = context.getBean(IOStreamServers.class).get("echo");
            int port = context.getBean(IOStreamServers.class).port("echo");
            try (var client = new LineClient(port)) {
                client.send("hello\n");
                assertThat(client.receive()).isEqualTo("hello\n");

                context.getSourceApplicationContext().stop();

                assertThat(client.receive()).isEmpty();
            }
            assertThatIOException().isThrownBy(() -> new LineClient(port));
            assertThat(server.localAddresses()).isEmpty();
            assertThat(server.stats().closed(CloseReason.DRAINED)).isEqualTo(1);
            assertThat(context.getBean(IOStreamServerLifecycle.class).isRunning())
                    .isFalse();
        });
    }

    @Test
    void serversStartAgainAndCountersGoOn() {
        runner.run(context -> {
            IOStreamServers servers = context.getBean(IOStreamServers.class);
            assertThat(ask(servers.port("echo"))).isEqualTo("hello\n");

            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();

            assertThat(ask(servers.port("echo"))).isEqualTo("hello\n");
            assertThat(context.getEnvironment().getProperty("local.iostream.server.port", int.class))
                    .isEqualTo(servers.port("echo"));
            assertThat(servers.get("echo").stats().opened()).isEqualTo(2);
            // an answer can arrive before the loop has counted what it answers
            await().atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(servers.get("echo").stats().received()).isEqualTo(12));
        });
    }

    @Test
    void aHandlerThatBlocksDoesNotKeepTheStopBeyondItsPhase() throws Exception {
        var blocking = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var client = new AtomicReference<LineClient>();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LifecycleAutoConfiguration.class,
                        IOStreamAutoConfiguration.class,
                        IOStreamServerAutoConfiguration.class))
                .withPropertyValues(
                        "spring.lifecycle.timeout-per-shutdown-phase=50ms",
                        "iostream.loop.count=1",
                        "iostream.server.block.port=0")
                .withBean(StreamHandler.class, () -> stream -> {
                    blocking.countDown();
                    release.await();
                })
                .run(context -> {
                    client.set(new LineClient(
                            context.getBean(IOStreamServers.class).port("block")));
                    blocking.await();

                    context.getSourceApplicationContext().stop();

                    await().atMost(LIMIT)
                            .until(() -> !ApplicationThreads.names().contains("iostream-server-block"));
                    assertThat(release.getCount()).isEqualTo(1);
                    release.countDown();
                });

        assertThat(client.get().receive()).isEmpty();
        client.get().close();
        ApplicationThreads.awaitNone();
    }

    @Test
    void aHandlerMayCloseTheApplication(CapturedOutput output) {
        var close = new AtomicReference<Runnable>(() -> {});
        runner.withBean(
                        "quit",
                        StreamHandler.class,
                        () -> stream ->
                                stream.readUntil("quit\n", line -> close.get().run()))
                .withPropertyValues("iostream.server.quit.port=0")
                .run(context -> {
                    close.set(context.getSourceApplicationContext()::close);
                    try (var client = new LineClient(
                            context.getBean(IOStreamServers.class).port("quit"))) {
                        client.send("quit\n");
                        assertThat(client.receive()).isEmpty();
                    }
                });

        ApplicationThreads.awaitNone();
        assertThat(output).doesNotContain("still running").doesNotContain("left behind");
    }

    private static void fail(String... arguments) {
        var application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false);
        assertThatException().isThrownBy(() -> application.run(arguments));
    }

    private static String ask(int port) throws IOException {
        try (var client = new LineClient(port)) {
            client.send("hello\n");
            return client.receive();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class})
    static class Application extends EchoHandler {}

    @Configuration(proxyBeanMethods = false)
    static class EchoHandler {
        @Bean
        StreamHandler echo() {
            return Handlers.echo();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherHandler {
        @Bean
        StreamHandler other() {
            return Handlers.echo();
        }
    }

    static class PortTarget {
        @LocalIOStreamServerPort
        int port;
    }

    static class Observer implements SmartInitializingSingleton {
        private final IOStreamServers servers;
        private boolean listenedEarly = true;

        Observer(IOStreamServers servers) {
            this.servers = servers;
        }

        @Override
        public void afterSingletonsInstantiated() {
            listenedEarly = !servers.get("echo").localAddresses().isEmpty();
        }
    }
}
