package dev.iostream.boot.actuate;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.core.Ordered;

/**
 * Hides passwords and private keys of what the starter is configured with, and of SSL bundles, wherever endpoints show
 * values, and whatever {@code show-values} says: nobody needs to read them back.
 */
public final class SecretSanitizer implements SanitizingFunction, Ordered {
    private static final Pattern PUNCTUATION = Pattern.compile("[^a-z0-9]");
    private static final Pattern SECRET = Pattern.compile("password|secret|token|privatekey");
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");

    /** What holds other properties in its text: command lines and JSON. */
    private static final Set<String> HOLDERS =
            Set.of("sunjavacommand", "springapplicationjson", "javatooloptions", "jdkjavaoptions", "javaopts");

    /** Hides them. */
    public SecretSanitizer() {}

    @Override
    public SanitizableData apply(SanitizableData data) {
        return isSecret(words(data.getKey()), String.valueOf(data.getValue())) ? data.withSanitizedValue() : data;
    }

    private static boolean isSecret(String key, String value) {
        boolean ours = key.startsWith("iostream") || key.startsWith("springssl");
        return (ours && SECRET.matcher(key).find())
                || (HOLDERS.contains(key) && SECRET.matcher(words(value)).find())
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
