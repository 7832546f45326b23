package dev.iostream.boot.autoconfigure.endpoint;

import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.actuate.IOStreamEndpoint;
import dev.iostream.boot.actuate.IOStreamEndpointWebExtension;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.boot.context.ServerTraffic;
import dev.iostream.loop.IOLoopGroup;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The endpoint {@code iostream}, where it is exposed. */
@AutoConfiguration(after = {IOStreamServerAutoConfiguration.class, IOStreamClientAutoConfiguration.class})
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(IOStreamEndpoint.class)
@ConditionalOnBean({IOStreamServers.class, IOStreamClients.class})
@EnableConfigurationProperties(IOStreamEndpointProperties.class)
public final class IOStreamEndpointAutoConfiguration {
    IOStreamEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IOStreamEndpoint ioStreamEndpoint(
            IOLoopGroup group,
            LoopHeartbeats heartbeats,
            IOStreamServers servers,
            IOStreamClients clients,
            ServerTraffic traffic,
            IOStreamEndpointProperties properties) {
        return new IOStreamEndpoint(group, heartbeats, servers, clients, traffic, properties.getShowValues());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(IOStreamEndpoint.class)
    @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
    IOStreamEndpointWebExtension ioStreamEndpointWebExtension(
            IOStreamEndpoint endpoint, IOStreamEndpointProperties properties) {
        return new IOStreamEndpointWebExtension(endpoint, properties.getShowValues(), properties.getRoles());
    }
}
