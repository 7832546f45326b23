package dev.iostream.boot.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.IOStreamServerEvent;
import dev.iostream.boot.IOStreamServerStoppingEvent;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.autoconfigure.Analyses;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.event.CloseReason;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

/** How connections end when the application stops. */
@ExtendWith(OutputCaptureExtension.class)
class IOStreamServerDrainLifecycleTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Greets, answers each question when the test allows it, and says so when it is asked to end. */
    private final Answering handler = new Answering();

    private final List<String> events = new CopyOnWriteArrayList<>();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LifecycleAutoConfiguration.class,
                    ApplicationAvailabilityAutoConfiguration.class,
                    IOStreamAutoConfiguration.class,
                    IOStreamServerAutoConfiguration.class))
            .withBean("echo", StreamHandler.class, () -> handler)
            .withInitializer(
                    context -> context.addApplicationListener((ApplicationListener<ApplicationEvent>) this::heard))
            .withPropertyValues(
                    "iostream.loop.count=1",
                    "iostream.server.echo.port=0",
                    "iostream.server.echo.address=127.0.0.1",
                    "iostream.server.echo.close-timeout=10ms");

    private void heard(ApplicationEvent event) {
        if (event instanceof IOStreamServerEvent server) {
            events.add(server.getClass().getSimpleName() + " " + server.getServerName());
        } else if (event instanceof AvailabilityChangeEvent<?> change) {
            events.add(change.getState().toString());
        } else if (event instanceof PayloadApplicationEvent<?> payload) {
            events.add(payload.getPayload().toString());
        }
    }

    private static final class Answering implements StreamHandler {
        private final CompletableFuture<Void> allowed = new CompletableFuture<>();
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch draining = new CountDownLatch(1);

        @Override
        public void handle(IOStream stream) {
            stream.write("welcome\n");
            stream.readUntil("\n", question -> {
                stream.setAttribute(Answering.class, this);
                asked.countDown();
                allowed.thenRun(() -> stream.loop().addCallback(() -> {
                    if (!stream.closed()) {
                        stream.write("answer\n", stream::close);
                    }
                }));
            });
        }

        @Override
        public void drain(IOStream stream) throws Exception {
            draining.countDown();
            if (stream.attribute(Answering.class) == null) {
                StreamHandler.super.drain(stream);
            }
        }
    }

    private LineClient connect(IOStreamServers servers) throws Exception {
        var client = new LineClient(servers.port("echo"));
        assertThat(client.receive()).isEqualTo("welcome\n");
        return client;
    }

    /** A client that waits for an answer, which the handler works out. */
    private LineClient connectAndAsk(IOStreamServers servers) throws Exception {
        LineClient client = connect(servers);
        client.send("question\n");
        handler.asked.await();
        return client;
    }

    @Test
    void connectionsEndInThePhaseOfWebServersWhichIsNotPaused() {
        runner.run(context -> {
            var lifecycle = context.getBean(IOStreamServerDrainLifecycle.class);
            assertThat(lifecycle.getPhase()).isEqualTo(Integer.MAX_VALUE - 1024);
            assertThat(lifecycle.isPauseable()).isFalse();
            assertThat(lifecycle.isRunning()).isTrue();
        });
    }

    @Test
    void anAnswerThatIsBeingWorkedOutIsAwaited(CapturedOutput output) {
        runner.run(context -> {
            TCPServer server = context.getBean(IOStreamServers.class).get("echo");
            try (var busy = connectAndAsk(context.getBean(IOStreamServers.class));
                    var idle = connect(context.getBean(IOStreamServers.class))) {
                var stopped = CompletableFuture.runAsync(
                        () -> context.getSourceApplicationContext().stop());
                handler.draining.await();

                assertThat(stopped).isNotDone();
                handler.allowed.complete(null);
                assertThat(busy.receive()).isEqualTo("answer\n");
                assertThat(busy.receive()).isEmpty();
                assertThat(idle.receive()).isEmpty();
                assertThat(stopped).succeedsWithin(20, TimeUnit.SECONDS);
            }
            assertThat(server.stats().closed(CloseReason.ABORTED)).isZero();
            assertThat(server.stats().closed(CloseReason.DRAIN_DEADLINE)).isZero();
            assertThat(output).contains("Server 'echo' drained 2, forced 0");
        });
    }

    @Test
    void whatDoesNotEndIsClosedAtTheGracePeriod(CapturedOutput output) {
        runner.withPropertyValues("iostream.server.echo.shutdown.grace-period=50ms")
                .run(context -> {
                    TCPServer server = context.getBean(IOStreamServers.class).get("echo");
                    try (var busy = connectAndAsk(context.getBean(IOStreamServers.class))) {
                        context.getSourceApplicationContext().stop();

                        assertThat(busy.receive()).isEmpty();
                    }
                    assertThat(server.stats().closed(CloseReason.DRAIN_DEADLINE))
                            .isEqualTo(1);
                    assertThat(output)
                            .contains("Server 'echo' drained 0, forced 1")
                            .doesNotContain("still running");
                });
    }

    @Test
    void theDrainEndsBeforeThePhaseDoes(CapturedOutput output) {
        runner.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=1500ms")
                .run(context -> {
                    try (var busy = connectAndAsk(context.getBean(IOStreamServers.class))) {
                        context.getSourceApplicationContext().stop();
                        assertThat(busy.receive()).isEmpty();
                    }
                    assertThat(output)
                            .contains("Server 'echo' drained 0, forced 1")
                            .doesNotContain("still running");
                });
    }

    @Test
    void immediatelyMeansAtOnce(CapturedOutput output) {
        runner.withPropertyValues("iostream.server.echo.shutdown.mode=immediate")
                .run(context -> {
                    TCPServer server = context.getBean(IOStreamServers.class).get("echo");
                    try (var busy = connectAndAsk(context.getBean(IOStreamServers.class))) {
                        context.getSourceApplicationContext().stop();

                        assertThat(busy.receive()).isEmpty();
                    }
                    assertThat(handler.draining.getCount()).isEqualTo(1);
                    assertThat(server.stats().closed(CloseReason.ABORTED)).isEqualTo(1);
                    assertThat(output).doesNotContain("drained");
                });
    }

    @Test
    void serversAreDrainedAtTheSameTime() {
        var second = new Answering();
        runner.withPropertyValues(
                        "iostream.server.other.port=0",
                        "iostream.server.other.address=127.0.0.1",
                        "iostream.server.other.close-timeout=10ms")
                .withBean("other", StreamHandler.class, () -> second)
                .run(context -> {
                    IOStreamServers servers = context.getBean(IOStreamServers.class);
                    try (var one = connect(servers);
                            var other = new LineClient(servers.port("other"))) {
                        one.send("question\n");
                        other.send("question\n");
                        handler.asked.await();
                        second.asked.await();

                        var stopped = CompletableFuture.runAsync(
                                () -> context.getSourceApplicationContext().stop());

                        handler.draining.await();
                        second.draining.await();
                        assertThat(stopped).isNotDone();
                        handler.allowed.complete(null);
                        second.allowed.complete(null);
                        assertThat(stopped).succeedsWithin(20, TimeUnit.SECONDS);
                    }
                });
    }

    @Test
    void trafficIsRefusedBeforeTheServerStopsToAccept() {
        runner.withPropertyValues(
                        "iostream.server.echo.shutdown.pre-drain-delay=1h",
                        "spring.lifecycle.timeout-per-shutdown-phase=2h")
                .run(context -> {
                    ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
                    AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                    var done = new CompletableFuture<Void>();

                    context.getBean(IOStreamServerDrainLifecycle.class).stop(() -> done.complete(null));

                    assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
                    connect(context.getBean(IOStreamServers.class)).close();
                    assertThat(done).isNotDone();
                    // not to be waited for when the context closes
                    context.getBean(IOStreamServers.class).get("echo").close();
                });
    }

    @Test
    void aDrainThatWasBegunBeforeIsAwaited() {
        runner.run(context -> {
            TCPServer server = context.getBean(IOStreamServers.class).get("echo");
            try (var busy = connectAndAsk(context.getBean(IOStreamServers.class))) {
                server.drain(Duration.ofHours(1));

                var stopped = CompletableFuture.runAsync(
                        () -> context.getSourceApplicationContext().stop());
                await().atMost(LIMIT).until(() -> events.contains("IOStreamServerStoppingEvent echo"));
                assertThat(stopped).isNotDone();
                handler.allowed.complete(null);

                assertThat(busy.receive()).isEqualTo("answer\n");
                assertThat(stopped).succeedsWithin(20, TimeUnit.SECONDS);
            }
            assertThat(server.stats().closed(CloseReason.LOCAL)).isEqualTo(1);
        });
    }

    @Test
    void aDrainThatWasBegunBeforeIsCutOffAtTheGracePeriod(CapturedOutput output) {
        runner.withPropertyValues("iostream.server.echo.shutdown.grace-period=50ms")
                .run(context -> {
                    TCPServer server = context.getBean(IOStreamServers.class).get("echo");
                    try (var busy = connectAndAsk(context.getBean(IOStreamServers.class))) {
                        server.drain(Duration.ofHours(1));

                        context.getSourceApplicationContext().stop();

                        assertThat(busy.receive()).isEmpty();
                    }
                    assertThat(server.stats().closed(CloseReason.ABORTED)).isEqualTo(1);
                    assertThat(output).doesNotContain("still running");
                });
    }

    @Test
    void connectionsOfAServerThatDoesNotListenAnyMoreAreDrained() {
        runner.run(context -> {
            TCPServer server = context.getBean(IOStreamServers.class).get("echo");
            try (var idle = connect(context.getBean(IOStreamServers.class))) {
                server.stop();

                context.getSourceApplicationContext().stop();

                assertThat(idle.receive()).isEmpty();
            }
            assertThat(handler.draining.getCount()).isZero();
            assertThat(server.stats().closed(CloseReason.ABORTED)).isZero();
        });
    }

    @Test
    void aListenerThatFailsDoesNotCostTheDrain(CapturedOutput output) {
        runner.withInitializer(context ->
                        context.addApplicationListener((ApplicationListener<IOStreamServerStoppingEvent>) event -> {
                            throw new IllegalStateException("the registry is away");
                        }))
                .run(context -> {
                    try (var idle = connect(context.getBean(IOStreamServers.class))) {
                        context.getSourceApplicationContext().stop();
                        assertThat(idle.receive()).isEmpty();
                    }
                    assertThat(output)
                            .contains("Server 'echo' drained 1, forced 0")
                            .contains("the registry is away");
                });
    }

    @Test
    void aDelayThatLeavesLessThanTheMarginFailsTheStart() {
        runner.withPropertyValues("iostream.server.echo.shutdown.pre-drain-delay=29500ms")
                .run(context -> Analyses.assertThat(context.getStartupFailure())
                        .describes(
                                "Server 'echo' may take 29500ms to stop (iostream.server.echo.shutdown.pre-drain-delay"
                                        + " 29500ms, grace-period not set), and the application goes on after 30s"
                                        + " ('spring.lifecycle.timeout-per-shutdown-phase').")
                        .advises("Raise 'spring.lifecycle.timeout-per-shutdown-phase', or lower the times of the"
                                + " server."));
    }

    @Test
    void timesThatThePhaseWouldCutOffFailTheStart() {
        runner.withPropertyValues(
                        "iostream.server.echo.shutdown.pre-drain-delay=5",
                        "iostream.server.echo.shutdown.grace-period=30")
                .run(context -> Analyses.assertThat(context.getStartupFailure())
                        .describes(
                                "Server 'echo' may take 35s to stop (iostream.server.echo.shutdown.pre-drain-delay 5s,"
                                        + " grace-period 30s), and the application goes on after 30s"
                                        + " ('spring.lifecycle.timeout-per-shutdown-phase').")
                        .advises("Raise 'spring.lifecycle.timeout-per-shutdown-phase', or lower the times of the"
                                + " server."));
    }

    @Test
    void aDelayThatLeavesNoTimeForADrainFailsTheStart() {
        runner.withPropertyValues("iostream.server.echo.shutdown.pre-drain-delay=30")
                .run(context -> Analyses.assertThat(context.getStartupFailure())
                        .describes("Server 'echo' may take 30s to stop (iostream.server.echo.shutdown.pre-drain-delay"
                                + " 30s, grace-period not set), and the application goes on after 30s"
                                + " ('spring.lifecycle.timeout-per-shutdown-phase').")
                        .advises("Raise 'spring.lifecycle.timeout-per-shutdown-phase', or lower the times of the"
                                + " server."));
    }

    @Test
    void aServerIsDrainedWhenTheDelayIsOver() {
        runner.withPropertyValues("iostream.server.echo.shutdown.pre-drain-delay=50ms")
                .run(context -> {
                    try (var idle = connect(context.getBean(IOStreamServers.class))) {
                        context.getSourceApplicationContext().stop();
                        assertThat(idle.receive()).isEmpty();
                    }
                });
    }

    @Test
    void eventsTellOfEachStepAlsoAfterARestart() {
        runner.run(context -> {
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();

            assertThat(events)
                    .filteredOn(event -> !event.startsWith("Context"))
                    .containsExactly(
                            "IOStreamServerStartedEvent echo",
                            "ACCEPTING_TRAFFIC",
                            "REFUSING_TRAFFIC",
                            "IOStreamServerStoppingEvent echo",
                            "IOStreamServerStoppedEvent echo",
                            "IOStreamServerStartedEvent echo",
                            "ACCEPTING_TRAFFIC");
        });
    }

    @Test
    void anApplicationWithoutServersSaysNothingOfTraffic() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
                .withInitializer(
                        context -> context.addApplicationListener((ApplicationListener<ApplicationEvent>) this::heard))
                .run(context -> {
                    context.getSourceApplicationContext().stop();
                    assertThat(events).isEmpty();
                });
    }

    @Test
    void whoStopsItIsCalledBackOnce() {
        runner.run(context -> {
            var calls = new CopyOnWriteArrayList<String>();

            context.getBean(IOStreamServerDrainLifecycle.class).stop(() -> calls.add("done"));

            await().atMost(LIMIT).until(() -> calls.size() == 1);
            context.getSourceApplicationContext().stop();
            assertThat(calls).hasSize(1);
        });
    }
}
