package dev.iostream.boot.observation;

import static io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.StreamListener;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.boot.autoconfigure.observation.IOStreamObservationAutoConfiguration;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** What is observed of messages, over real sockets. */
class MessageObserverTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String MESSAGE = "iostream.server.message";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOStreamAutoConfiguration.class,
                    IOStreamServerAutoConfiguration.class,
                    IOStreamObservationAutoConfiguration.class))
            .withBean(TestObservationRegistry.class, TestObservationRegistry::create)
            .withBean(Listener.class)
            .withPropertyValues(
                    "iostream.loop.count=1",
                    "iostream.server.orders.port=0",
                    "iostream.server.orders.address=127.0.0.1",
                    "iostream.server.later.port=0",
                    "iostream.server.later.address=127.0.0.1");

    /** Answers with what is observed while it is called. */
    static class Listener implements AutoCloseable {
        private final ExecutorService later = Executors.newSingleThreadExecutor();
        private final ObservationRegistry registry;

        Listener(ObservationRegistry registry) {
            this.registry = registry;
        }

        @StreamListener(server = "orders", until = "\n")
        String now(String message) {
            if (message.equals("fail")) {
                throw new IllegalStateException("secret of the message");
            }
            return name(registry.getCurrentObservation());
        }

        @StreamListener(server = "later", until = "\n")
        CompletableFuture<String> later(String message) {
            String current = name(registry.getCurrentObservation());
            return CompletableFuture.supplyAsync(
                    () -> {
                        if (message.equals("fail")) {
                            throw new IllegalStateException("secret of the message");
                        }
                        return current + " later";
                    },
                    later);
        }

        private static String name(Observation observation) {
            return observation == null ? "nothing" : observation.getContext().getName();
        }

        @Override
        public void close() {
            later.shutdownNow();
        }
    }

    private static LineClient connect(ApplicationContext context, String server) throws Exception {
        return new LineClient(context.getBean(IOStreamServers.class).port(server));
    }

    @Test
    void aMessageIsObservedWhileItIsHandled() {
        runner.run(context -> {
            var registry = context.getBean(TestObservationRegistry.class);
            try (var client = connect(context, "orders")) {
                client.send("now\n");
                assertThat(client.receive()).isEqualTo(MESSAGE + "\n");
                client.send("now\n");
                client.receive();
            }

            assertThat(registry).hasNumberOfObservationsWithNameEqualTo(MESSAGE, 2);
            assertThat(registry)
                    .forAllObservationsWithNameEqualTo(
                            MESSAGE,
                            observation -> observation
                                    .doesNotHaveParentObservation()
                                    .doesNotHaveError()
                                    .hasContextualNameEqualTo("message orders")
                                    .hasLowCardinalityKeyValue("iostream.endpoint", "orders")
                                    .hasLowCardinalityKeyValue("network.transport", "tcp")
                                    .hasLowCardinalityKeyValue("outcome", "success")
                                    .hasHighCardinalityKeyValue("network.peer.address", "127.0.0.1")
                                    .hasHighCardinalityKeyValue("iostream.message.size", "3"));
        });
    }

    @Test
    void oneThatIsAnsweredLaterIsObservedUntilThen() {
        runner.run(context -> {
            try (var client = connect(context, "later")) {
                client.send("anything\n");
                assertThat(client.receive()).isEqualTo(MESSAGE + " later\n");
            }
            assertThat(context.getBean(TestObservationRegistry.class))
                    .hasSingleObservationThat()
                    .hasBeenStopped()
                    .hasLowCardinalityKeyValue("outcome", "success");
        });
    }

    @Test
    void oneThatFailsHasTheErrorNowOrLater() {
        for (String server : new String[] {"orders", "later"}) {
            runner.run(context -> {
                var registry = context.getBean(TestObservationRegistry.class);
                try (var client = connect(context, server)) {
                    client.send("fail\n");
                    assertThat(client.receive()).isEmpty();
                }
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(registry)
                                .hasSingleObservationThat()
                                .hasBeenStopped()
                                .hasLowCardinalityKeyValue("outcome", "error")
                                .thenError()
                                .isInstanceOf(IllegalStateException.class));
            });
        }
    }

    @Test
    void aConventionOfTheApplicationTakesThePlaceOfTheDefault() {
        runner.withBean(
                        ServerMessageObservationConvention.class,
                        () -> new DefaultServerMessageObservationConvention() {
                            @Override
                            public String getName() {
                                return "my.message";
                            }
                        })
                .run(context -> {
                    try (var client = connect(context, "orders")) {
                        client.send("now\n");
                        assertThat(client.receive()).isEqualTo("my.message\n");
                    }
                });
    }
}
