package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.TCPServerCustomizer;
import dev.iostream.boot.context.IOStreamServerLifecycle;
import dev.iostream.boot.context.ServerPortListener;
import dev.iostream.loop.IOLoopGroup;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/** The servers under {@code iostream.server}, and what starts and stops them. */
@AutoConfiguration(after = IOStreamAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "iostream.enabled", matchIfMissing = true)
public final class IOStreamServerAutoConfiguration {
    IOStreamServerAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IOStreamServers ioStreamServers(
            IOStreamProperties properties,
            IOLoopGroup group,
            StreamOptionsFactory streams,
            ListableBeanFactory beans,
            ObjectProvider<TCPServerCustomizer> customizers,
            ObjectProvider<ServerBinding> others) {
        var factory = new ServerFactory(
                group,
                streams,
                new HandlerBeans(beans, properties.getServer().keySet()),
                customizers.orderedStream().toList());
        List<ServerBinding> servers = new ArrayList<>();
        properties.getServer().forEach((name, server) -> {
            if (server.isEnabled()) {
                servers.add(factory.create(name, server));
            }
        });
        others.orderedStream().forEach(servers::add);
        return new IOStreamServers(servers);
    }

    @Bean
    IOStreamServerLifecycle ioStreamServerLifecycle(
            IOStreamServers servers, IOLoopGroup group, ApplicationEventPublisher events) {
        return new IOStreamServerLifecycle(servers, group, events);
    }

    @Bean
    ServerPortListener ioStreamServerPortListener(ApplicationContext context, IOStreamServers servers) {
        return new ServerPortListener(context, servers);
    }
}
