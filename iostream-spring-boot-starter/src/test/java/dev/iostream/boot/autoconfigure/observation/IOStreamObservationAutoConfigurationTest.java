package dev.iostream.boot.autoconfigure.observation;

import static io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.boot.observation.ClientConnectContext;
import dev.iostream.boot.observation.ClientConnectObservationConvention;
import dev.iostream.boot.observation.DefaultClientConnectObservationConvention;
import dev.iostream.boot.observation.ObservationCarrier;
import dev.iostream.boot.observation.SnapshotCarrier;
import dev.iostream.boot.observation.StreamObservations;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.ContextCarrier;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** When there are observations. */
class IOStreamObservationAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOStreamAutoConfiguration.class,
                    IOStreamServerAutoConfiguration.class,
                    IOStreamClientAutoConfiguration.class,
                    IOStreamObservationAutoConfiguration.class))
            .withBean("echo", StreamHandler.class, Handlers::echo)
            .withPropertyValues(
                    "iostream.loop.count=1",
                    "iostream.server.echo.port=0",
                    "iostream.server.echo.address=127.0.0.1",
                    "iostream.client.orders.targets=127.0.0.1:1");

    private final ApplicationContextRunner observing =
            runner.withBean(TestObservationRegistry.class, TestObservationRegistry::create);

    @Test
    void withoutARegistryThereAreNone() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(StreamObservations.class));
    }

    @Test
    void aConnectOfAConfiguredClientIsPartOfWhatItsCallerObserves() {
        observing.run(context -> {
            var registry = context.getBean(TestObservationRegistry.class);
            var client = context.getBean(IOStreamClients.class).get("orders");
            Observation parent = Observation.start("payment", registry);

            var outcome = parent.scoped(() -> client.connect().handle((stream, failure) -> {
                Observation current = registry.getCurrentObservation();
                return current == null ? "nothing" : current.getContext().getName();
            }));

            org.assertj.core.api.Assertions.assertThat(outcome.get(20, TimeUnit.SECONDS))
                    .isEqualTo("payment");
            assertThat(registry)
                    .hasObservationWithNameEqualTo("iostream.client.connect")
                    .that()
                    .hasBeenStopped()
                    .hasParentObservationEqualTo(parent)
                    .hasLowCardinalityKeyValue("iostream.endpoint", "orders")
                    .hasLowCardinalityKeyValue("outcome", "connect_failed");
        });
    }

    @Test
    void itWorksWithTheRegistryOfBoot() {
        runner.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(StreamObservations.class));
    }

    @Test
    void allThreadLocalsAreCarriedWithContextPropagation() {
        observing.run(context -> {
            assertThat(context.getBean(ContextCarrier.class)).isInstanceOf(SnapshotCarrier.class);
            assertThat(context.getBean(IOStreamServers.class).get("echo").options().stream()
                            .context())
                    .isSameAs(context.getBean(ContextCarrier.class));
        });
    }

    @Test
    void theObservationIsCarriedWithoutIt() {
        observing
                .withClassLoader(new FilteredClassLoader("io.micrometer.context"))
                .run(context ->
                        assertThat(context.getBean(ContextCarrier.class)).isInstanceOf(ObservationCarrier.class));
    }

    @Test
    void aCarrierOfTheApplicationTakesItsPlace() {
        ContextCarrier own = () -> null;
        observing
                .withBean(ContextCarrier.class, () -> own)
                .run(context ->
                        assertThat(context).getBean(ContextCarrier.class).isSameAs(own));
    }

    @Test
    void aConventionOfTheApplicationIsUsed() {
        observing
                .withBean(
                        ClientConnectObservationConvention.class,
                        () -> new DefaultClientConnectObservationConvention() {
                            @Override
                            public String getContextualName(ClientConnectContext context) {
                                return "my " + context.getEndpoint();
                            }
                        })
                .run(context -> {
                    context.getBean(IOStreamClients.class)
                            .get("orders")
                            .connect()
                            .handle((stream, failure) -> stream)
                            .get(20, TimeUnit.SECONDS);
                    assertThat(context.getBean(TestObservationRegistry.class))
                            .hasSingleObservationThat()
                            .hasContextualNameEqualTo("my orders");
                });
    }

    @Test
    void theyCanBeTurnedOff() {
        observing
                .withPropertyValues("iostream.observation.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(StreamObservations.class)
                        .doesNotHaveBean(ContextCarrier.class));
    }

    @Test
    void whereTheRegistryDoesNothingNeitherDoStreams() {
        runner.withBean(ObservationRegistry.class, () -> ObservationRegistry.NOOP)
                .run(context -> assertThat(context.getBean(IOStreamServers.class).get("echo").options().stream()
                                .context())
                        .isSameAs(ContextCarrier.NONE));
    }
}
