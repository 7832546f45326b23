package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.StreamOptionsCustomizer;
import dev.iostream.boot.context.ClosedStreamLog;
import dev.iostream.boot.context.IOLoopGroupLifecycle;
import dev.iostream.loop.IOLoopGroup;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** What all servers and clients share: the loops, and the log. */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "iostream.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IOStreamProperties.class)
public final class IOStreamAutoConfiguration {
    private static final String THREAD_NAME_PREFIX = "iostream-loop-";

    IOStreamAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IOLoopGroup ioStreamLoopGroup(IOStreamProperties properties) {
        Integer count = properties.getLoop().getCount();
        return IOLoopGroup.of(count == null ? Runtime.getRuntime().availableProcessors() : count, THREAD_NAME_PREFIX);
    }

    @Bean
    IOLoopGroupLifecycle ioStreamLoopGroupLifecycle(IOLoopGroup group) {
        return new IOLoopGroupLifecycle(group);
    }

    @Bean
    StreamOptionsCustomizer ioStreamClosedStreamLog() {
        return (role, endpoint, options) -> options.toBuilder()
                .listener(options.listener().and(new ClosedStreamLog()))
                .build();
    }
}
