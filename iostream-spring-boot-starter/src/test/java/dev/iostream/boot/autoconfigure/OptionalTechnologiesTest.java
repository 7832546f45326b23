package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.server.StreamHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurationImportSelector;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.core.type.AnnotationMetadata;

/** Servers run without each of the technologies that an application need not have, and without all of them. */
class OptionalTechnologiesTest {
    private static final String[] ALL = {
        "io.micrometer",
        "org.springframework.boot.micrometer",
        "org.springframework.boot.health",
        "org.springframework.boot.actuate",
        "org.springframework.web"
    };

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Application.class)
            .withBean(SimpleMeterRegistry.class)
            .withBean(ObservationRegistry.class, ObservationRegistry::create)
            .withPropertyValues(
                    "iostream.loop.count=1",
                    "iostream.server.echo.port=0",
                    "management.endpoints.web.exposure.include=iostream");

    @Test
    void withAllOfThemEverythingIsThere() {
        assertServes(runner);
        runner.run(context -> assertThat(context).hasBean("ioStreamMetrics").hasBean("iostreamHealthContributor"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.micrometer",
                "org.springframework.boot.micrometer",
                "io.micrometer.context",
                "io.micrometer.observation",
                "io.micrometer.core",
                "org.springframework.boot.health",
                "org.springframework.boot.actuate"
            })
    void serversRunWithout(String technology) {
        assertServes(runner.withClassLoader(new FilteredClassLoader(technology)));
    }

    @Test
    void serversRunWithoutAnyOfThem() {
        assertServes(runner.withClassLoader(new FilteredClassLoader(ALL)));
        runner.withClassLoader(new FilteredClassLoader(ALL))
                .run(context -> assertThat(Arrays.stream(context.getBeanDefinitionNames())
                                .map(context::getType)
                                .filter(type -> type != null)
                                .map(Class::getName))
                        .noneMatch(type ->
                                type.matches("dev\\.iostream\\.boot\\.(metrics|observation|health|actuate)\\..*")));
    }

    private static void assertServes(ApplicationContextRunner runner) {
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            try (var client =
                    new LineClient(context.getBean(IOStreamServers.class).port("echo"))) {
                client.send("hello\n");
                assertThat(client.receive()).isEqualTo("hello\n");
            }
        });
    }

    /** The auto-configurations of the starter, without those of the class path's others, sorted out as Boot does it. */
    static class OfTheStarter extends AutoConfigurationImportSelector {
        @Override
        protected Class<?> getAnnotationClass() {
            return EnableAutoConfiguration.class;
        }

        @Override
        protected AnnotationAttributes getAttributes(AnnotationMetadata metadata) {
            return AnnotationAttributes.fromMap(Map.of("exclude", new String[0], "excludeName", new String[0]));
        }

        @Override
        protected List<String> getCandidateConfigurations(
                AnnotationMetadata metadata, @Nullable AnnotationAttributes attributes) {
            return super.getCandidateConfigurations(metadata, attributes).stream()
                    .filter(name -> name.startsWith("dev.iostream."))
                    .toList();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(OfTheStarter.class)
    static class Application {
        @Bean
        StreamHandler echo() {
            return Handlers.echo();
        }
    }
}
