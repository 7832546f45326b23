package dev.iostream.boot.autoconfigure.health;

import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.autoconfigure.ClientProperties;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamProperties;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.boot.context.IOStreamServerLifecycle;
import dev.iostream.boot.context.LoopHeartbeats;
import dev.iostream.boot.context.ServerTraffic;
import dev.iostream.boot.health.ClientHealthIndicator;
import dev.iostream.boot.health.LoopHealthIndicator;
import dev.iostream.boot.health.ServerHealthIndicator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * The health of loops and servers, and of clients that are to count, as {@code iostream}, with a path for each:
 * {@code iostream/server/orders}.
 */
@AutoConfiguration(after = {IOStreamServerAutoConfiguration.class, IOStreamClientAutoConfiguration.class})
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("iostream")
@ConditionalOnBean(LoopHeartbeats.class)
public final class IOStreamHealthContributorAutoConfiguration {
    IOStreamHealthContributorAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = {"iostreamHealthIndicator", "iostreamHealthContributor"})
    CompositeHealthContributor iostreamHealthContributor(
            IOStreamProperties properties,
            LoopHeartbeats heartbeats,
            IOStreamServers servers,
            IOStreamServerLifecycle lifecycle,
            ServerTraffic traffic,
            IOStreamClients clients) {
        Map<String, HealthContributor> parts = new LinkedHashMap<>();
        addPart(
                parts,
                "loop",
                members -> heartbeats.forEach(heartbeat -> members.accept(
                        heartbeat.loop().name(),
                        new LoopHealthIndicator(heartbeat, properties.getLoop().getHealthThreshold()))));
        addPart(
                parts,
                "server",
                members -> servers.forEach(binding -> members.accept(
                        binding.name(),
                        new ServerHealthIndicator(
                                binding, () -> lifecycle.isRunning() && !traffic.isOut(binding.name())))));
        addPart(
                parts,
                "client",
                members -> clients.forEach(binding -> {
                    ClientProperties client = properties.getClient().get(binding.name());
                    if (client != null && client.getHealth().isEnabled()) {
                        members.accept(binding.name(), new ClientHealthIndicator(binding));
                    }
                }));
        return CompositeHealthContributor.fromMap(parts);
    }

    /** A part whose members are given by name; one without any is left out, since it would be of unknown health. */
    private static void addPart(Map<String, HealthContributor> parts, String name, Part part) {
        Map<String, HealthContributor> members = new LinkedHashMap<>();
        // a slash separates the names of a path
        part.addTo((member, indicator) -> members.put(member.replace('/', '-'), indicator));
        if (!members.isEmpty()) {
            parts.put(name, CompositeHealthContributor.fromMap(members));
        }
    }

    private interface Part {
        void addTo(BiConsumer<String, HealthContributor> members);
    }
}
