package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.ClientBinding;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamConnectionDetails;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.TCPClientCustomizer;
import dev.iostream.boot.context.IOStreamClientLifecycle;
import dev.iostream.client.TCPClient;
import dev.iostream.loop.IOLoopGroup;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;

/** The clients under {@code iostream.client}, and what starts and stops their connections. */
@AutoConfiguration(after = IOStreamAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "iostream.enabled", matchIfMissing = true)
@Conditional(UnlessInherited.class)
@Import(ClientBeans.class)
public final class IOStreamClientAutoConfiguration {
    IOStreamClientAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IOStreamClients ioStreamClients(
            IOStreamProperties properties,
            IOLoopGroup group,
            StreamOptionsFactory streams,
            TlsFactory tls,
            ListableBeanFactory beans,
            ObjectProvider<IOStreamConnectionDetails> details,
            ObjectProvider<TCPClientCustomizer> customizers,
            ObjectProvider<ClientBinding> others) {
        var factory = new ClientFactory(
                group,
                streams,
                tls,
                new ConnectionHandlerBeans(beans, properties.getClient().keySet()),
                details.orderedStream().toList(),
                customizers.orderedStream().toList());
        List<ClientBinding> clients = new ArrayList<>();
        properties.getClient().forEach((name, client) -> {
            if (client.isEnabled()) {
                clients.add(factory.create(name, client));
            }
        });
        others.orderedStream().forEach(clients::add);
        return new IOStreamClients(clients);
    }

    @Bean
    IOStreamClientLifecycle ioStreamClientLifecycle(IOStreamClients clients, IOLoopGroup group) {
        return new IOStreamClientLifecycle(clients, group);
    }

    @Bean
    @Scope(BeanDefinition.SCOPE_PROTOTYPE)
    @ConditionalOnMissingBean
    TCPClient.Builder ioStreamClientBuilder(IOLoopGroup group, IOStreamFactory streams) {
        return TCPClient.builder(group).stream(streams.options());
    }

    @Bean
    static ClientQualifiers ioStreamClientQualifiers() {
        return new ClientQualifiers();
    }
}
