package dev.iostream.boot.autoconfigure;

import dev.iostream.boot.EndpointRole;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.env.Environment;

/**
 * Refuses keys under {@code ssl} that would have no effect: all of them where nothing turns TLS on, since who demands
 * certificates, say, and forgets his own means anything but plain text; and bundles for names that are no list. The keys are
 * looked for where they were given, since a key that was set to its default, or that is none, is not to be seen in the
 * properties.
 */
final class IdleSslKeys {
    private final Environment environment;

    IdleSslKeys(Environment environment) {
        this.environment = environment;
    }

    /**
     * Of a server or client that does not use TLS.
     *
     * @throws FailureAnalyzedException when a key is set, and TLS was not turned off in so many words
     */
    void refuse(EndpointRole role, String name, SslStoreProperties ssl) {
        if (ssl.getEnabled() != null) {
            return;
        }
        String prefix = role == EndpointRole.SERVER
                ? IOStreamProperties.ofServer(name, "ssl")
                : IOStreamProperties.ofClient(name, "ssl");
        Set<ConfigurationPropertyName> keys = keys(ConfigurationPropertyName.adapt(prefix, '.'));
        if (!keys.isEmpty()) {
            throw role == EndpointRole.SERVER ? server(name, prefix, keys) : client(name, prefix, keys);
        }
    }

    /**
     * Of a server that uses TLS: to those whom it serves under other names it would show the wrong certificate.
     *
     * @throws FailureAnalyzedException when its bundles for names are written as a map, which is bound to nothing
     */
    void refuseMapOfBundles(String name) {
        String property = IOStreamProperties.ofServer(name, "ssl.server-name-bundles");
        ConfigurationPropertyName list = ConfigurationPropertyName.adapt(property, '.');
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            for (ConfigurationPropertyName key : named(source, list)) {
                if (!key.isNumericIndex(list.getNumberOfElements())) {
                    throw new FailureAnalyzedException(
                            "Server '" + name + "' would not use '" + key + "', since '" + property + "' is a list.",
                            "Set '" + property + "[0].server-name' and '" + property
                                    + "[0].bundle' instead, and so on with 1 for the next.");
                }
            }
        }
    }

    private Set<ConfigurationPropertyName> keys(ConfigurationPropertyName prefix) {
        Set<ConfigurationPropertyName> keys = new LinkedHashSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.containsDescendantOf(prefix) == ConfigurationPropertyState.PRESENT) {
                List<ConfigurationPropertyName> named = named(source, prefix);
                // that of an environment variable does not say where a name with dashes ends
                keys.addAll(named.isEmpty() ? List.of(prefix) : named);
            }
        }
        // given without a value, or it would decide
        keys.remove(prefix.append("enabled"));
        return keys;
    }

    private static List<ConfigurationPropertyName> named(
            ConfigurationPropertySource source, ConfigurationPropertyName prefix) {
        return source instanceof IterableConfigurationPropertySource names
                ? names.stream().filter(prefix::isAncestorOf).toList()
                : List.of();
    }

    private static FailureAnalyzedException server(String name, String prefix, Set<ConfigurationPropertyName> keys) {
        return new FailureAnalyzedException(
                "Server '" + name + "' does not use TLS, although " + areSet(keys)
                        + ": nothing turns it on, so that everybody would be served in plain text.",
                "Set '" + prefix + ".bundle', or '" + prefix + ".key-store', or '" + prefix + ".certificate' and '"
                        + prefix + ".certificate-private-key'; or '" + prefix
                        + ".enabled' to false, if plain text is meant.");
    }

    private static FailureAnalyzedException client(String name, String prefix, Set<ConfigurationPropertyName> keys) {
        return new FailureAnalyzedException(
                "Client '" + name + "' does not use TLS, although " + areSet(keys)
                        + ": nothing turns it on, so that everything would be sent in plain text.",
                "Set '" + prefix + ".enabled' to true; or to false, if plain text is meant.");
    }

    private static String areSet(Set<ConfigurationPropertyName> keys) {
        return Quoted.names(
                        keys.stream().map(ConfigurationPropertyName::toString).toList())
                + (keys.size() == 1 ? " is set" : " are set");
    }
}
