package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void plainTextIsShownInQuotes() {
        assertThat(Printable.quoted("GET /")).isEqualTo("\"GET /\"");
        assertThat(Printable.quoted("")).isEqualTo("\"\"");
    }

    @Test
    void quotesAndBackslashesAreEscaped() {
        assertThat(Printable.quoted("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
    }

    @Test
    void lineEndsAndTabsAreShownAsInJava() {
        assertThat(Printable.quoted("\r\n\t")).isEqualTo("\"\\r\\n\\t\"");
    }

    @Test
    void nothingButPlainAsciiIsLeftAsItIs() {
        for (char c = 0; c < 0x300; c++) {
            assertThat(Printable.quoted(String.valueOf(c)))
                    .as("character %d", (int) c)
                    .matches("\"[ -~]+\"");
        }
        assertThat(Printable.quoted("\u0000\u001B\u007F\u00E9")).isEqualTo("\"\\x00\\x1B\\x7F\\xE9\"");
    }

    @Test
    void longTextIsCut() {
        assertThat(Printable.quoted("x".repeat(32))).isEqualTo("\"" + "x".repeat(32) + "\"");
        assertThat(Printable.quoted("x".repeat(33))).isEqualTo("\"" + "x".repeat(32) + "…\"");
    }
}
