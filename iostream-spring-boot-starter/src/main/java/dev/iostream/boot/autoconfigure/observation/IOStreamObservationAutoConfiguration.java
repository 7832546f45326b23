package dev.iostream.boot.autoconfigure.observation;

import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.observation.ClientConnectObservationConvention;
import dev.iostream.boot.observation.MessageObserver;
import dev.iostream.boot.observation.ObservationCarrier;
import dev.iostream.boot.observation.ServerMessageObservationConvention;
import dev.iostream.boot.observation.SnapshotCarrier;
import dev.iostream.boot.observation.StreamObservations;
import dev.iostream.stream.ContextCarrier;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Observations of clients and listeners, when there is a registry for them. */
@AutoConfiguration(
        after = IOStreamAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "iostream.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "iostream.observation.enabled", matchIfMissing = true)
public final class IOStreamObservationAutoConfiguration {
    private static final String CONTEXT_PROPAGATION = "io.micrometer.context.ContextSnapshotFactory";

    IOStreamObservationAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    StreamObservations ioStreamObservations(
            ObservationRegistry registry,
            ContextCarrier carrier,
            ObjectProvider<ClientConnectObservationConvention> convention) {
        return new StreamObservations(registry, carrier, convention.getIfAvailable());
    }

    @Bean
    @ConditionalOnMissingBean
    MessageObserver ioStreamMessageObserver(
            ObservationRegistry registry, ObjectProvider<ServerMessageObservationConvention> convention) {
        return new MessageObserver(registry, convention.getIfAvailable());
    }

    /** With Micrometer's context propagation. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ContextSnapshotFactory.class)
    static class WithContextPropagation {
        @Bean
        @ConditionalOnMissingBean(ContextCarrier.class)
        SnapshotCarrier ioStreamContextCarrier(ObservationRegistry registry) {
            // what a callback leaves behind is not to be there in the next one
            return new SnapshotCarrier(
                    registry,
                    ContextSnapshotFactory.builder().clearMissing(true).build());
        }
    }

    /** Without it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass(CONTEXT_PROPAGATION)
    static class WithoutContextPropagation {
        @Bean
        @ConditionalOnMissingBean(ContextCarrier.class)
        ObservationCarrier ioStreamContextCarrier(ObservationRegistry registry) {
            return new ObservationCarrier(registry);
        }
    }
}
