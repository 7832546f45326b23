package dev.iostream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The rows of the tables on a page of the reference, and what their cells name. */
record ReferenceTable(List<Row> rows) {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Path PAGES = Path.of("..", "docs", "reference");

    /** One row; the first cell is its id. */
    record Row(String section, List<String> cells) {
        String id() {
            return cells.get(0);
        }

        /** What a cell names as code. */
        List<String> code(int cell) {
            Matcher matcher = CODE.matcher(cells.get(cell));
            List<String> found = new ArrayList<>();
            while (matcher.find()) {
                found.add(matcher.group(1));
            }
            return found;
        }
    }

    static ReferenceTable of(String page) {
        List<Row> rows = new ArrayList<>();
        String section = "";
        for (String line : read(PAGES.resolve(page))) {
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (line.startsWith("| ") && !line.startsWith("| Row ")) {
                String[] cells = line.substring(2, line.lastIndexOf('|')).split(" \\| ", -1);
                rows.add(new Row(section, Arrays.stream(cells).map(String::trim).toList()));
            }
        }
        return new ReferenceTable(rows);
    }

    private static List<String> read(Path page) {
        try {
            return Files.readAllLines(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> ids() {
        return rows.stream().map(Row::id).toList();
    }

    /** Fails unless {@code name}, as in {@code SomeTest.someMethod}, is a test. */
    static void assertIsATest(Row row, String name) {
        String[] parts = name.split("\\.");
        assertThat(parts)
                .as("row %s: %s is to be a class and a method", row.id(), name)
                .hasSize(2);
        Class<?> type = Classes.OF_TESTS.get(parts[0]);
        assertThat(type).as("row %s: the class of %s", row.id(), name).isNotNull();
        assertThat(Arrays.stream(type.getDeclaredMethods())
                        .filter(ReferenceTable::isATest)
                        .map(Method::getName))
                .as("row %s: the tests of %s", row.id(), parts[0])
                .contains(parts[1]);
    }

    private static boolean isATest(Method method) {
        return method.isAnnotationPresent(Test.class)
                || method.isAnnotationPresent(ParameterizedTest.class)
                || method.isAnnotationPresent(RepeatedTest.class);
    }

    /** Classes by their simple names, nested ones with the name around them. */
    static final class Classes {
        static final Map<String, Class<?>> OF_TESTS = in(ReferenceTable.class);
        static final Map<String, Class<?>> OF_THE_LIBRARY = in(dev.iostream.stream.IOStream.class);

        private Classes() {}

        private static Map<String, Class<?>> in(Class<?> member) {
            try {
                Path root = Path.of(member.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                return under(root);
            } catch (IOException | URISyntaxException | ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }

        private static Map<String, Class<?>> under(Path root) throws IOException, ClassNotFoundException {
            Map<String, Class<?>> classes = new HashMap<>();
            try (Stream<Path> files = Files.walk(root.resolve("dev"))) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    String path =
                            root.relativize(file).toString().replace('\\', '.').replace('/', '.');
                    if (path.endsWith(".class") && !path.endsWith("-info.class")) {
                        String name = path.substring(0, path.length() - ".class".length());
                        Class<?> type = Class.forName(name, false, ReferenceTable.class.getClassLoader());
                        classes.put(name.substring(name.lastIndexOf('.') + 1).replace('$', '.'), type);
                    }
                }
            }
            return classes;
        }
    }
}
