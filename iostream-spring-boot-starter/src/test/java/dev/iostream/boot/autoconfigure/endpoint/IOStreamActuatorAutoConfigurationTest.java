package dev.iostream.boot.autoconfigure.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.actuate.IOStreamInfoContributor;
import dev.iostream.boot.actuate.SecretSanitizer;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.server.StreamHandler;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What is added to Spring Boot's endpoints. */
class IOStreamActuatorAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOStreamAutoConfiguration.class,
                    IOStreamServerAutoConfiguration.class,
                    IOStreamActuatorAutoConfiguration.class))
            .withBean("echo", StreamHandler.class, Handlers::echo)
            .withPropertyValues(
                    "iostream.loop.count=1", "iostream.server.echo.port=0", "iostream.server.echo.address=127.0.0.1");

    @Test
    void secretsAreHiddenAndInfoSaysNothingByItself() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(SecretSanitizer.class)
                .doesNotHaveBean(IOStreamInfoContributor.class));
    }

    @Test
    void infoTellsWhereServersListenWhenItIsToldTo() {
        runner.withPropertyValues("management.info.iostream.enabled=true").run(context -> {
            var builder = new Info.Builder();
            context.getBean(IOStreamInfoContributor.class).contribute(builder);

            int port = context.getBean(IOStreamServers.class).port("echo");
            assertThat(builder.build().getDetails())
                    .isEqualTo(Map.of("iostream", Map.of("servers", Map.of("echo", List.of("127.0.0.1:" + port)))));
        });
    }

    @Test
    void allInfoByDefaultIsNoReason() {
        runner.withPropertyValues("management.info.defaults.enabled=true")
                .run(context -> assertThat(context).doesNotHaveBean(IOStreamInfoContributor.class));
    }

    @Test
    void withoutIOStreamNothingIsAdded() {
        runner.withPropertyValues("iostream.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(SecretSanitizer.class));
    }
}
