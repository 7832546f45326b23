package dev.iostream.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.iostream.event.CloseReason;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.stream.IOStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page about patterns says, its tables above all. */
class PatternsPageTest {
    private static final String PAGE = DocumentationTest.read(DocumentationTest.GUIDE.resolve("patterns.md"));
    private static final String NOTHING = "nothing";

    /** The classes as C's {@code isalpha} and the others define them in its own locale. */
    private static final Map<String, IntPredicate> CLASSES = Map.of(
            "%a", c -> upper(c) || lower(c),
            "%d", PatternsPageTest::digit,
            "%s", c -> c == ' ' || (c >= 9 && c <= 13),
            "%w", c -> upper(c) || lower(c) || digit(c),
            "%x", c -> digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'),
            "%p", c -> c > ' ' && c < 127 && !upper(c) && !lower(c) && !digit(c),
            "%c", c -> c < 32 || c == 127,
            "%l", PatternsPageTest::lower,
            "%u", PatternsPageTest::upper,
            "%z", c -> c == 0);

    private static boolean upper(int c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean lower(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    /** The rows of the table whose first head is {@code first}, each as its cells. */
    private static List<List<String>> table(String first) {
        List<String> lines = PAGE.lines()
                .dropWhile(line -> !line.startsWith("| " + first + " |"))
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        assertThat(lines).as("the table of %s", first).hasSizeGreaterThan(2);
        return lines.stream().skip(2).map(PatternsPageTest::cells).toList();
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1, line.length() - 1).split("(?<!\\\\)\\|"))
                .map(cell -> cell.strip().replace("\\|", "|"))
                .toList();
    }

    private static String code(String cell) {
        assertThat(cell).as("a cell with code").matches("`.*`");
        return cell.substring(1, cell.length() - 1);
    }

    // ---- classes

    @TestFactory
    Stream<DynamicTest> classesHoldTheSameBytes() {
        return table("Class").stream()
                .flatMap(row -> Stream.of(
                        dynamicTest(row.get(0), () -> assertSame(code(row.get(2)), CLASSES.get(code(row.get(0))))),
                        dynamicTest(
                                row.get(3),
                                () -> assertSame(
                                        code(row.get(4)),
                                        CLASSES.get(code(row.get(3)).toLowerCase())
                                                .negate()))));
    }

    private static void assertSame(String java, IntPredicate lua) {
        for (int c = 0; c < 256; c++) {
            assertThat(Pattern.matches(java, String.valueOf((char) c)))
                    .as("whether %s matches byte %d", java, c)
                    .isEqualTo(lua.test(c));
        }
    }

    @Test
    void allClassesAreThere() {
        assertThat(table("Class"))
                .extracting(row -> code(row.get(0)))
                .containsExactlyInAnyOrderElementsOf(CLASSES.keySet());
    }

    // ---- the rest of the language

    static List<List<String>> examples() {
        return table("Lua");
    }

    /** Lua, Java, what comes, and what the read gives. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void thePatternReads(List<String> row) {
        String java = code(row.get(1)).replace("·", " ");
        String input = unescaped(code(row.get(2)));
        String result = row.get(3).equals(NOTHING) ? NOTHING : unescaped(code(row.get(3)));

        assertThat(read(java, input))
                .as("what %s reads of %s", java, row.get(2))
                .isEqualTo(result);
    }

    private static String unescaped(String text) {
        return text.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .replace("·", " ");
    }

    private static String read(String pattern, String input) {
        var simulation = new Simulation(Link.perfect());
        var peers = simulation.connect();
        var results = new ArrayList<String>();
        peers.client().readUntilPattern(pattern, data -> results.add(new String(data, StandardCharsets.ISO_8859_1)));
        peers.server().write(input.getBytes(StandardCharsets.ISO_8859_1));
        simulation.run();
        return results.isEmpty() ? NOTHING : results.get(0);
    }

    // ---- balanced brackets

    /** A pattern for {@code open ... close}, with others inside it down to {@code depth} levels. */
    static String balanced(char open, char close, int depth) {
        String others = "[^" + Pattern.quote("" + open + close) + "]*+";
        String pattern = others;
        for (int i = 0; i < depth; i++) {
            pattern = others + "(?:" + Pattern.quote("" + open) + pattern + Pattern.quote("" + close) + others + ")*+";
        }
        return Pattern.quote("" + open) + pattern + Pattern.quote("" + close);
    }

    @Test
    void bracketsAreMatchedAsDeepAsTold() {
        assertThat(read(balanced('(', ')', 3), "x(a(b(c()))d)e)")).isEqualTo("x(a(b(c()))d)");
        assertThat(read(balanced('[', ']', 1), "[a[b]][c]")).isEqualTo("[a[b]]");
        assertThat(read("^" + balanced('{', '}', 1), "{{{}}}")).isEqualTo(NOTHING);
    }

    // ---- bytes

    @Test
    void bytesAreCharacters() {
        var simulation = new Simulation(Link.perfect());
        var peers = simulation.connect();
        IOStream stream = peers.client();
        var log = new ArrayList<String>();
        stream.readUntilPattern("\\x02[^\\x03]*\\x03.", frame -> log.add(frame.length + " bytes"));

        peers.server().write(new byte[] {2, (byte) 0xFF, 0x41, 3, (byte) 0xBE});
        simulation.run();
        assertThat(log).containsExactly("5 bytes");
    }

    @Test
    void textThatIsNotAscii() {
        var simulation = new Simulation(Link.perfect());
        var peers = simulation.connect();
        var log = new ArrayList<String>();
        IOStream stream = peers.client();
        String euro = new String("€".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        stream.readUntilPattern("[0-9]+ ?" + euro, price -> log.add(new String(price, StandardCharsets.UTF_8)));

        peers.server().write("the price: 25 € each");
        simulation.run();
        assertThat(log).containsExactly("the price: 25 €");
    }

    // ---- what has come so far

    @Test
    void aGreedyEndTakesWhatIsThere() {
        assertThat(readInPieces("[0-9]+")).isEqualTo("12");
        assertThat(readInPieces("[0-9]+;")).isEqualTo("12345;");
    }

    private static String readInPieces(String pattern) {
        var simulation = new Simulation(Link.perfect());
        var peers = simulation.connect();
        var log = new ArrayList<String>();
        peers.client().readUntilPattern(pattern, number -> log.add(new String(number)));
        peers.server().write("12");
        simulation.run();
        peers.server().write("345;");
        simulation.run();
        return String.join(" and ", log);
    }

    // ---- the budget

    private static CloseReason endOf(String pattern, String input, Link link) {
        var simulation = new Simulation(link);
        var peers = simulation.connect();
        peers.client().readUntilPattern(pattern, data -> {});
        peers.server().write(input);
        simulation.run();
        return peers.client().closeReason();
    }

    @Test
    void nestedRepetitionsSpendTheBudget() {
        String attack = "a".repeat(40) + "!";
        assertThat(endOf("(a+)+\\1;", attack, Link.perfect())).isEqualTo(CloseReason.PATTERN_BUDGET);
        assertThat(endOf("^a++;", attack, Link.perfect())).isNull();
    }

    @Test
    void everyStartIsTriedUnlessTheFirstIsToldToBeTheOnlyOne() {
        String run = "a".repeat(30_000);
        assertThat(endOf("[a-z]+;", run, Link.perfect())).isEqualTo(CloseReason.PATTERN_BUDGET);
        assertThat(endOf("^[a-z]++;", run, Link.perfect())).isNull();
    }

    /** A megabyte in segments of an Ethernet is too much, a hundred kilobytes are not. */
    @ParameterizedTest
    @ValueSource(ints = {100_000, 1_000_000})
    void eachArrivalStartsAgain(int size) {
        Link ethernet = Link.perfect().chunk(1460).window(1460).latency(Duration.ofMillis(1));

        assertThat(endOf("\\r?\\n", "a".repeat(size), ethernet))
                .isEqualTo(size > 500_000 ? CloseReason.PATTERN_BUDGET : null);
    }
}
