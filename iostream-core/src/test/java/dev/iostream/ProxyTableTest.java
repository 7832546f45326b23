package dev.iostream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.ReferenceTable.Row;
import org.junit.jupiter.api.Test;

/** What the page on the PROXY protocol says is tested. */
class ProxyTableTest {
    private final ReferenceTable table = ReferenceTable.of("proxy-protocol.md");

    @Test
    void everyRowNamesASectionAndTestsThatExist() {
        assertThat(table.rows()).hasSizeGreaterThan(10).allSatisfy(row -> {
            assertThat(row.cells()).as("cells of row %s", row.id()).hasSize(3).doesNotContain("");
            assertThat(row.id()).matches("2(\\.[12](\\.[1-8])?)? .+");
            assertThat(row.code(2)).as("tests of row %s", row.id()).isNotEmpty();
        });
        for (Row row : table.rows()) {
            row.code(2).forEach(name -> ReferenceTable.assertIsATest(row, name));
        }
    }
}
