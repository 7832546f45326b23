package dev.iostream.boot.autoconfigure.endpoint;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.actuate.IOStreamInfoContributor;
import dev.iostream.boot.actuate.SecretSanitizer;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.autoconfigure.info.InfoContributorFallback;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** What is added to endpoints of Spring Boot's: info on request, and that none of them shows a secret of ours. */
@AutoConfiguration(after = IOStreamServerAutoConfiguration.class)
@ConditionalOnClass(SanitizingFunction.class)
@ConditionalOnBooleanProperty(name = "iostream.enabled", matchIfMissing = true)
public final class IOStreamActuatorAutoConfiguration {
    IOStreamActuatorAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    SecretSanitizer ioStreamSecretSanitizer(ConfigurableEnvironment environment) {
        return new SecretSanitizer(environment);
    }

    /** What {@code info} tells of the servers, when it is to. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnEnabledInfoContributor.class)
    @ConditionalOnEnabledInfoContributor(value = "iostream", fallback = InfoContributorFallback.DISABLE)
    @ConditionalOnBean(IOStreamServers.class)
    static class Info {
        @Bean
        @ConditionalOnMissingBean
        IOStreamInfoContributor ioStreamInfoContributor(IOStreamServers servers) {
            return new IOStreamInfoContributor(servers);
        }
    }
}
