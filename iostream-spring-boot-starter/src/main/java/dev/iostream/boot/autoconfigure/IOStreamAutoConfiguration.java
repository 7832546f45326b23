package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.boot.context.IOLoopGroupLifecycle;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.boot.log.LoopFailureLog;
import dev.iostream.boot.log.StreamLogs;
import dev.iostream.boot.ssl.IOStreamSslContexts;
import dev.iostream.dns.Resolver;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.loop.LoopOptions;
import dev.iostream.loop.MemoryBudget;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/** What all servers and clients share: the loops and their heartbeats, how streams are made, and the log. */
@AutoConfiguration(after = {SslAutoConfiguration.class, TaskExecutionAutoConfiguration.class})
@ConditionalOnBooleanProperty(name = "iostream.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IOStreamProperties.class)
public final class IOStreamAutoConfiguration {
    IOStreamAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IOLoopGroup ioStreamLoopGroup(IOStreamProperties properties) {
        LoopProperties loop = properties.getLoop();
        int count = loop.getCount() == null ? Runtime.getRuntime().availableProcessors() : loop.getCount();
        DataSize budget = properties.getMemoryBudget();
        MemoryBudget memory = budget == null ? MemoryBudget.quarterOfHeap() : MemoryBudget.of(budget.toBytes());
        IOLoopGroup group = IOLoopGroup.of(
                count,
                number -> LoopOptions.named(loop.getThreadNamePrefix() + number)
                        .blockedThreshold(loop.getBlockedThreshold())
                        .memory(memory));
        LoopFailureLog.install(group);
        return group;
    }

    /** The group closes it. Being an executor, it must not come before those that are meant when one is asked for. */
    @Bean(destroyMethod = "")
    @Fallback
    @ConditionalOnMissingBean
    IOLoop ioStreamLoop(IOLoopGroup group) {
        return group.loops().get(0);
    }

    @Bean
    IOLoopGroupLifecycle ioStreamLoopGroupLifecycle(IOLoopGroup group) {
        return new IOLoopGroupLifecycle(group);
    }

    @Bean
    LoopHeartbeats ioStreamLoopHeartbeats(IOLoopGroup group) {
        return new LoopHeartbeats(group);
    }

    @Bean
    @ConditionalOnMissingBean
    Resolver ioStreamResolver() {
        return Resolver.system();
    }

    @Bean
    StreamOptionsFactory ioStreamOptionsFactory(
            IOStreamProperties properties, Resolver resolver, ObjectProvider<StreamOptionsCustomizer> customizers) {
        return new StreamOptionsFactory(
                properties,
                resolver,
                new StreamCustomizers(customizers.orderedStream().toList()));
    }

    @Bean
    @ConditionalOnMissingBean
    IOStreamFactory ioStreamFactory(StreamOptionsFactory streams) {
        return new IOStreamFactory(streams.ofFactory());
    }

    @Bean
    @ConditionalOnMissingBean
    IOStreamSslContexts ioStreamSslContexts(ObjectProvider<SslBundles> bundles) {
        return new IOStreamSslContexts(bundles.getIfAvailable());
    }

    @Bean
    @ConditionalOnBean(SslProperties.class)
    InlineBundles ioStreamInlineBundles(IOStreamProperties properties, SslProperties bundles) {
        return new InlineBundles(properties, bundles);
    }

    @Bean
    TlsFactory ioStreamTlsFactory(
            IOStreamSslContexts contexts, Environment environment, ApplicationEventPublisher events) {
        return new TlsFactory(contexts, environment, events);
    }

    @Bean
    StreamLogs ioStreamLogs(LoopHeartbeats heartbeats, IOStreamProperties properties) {
        return new StreamLogs(heartbeats, (role, endpoint) -> {
            ServerProperties server = properties.getServer().get(endpoint);
            return role == EndpointRole.SERVER && server != null && server.isAccessLog();
        });
    }
}
