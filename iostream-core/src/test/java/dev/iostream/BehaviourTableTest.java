package dev.iostream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.ReferenceTable.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The page on behaviour is complete, and what it says is tested. */
class BehaviourTableTest {
    private static final String APART = "Does not apply";

    private final ReferenceTable table = ReferenceTable.of("behaviour.md");

    /** How many rows the catalogue has of each letter. */
    private static final Map<String, Integer> CATALOGUE = new LinkedHashMap<>();

    static {
        CATALOGUE.put("X", 9);
        CATALOGUE.put("C", 7);
        CATALOGUE.put("K", 18);
        CATALOGUE.put("R", 14);
        CATALOGUE.put("U", 12);
        CATALOGUE.put("P", 9);
        CATALOGUE.put("B", 13);
        CATALOGUE.put("Z", 12);
        CATALOGUE.put("L", 8);
        CATALOGUE.put("W", 19);
        CATALOGUE.put("Y", 11);
        CATALOGUE.put("E", 20);
        CATALOGUE.put("S", 30);
        CATALOGUE.put("I", 48);
        CATALOGUE.put("V", 14);
        CATALOGUE.put("A", 18);
        CATALOGUE.put("N", 25);
        CATALOGUE.put("Q", 12);
        CATALOGUE.put("D-", 40);
    }

    @Test
    void everyRowOfTheCatalogueIsThereOnce() {
        List<String> expected = CATALOGUE.entrySet().stream()
                .flatMap(
                        entry -> IntStream.rangeClosed(1, entry.getValue()).mapToObj(number -> entry.getKey() + number))
                .toList();
        assertThat(table.ids()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void everyRowSaysWhatHappens() {
        assertThat(table.rows()).allSatisfy(row -> {
            assertThat(row.cells()).as("cells of row %s", row.id()).hasSize(3);
            assertThat(row.cells().get(1)).as("row %s", row.id()).isNotBlank();
        });
    }

    @Test
    void everyRowThatAppliesNamesATest() {
        for (Row row : table.rows()) {
            if (!row.section().equals(APART)) {
                assertThat(row.code(2)).as("tests of row %s", row.id()).isNotEmpty();
            }
        }
    }

    @Test
    void everyTestThatIsNamedExists() {
        for (Row row : table.rows()) {
            row.code(2).forEach(name -> ReferenceTable.assertIsATest(row, name));
        }
    }
}
