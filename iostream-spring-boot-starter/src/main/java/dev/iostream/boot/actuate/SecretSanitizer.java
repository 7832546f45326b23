package dev.iostream.boot.actuate;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Hides passwords and private keys of what the starter is configured with, and of SSL bundles, wherever endpoints show
 * values, and whatever {@code show-values} says: nobody needs to read them back. So are the properties that they are read
 * from, such as {@code KEY_STORE_PASSWORD} for {@code ${KEY_STORE_PASSWORD}}.
 */
public final class SecretSanitizer implements SanitizingFunction, Ordered {
    private static final Pattern PUNCTUATION = Pattern.compile("[^a-z0-9]");
    private static final Pattern SECRET = Pattern.compile("password|secret|token|privatekey");
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");

    /** What holds other properties in its text: command lines and JSON. */
    private static final Set<String> HOLDERS =
            Set.of("sunjavacommand", "springapplicationjson", "javatooloptions", "jdkjavaoptions", "javaopts");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^${}:]+)");

    /** The properties that a secret is read from by a placeholder, such as an environment variable, by their words. */
    private final Set<String> sources = new HashSet<>();

    /** Hides them, and what placeholders in them name in that environment. */
    public SecretSanitizer(ConfigurableEnvironment environment) {
        MutablePropertySources all = environment.getPropertySources();
        all.stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .flatMap(source -> Arrays.stream(((EnumerablePropertySource<?>) source).getPropertyNames()))
                .filter(name -> isSecret(words(name)))
                .forEach(name -> addSources(all, name));
    }

    private void addSources(MutablePropertySources all, String secret) {
        all.stream()
                .flatMap(source -> PLACEHOLDER
                        .matcher(String.valueOf(source.getProperty(secret)))
                        .results())
                .map(placeholder -> placeholder.group(1))
                .filter(name -> sources.add(words(name)))
                .forEach(name -> addSources(all, name));
    }

    @Override
    public SanitizableData apply(SanitizableData data) {
        String key = words(data.getKey());
        return isSecret(key) || sources.contains(key) || holdsSecret(key, String.valueOf(data.getValue()))
                ? data.withSanitizedValue()
                : data;
    }

    private static boolean isSecret(String key) {
        return (key.startsWith("iostream") || key.startsWith("springssl"))
                && SECRET.matcher(key).find();
    }

    private static boolean holdsSecret(String key, String value) {
        return (HOLDERS.contains(key) && SECRET.matcher(words(value)).find())
                || PRIVATE_KEY.matcher(value).find();
    }

    /** Without what differs between properties, environment variables and beans. */
    private static String words(String text) {
        return PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
