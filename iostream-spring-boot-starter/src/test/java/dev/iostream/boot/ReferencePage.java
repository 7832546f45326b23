package dev.iostream.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of the reference that is made from the code, and therefore says what the code does. */
public final class ReferencePage {
    private static final Path FOLDER = Path.of("..", "docs", "reference");

    private ReferencePage() {}

    /** Fails unless the page has that content; with {@code -Dreference.write=true} it is written anew. */
    public static void assertHas(String page, String content) throws IOException {
        Path file = FOLDER.resolve(page);
        if (Boolean.getBoolean("reference.write")) {
            Files.writeString(file, content);
        }
        assertThat(Files.readString(file))
                .as("docs/reference/" + page + "; run this test with -Dreference.write=true to write it anew")
                .isEqualTo(content);
    }

    /** What the page says. */
    public static String read(String page) throws IOException {
        return Files.readString(FOLDER.resolve(page));
    }
}
