package dev.iostream.benchmarks;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes maps, collections, numbers and strings as JSON; enough for a report. */
final class Json {
    private Json() {}

    static String write(Object value) {
        return write(value, "\n");
    }

    private static String write(Object value, String newline) {
        String inner = newline + "  ";
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> quote(entry.getKey().toString()) + ": " + write(entry.getValue(), inner))
                    .collect(Collectors.joining("," + inner, "{" + inner, newline + "}"));
        }
        if (value instanceof Collection<?> list) {
            return list.stream()
                    .map(element -> write(element, inner))
                    .collect(Collectors.joining("," + inner, "[" + inner, newline + "]"));
        }
        return value instanceof Number || value instanceof Boolean ? value.toString() : quote(value.toString());
    }

    private static String quote(String text) {
        var quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
