package dev.iostream.boot.autoconfigure.metrics;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.boot.metrics.IOStreamServerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters for the servers, when there is a registry to keep them. */
@AutoConfiguration(
        after = IOStreamServerAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, IOStreamServers.class})
public final class IOStreamMetricsAutoConfiguration {
    IOStreamMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IOStreamServerMetrics ioStreamServerMetrics(IOStreamServers servers) {
        return new IOStreamServerMetrics(servers);
    }
}
