package dev.iostream.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
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

    @Test
    void textOfStrangersIsOneLineOfPlainAscii() {
        assertThat(Printable.escaped("a\r\nb\u001B[2J\u2028c", 100)).isEqualTo("a\\r\\nb\\x1B[2J\\u2028c");
        assertThat(Printable.escaped("x".repeat(200), 100)).isEqualTo("x".repeat(100) + "…");
    }

    @Test
    void addressesAreShownAsOperatorsWriteThem() throws Exception {
        assertThat(Printable.address(new InetSocketAddress(InetAddress.getByName("10.0.0.1"), 80)))
                .isEqualTo("10.0.0.1:80");
        assertThat(Printable.address(new InetSocketAddress(InetAddress.getByName("::1"), 80)))
                .isEqualTo("[0:0:0:0:0:0:0:1]:80");
        assertThat(Printable.address(InetSocketAddress.createUnresolved("orders.internal", 9000)))
                .isEqualTo("orders.internal:9000");
        assertThat(Printable.address(UnixDomainSocketAddress.of("/run/a\nb"))).isEqualTo("unix:/run/a\\nb");
        assertThat(Printable.address(UnixDomainSocketAddress.of(""))).isEqualTo("unix:");
        assertThat(Printable.address(null)).isEqualTo("unknown");
    }
}
