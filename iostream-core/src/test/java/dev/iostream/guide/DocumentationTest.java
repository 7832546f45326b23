package dev.iostream.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the pages show is compiled, and where they point is something. */
class DocumentationTest {
    static final Path ROOT = Path.of("..");
    static final Path GUIDE = ROOT.resolve("docs/guide");

    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    @TestFactory
    Stream<DynamicTest> javaBlocksAreCompiled() {
        List<String> sources = sources();
        return pages().stream()
                .flatMap(page -> blocks(page).stream()
                        .map(block -> dynamicTest(
                                page.getFileName() + ": "
                                        + block.lines().findFirst().orElse("empty"),
                                () -> assertIsIn(sources, page, block))));
    }

    private static void assertIsIn(List<String> sources, Path page, String block) {
        String wanted = normalised(block);
        assertThat(sources.stream().anyMatch(source -> source.contains(wanted)))
                .as("whether a compiled source has this block of %s:%n%s", page, block)
                .isTrue();
    }

    @TestFactory
    Stream<DynamicTest> linksLeadSomewhere() {
        return pages().stream()
                .map(page -> dynamicTest(page.toString(), () -> {
                    for (MatchResult link : LINK.matcher(read(page)).results().toList()) {
                        Path target = page.resolveSibling(link.group(1)).normalize();
                        assertThat(Files.exists(target))
                                .as("%s, which %s links to", target, page)
                                .isTrue();
                        if (link.group(2) != null) {
                            assertThat(anchors(target))
                                    .as("anchors of %s", target)
                                    .contains(link.group(2));
                        }
                    }
                }));
    }

    @Test
    void theIndexOfTheGuideHasAllPages() {
        String index = read(GUIDE.resolve("README.md"));
        assertThat(in(GUIDE, ".md").map(page -> page.getFileName().toString()))
                .filteredOn(name -> !name.equals("README.md"))
                .isNotEmpty()
                .allMatch(name -> index.contains("](" + name + ")"));
    }

    private static List<String> anchors(Path page) {
        return HEADING.matcher(read(page))
                .results()
                .map(heading -> "#"
                        + heading.group(1)
                                .toLowerCase()
                                .replaceAll("[^\\w\\- ]", "")
                                .replace(' ', '-'))
                .toList();
    }

    private static List<Path> pages() {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("ARCHITECTURE.md")));
        in(GUIDE, ".md").forEach(pages::add);
        return pages;
    }

    private static List<String> blocks(Path page) {
        return JAVA_BLOCK
                .matcher(read(page))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** All sources of all modules, whatever their layout. */
    private static List<String> sources() {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .flatMap(folder -> in(folder, ".java"))
                    .forEach(file -> sources.add(normalised(read(file))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    private static Stream<Path> in(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without white space, except between words. */
    private static String normalised(String code) {
        return code.replaceAll("\\s+", " ").replaceAll(" (?=\\W)|(?<=\\W) ", "").strip();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
