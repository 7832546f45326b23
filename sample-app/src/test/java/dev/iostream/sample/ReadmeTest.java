package dev.iostream.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what the sample does; that its Java is compiled, the tests of core see to. */
class ReadmeTest {
    private static final Path SOURCES = Path.of("src", "main");

    @Test
    void thePropertiesAreThoseOfTheSample() throws IOException {
        assertThat(read(SOURCES.resolve("resources/application.yml")).lines())
                .containsSubsequence(block("yaml").lines().toList());
    }

    /** The first code block of that language. */
    private static String block(String language) throws IOException {
        Matcher matcher = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(read(Path.of("..", "README.md")));
        assertThat(matcher.find()).as("a block of %s", language).isTrue();
        return matcher.group(1);
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file);
    }
}
