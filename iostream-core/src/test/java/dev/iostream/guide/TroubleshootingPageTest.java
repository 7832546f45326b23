package dev.iostream.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about troubles knows every reason. */
class TroubleshootingPageTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `([A-Z_]+)` \\| ([^|]+) \\| ([^|]+) \\|$", Pattern.MULTILINE);

    @Test
    void everyReasonHasItsRowInTheOrderOfTheEnum() {
        List<String> rows = ROW.matcher(DocumentationTest.read(DocumentationTest.GUIDE.resolve("troubleshooting.md")))
                .results()
                .map(row -> row.group(1))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(
                        Arrays.stream(CloseReason.values()).map(Enum::name).toList());
    }
}
