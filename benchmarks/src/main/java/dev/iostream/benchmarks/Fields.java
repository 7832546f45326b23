package dev.iostream.benchmarks;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A line of {@code name=value}, as the measuring programs print at their end. */
record Fields(String line, Map<String, String> values) {
    private static final Pattern FIELD = Pattern.compile("(\\S+)=(\\S+)");

    static Fields parse(String line) {
        return new Fields(
                line,
                FIELD.matcher(line)
                        .results()
                        .collect(Collectors.toMap(
                                field -> field.group(1), field -> field.group(2), (first, second) -> second)));
    }

    /** Throws when there is no such field, or it is no number. */
    double number(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("There is no '" + name + "=' in: " + line);
        }
        return Double.parseDouble(value);
    }
}
