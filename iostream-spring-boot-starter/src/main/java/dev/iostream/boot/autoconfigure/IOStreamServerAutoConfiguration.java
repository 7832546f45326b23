package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.TCPServerCustomizer;
import dev.iostream.boot.context.IOStreamServerDrainLifecycle;
import dev.iostream.boot.context.IOStreamServerLifecycle;
import dev.iostream.boot.context.ServerPortListener;
import dev.iostream.boot.context.ServerTraffic;
import dev.iostream.boot.listener.ListenerMethods;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.StreamHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** The servers under {@code iostream.server}, and what starts and stops them. */
@AutoConfiguration(after = IOStreamAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "iostream.enabled", matchIfMissing = true)
@Conditional(UnlessInherited.class)
public final class IOStreamServerAutoConfiguration {
    /** What Spring takes where Boot sets nothing. */
    private static final Duration SPRING_PHASE_TIMEOUT = Duration.ofSeconds(10);

    IOStreamServerAutoConfiguration() {}

    @Bean
    ListenerMethods ioStreamListenerMethods(ConfigurableListableBeanFactory beans) {
        return new ListenerMethods(beans);
    }

    @Bean
    @ConditionalOnMissingBean
    IOStreamServers ioStreamServers(
            IOStreamProperties properties,
            IOLoopGroup group,
            StreamOptionsFactory streams,
            TlsFactory tls,
            ListableBeanFactory beans,
            ListenerMethods listeners,
            ObjectProvider<TCPServerCustomizer> customizers,
            ObjectProvider<ServerBinding> others) {
        var factory = new ServerFactory(
                group,
                streams,
                tls,
                new HandlerBeans(beans, properties.getServer().keySet(), listeners),
                new ConnectionShares(properties.getServer()),
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
            IOStreamServers servers,
            IOLoopGroup group,
            ApplicationEventPublisher events,
            ListableBeanFactory beans,
            ListenerMethods listeners) {
        // before anything listens, also where beans are lazy; and not when the servers are made, for which they may ask
        for (String handler : beans.getBeanNamesForType(StreamHandler.class, false, true)) {
            beans.getBean(handler);
        }
        listeners.makeBeans();
        return new IOStreamServerLifecycle(servers, group, events);
    }

    @Bean
    IOStreamServerDrainLifecycle ioStreamServerDrainLifecycle(
            IOStreamServers servers,
            IOLoopGroup group,
            ApplicationContext context,
            ObjectProvider<LifecycleProperties> lifecycle) {
        Duration phaseTimeout = lifecycle.stream()
                .map(LifecycleProperties::getTimeoutPerShutdownPhase)
                .findFirst()
                .orElse(SPRING_PHASE_TIMEOUT);
        ShutdownTimes.check(servers, phaseTimeout);
        return new IOStreamServerDrainLifecycle(servers, group, context, phaseTimeout);
    }

    @Bean
    ServerTraffic ioStreamServerTraffic(ApplicationEventPublisher events) {
        return new ServerTraffic(events);
    }

    @Bean
    ServerPortListener ioStreamServerPortListener(ApplicationContext context, IOStreamServers servers) {
        return new ServerPortListener(context, servers);
    }
}
