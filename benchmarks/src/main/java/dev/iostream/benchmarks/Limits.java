package dev.iostream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What people have written down about targets that cannot be reached, or not yet.
 *
 * @param texts by target
 */
record Limits(Map<String, String> texts) {
    /** The file, in the folder of this module: a heading of the second level for each target, and below it the text. */
    static final Path FILE = Path.of("limits.md");

    private static final String HEADING = "(?m)^## ";

    static Limits read() throws IOException {
        return parse(Files.readString(FILE));
    }

    static Limits parse(String markdown) {
        return new Limits(Arrays.stream(markdown.split(HEADING))
                .skip(1) // what is said to those who write
                .map(section -> section.split("\n", 2))
                .collect(Collectors.toMap(section -> section[0].trim(), section -> section[1].trim())));
    }

    Optional<String> of(String target) {
        return Optional.ofNullable(texts.get(target));
    }
}
