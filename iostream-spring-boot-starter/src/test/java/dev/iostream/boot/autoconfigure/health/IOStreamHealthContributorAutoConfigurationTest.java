package dev.iostream.boot.autoconfigure.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.StreamHandler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Health as applications see it. */
class IOStreamHealthContributorAutoConfigurationTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOStreamAutoConfiguration.class,
                    IOStreamServerAutoConfiguration.class,
                    IOStreamClientAutoConfiguration.class,
                    IOStreamHealthContributorAutoConfiguration.class,
                    ApplicationAvailabilityAutoConfiguration.class,
                    AvailabilityHealthContributorAutoConfiguration.class,
                    AvailabilityProbesAutoConfiguration.class,
                    HealthContributorAutoConfiguration.class,
                    HealthContributorRegistryAutoConfiguration.class,
                    HealthEndpointAutoConfiguration.class))
            .withBean("echo", StreamHandler.class, Handlers::echo)
            .withPropertyValues(
                    "iostream.loop.count=1",
                    "iostream.server.echo.port=0",
                    "management.endpoints.web.exposure.include=health",
                    "management.endpoint.health.show-components=always");

    private static Status status(AssertableApplicationContext context, String... path) {
        HealthDescriptor descriptor = context.getBean(HealthEndpoint.class).healthForPath(path);
        assertThat(descriptor).as(String.join("/", path)).isNotNull();
        return descriptor.getStatus();
    }

    @Test
    void eachLoopAndEachServerHasAPath() {
        runner.run(context -> {
            assertThat(status(context, "iostream")).isEqualTo(Status.UP);
            assertThat(status(context, "iostream", "loop", "iostream-loop-1")).isEqualTo(Status.UP);
            assertThat(status(context, "iostream", "server", "echo")).isEqualTo(Status.UP);
        });
    }

    @Test
    void itIsAsGoodAsTheWorstServer() {
        runner.run(context -> {
            var server = context.getBean(IOStreamServers.class).get("echo");
            server.pause();
            assertThat(status(context, "iostream")).isEqualTo(Status.OUT_OF_SERVICE);
            server.resume();
            assertThat(status(context, "iostream")).isEqualTo(Status.UP);
            server.close();
            assertThat(status(context, "iostream", "server")).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void withoutServersThereAreOnlyLoops() {
        runner.withPropertyValues("iostream.server.echo.enabled=false").run(context -> {
            var health = (CompositeHealthDescriptor)
                    context.getBean(HealthEndpoint.class).healthForPath("iostream");
            assertThat(health.getComponents()).containsOnlyKeys("loop");
            assertThat(health.getStatus()).isEqualTo(Status.UP);
        });
    }

    @Test
    void clientsCountOnlyWhenTheyAreToldTo() {
        runner.withPropertyValues(
                        "iostream.client.orders.targets=127.0.0.1:1",
                        "iostream.client.stock.targets=127.0.0.1:1",
                        "iostream.client.stock.health.enabled=true")
                .run(context -> {
                    var endpoint = context.getBean(HealthEndpoint.class);
                    assertThat(((CompositeHealthDescriptor) endpoint.healthForPath("iostream", "client"))
                                    .getComponents())
                            .containsOnlyKeys("stock");
                    assertThat(status(context, "iostream", "client", "stock")).isEqualTo(Status.UNKNOWN);
                    assertThat(status(context, "iostream")).isEqualTo(Status.UP);
                });
    }

    @Test
    void loopsCanDecideLivenessAndServersReadiness() {
        runner.withPropertyValues(
                        "iostream.loop.health-threshold=1s",
                        "management.endpoint.health.probes.enabled=true",
                        "management.endpoint.health.group.liveness.include=livenessState,iostream/loop",
                        "management.endpoint.health.group.readiness.include=readinessState,iostream/server")
                .run(context -> {
                    AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
                    AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                    var stuck = new CountDownLatch(1);
                    var server = context.getBean(IOStreamServers.class).get("echo");
                    server.pause();
                    try {
                        assertThat(status(context, "liveness")).isEqualTo(Status.UP);
                        assertThat(status(context, "readiness")).isEqualTo(Status.OUT_OF_SERVICE);

                        context.getBean(IOLoopGroup.class).next().addCallback(() -> awaitQuietly(stuck));
                        await().atMost(LIMIT).until(() -> status(context, "liveness"), Status.DOWN::equals);
                    } finally {
                        stuck.countDown();
                    }
                    await().atMost(LIMIT).until(() -> status(context, "liveness"), Status.UP::equals);
                });
    }

    /** Boot's own groups know nothing of servers; an application of which one is paused may serve others well. */
    @Test
    void aPausedServerIsReadyUntilReadinessIncludesIt() {
        runner.withPropertyValues("management.endpoint.health.probes.enabled=true")
                .run(context -> {
                    AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                    context.getBean(IOStreamServers.class).get("echo").pause();
                    assertThat(status(context, "readiness")).isEqualTo(Status.UP);
                });
        runner.withPropertyValues(
                        "management.endpoint.health.group.readiness.include=readinessState,iostream/server/echo")
                .run(context -> {
                    AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                    assertThat(status(context, "readiness")).isEqualTo(Status.UP);
                    context.getBean(IOStreamServers.class).get("echo").pause();
                    assertThat(status(context, "readiness")).isEqualTo(Status.OUT_OF_SERVICE);
                    context.getBean(IOStreamServers.class).get("echo").resume();
                    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
                    assertThat(status(context, "readiness")).isEqualTo(Status.OUT_OF_SERVICE);
                });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aGroupWithAServerThatIsNotThereFailsTheStart() {
        runner.withPropertyValues("management.endpoint.health.group.readiness.include=iostream/server/ecco")
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("iostream/server/ecco"));
    }

    @Test
    void itCanBeTurnedOff() {
        runner.withPropertyValues("management.health.iostream.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("iostreamHealthContributor"));
    }

    @Test
    void anotherOfThatNameTakesItsPlace() {
        runner.withBean("iostreamHealthIndicator", Object.class, Object::new)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("iostreamHealthContributor"));
    }

    @Test
    void withoutIOStreamThereIsNone() {
        runner.withPropertyValues("iostream.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("iostreamHealthContributor"));
    }
}
