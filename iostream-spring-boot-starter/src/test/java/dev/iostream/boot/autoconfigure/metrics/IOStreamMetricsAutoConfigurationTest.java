package dev.iostream.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.boot.metrics.IOStreamMetrics;
import dev.iostream.boot.metrics.StreamRecorders;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.StreamHandler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** When there are meters. */
class IOStreamMetricsAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    IOStreamAutoConfiguration.class,
                    IOStreamClientAutoConfiguration.class,
                    IOStreamServerAutoConfiguration.class,
                    IOStreamMetricsAutoConfiguration.class))
            .withUserConfiguration(EchoHandler.class)
            .withPropertyValues("iostream.loop.count=1", "iostream.server.echo.port=0");

    @Test
    void metersAreThereWhenThereIsARegistry() {
        runner.withBean(SimpleMeterRegistry.class)
                .run(context -> assertThat(context).hasSingleBean(IOStreamMetrics.class));
    }

    @Test
    void withoutARegistryThereAreNone() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(IOStreamMetrics.class));
    }

    @Test
    void withoutMicrometerServersStillRun() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer")).run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean("ioStreamMetrics");
            assertThat(context.getBean(IOStreamServers.class).port("echo")).isPositive();
        });
    }

    @Test
    void metersCanBeTurnedOff() {
        runner.withBean(SimpleMeterRegistry.class)
                .withPropertyValues("iostream.metrics.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(IOStreamMetrics.class)
                        .doesNotHaveBean(StreamRecorders.class));
    }

    @Test
    void whenItIsNotEnabledThereAreNone() {
        runner.withBean(SimpleMeterRegistry.class)
                .withPropertyValues("iostream.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(IOStreamMetrics.class));
    }

    @Test
    void metersOfTheApplicationTakeThePlaceOfThoseHere() {
        runner.withBean(SimpleMeterRegistry.class)
                .withUserConfiguration(OwnMetrics.class)
                .run(context ->
                        assertThat(context).hasSingleBean(IOStreamMetrics.class).hasBean("mine"));
    }

    @Test
    void metersAreRemovedFromARegistryThatOutlivesTheContext() {
        MeterRegistry registry = new SimpleMeterRegistry();
        runner.withBean(MeterRegistry.class, () -> registry, definition -> definition.setDestroyMethodName(""))
                .run(context -> {
                    context.getBean(IOStreamMetrics.class).bindTo(registry);
                    assertThat(registry.getMeters()).isNotEmpty();
                });

        assertThat(registry.getMeters()).isEmpty();
    }

    @Configuration(proxyBeanMethods = false)
    static class EchoHandler {
        @Bean
        StreamHandler echo() {
            return Handlers.echo();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnMetrics {
        @Bean
        IOStreamMetrics mine(
                IOLoopGroup group,
                LoopHeartbeats heartbeats,
                IOStreamServers servers,
                IOStreamClients clients,
                IOStreamFactory factory,
                StreamRecorders recorders) {
            return new IOStreamMetrics(group, heartbeats, servers, clients, factory, recorders);
        }
    }
}
