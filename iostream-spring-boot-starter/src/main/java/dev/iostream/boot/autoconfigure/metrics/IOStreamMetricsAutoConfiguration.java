package dev.iostream.boot.autoconfigure.metrics;

import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamProperties;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.boot.metrics.IOStreamMetrics;
import dev.iostream.boot.metrics.StreamRecorders;
import dev.iostream.loop.IOLoopGroup;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.metrics.MaximumAllowableTagsMeterFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Meters for servers, clients and loops, when there is a registry to keep them. */
@AutoConfiguration(
        after = {IOStreamServerAutoConfiguration.class, IOStreamClientAutoConfiguration.class},
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, IOStreamServers.class, IOStreamClients.class})
@ConditionalOnBooleanProperty(name = "iostream.metrics.enabled", matchIfMissing = true)
public final class IOStreamMetricsAutoConfiguration {
    IOStreamMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    StreamRecorders ioStreamStreamRecorders() {
        return new StreamRecorders();
    }

    @Bean
    @ConditionalOnMissingBean
    IOStreamMetrics ioStreamMetrics(
            IOLoopGroup group,
            LoopHeartbeats heartbeats,
            IOStreamServers servers,
            IOStreamClients clients,
            IOStreamFactory factory,
            StreamRecorders recorders) {
        return new IOStreamMetrics(group, heartbeats, servers, clients, factory, recorders);
    }

    /** In case somebody makes servers or clients without end. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MaximumAllowableTagsMeterFilter.class)
    static class Guard {
        private static final int ENOUGH_ENDPOINTS = 100;

        @Bean
        MeterFilter ioStreamEndpointMeterFilter(IOStreamProperties properties) {
            int configured =
                    properties.getServer().size() + properties.getClient().size();
            return new MaximumAllowableTagsMeterFilter(
                    "iostream",
                    "endpoint",
                    ENOUGH_ENDPOINTS + configured,
                    "Are there so many servers and clients, or is each connection given an endpoint of its own?");
        }
    }
}
