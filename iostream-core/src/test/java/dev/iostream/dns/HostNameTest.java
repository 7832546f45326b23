package dev.iostream.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {
    @ParameterizedTest
    @CsvSource({
        "localhost, localhost",
        "DB.Internal, db.internal",
        "db.internal., db.internal.",
        "my_service, my_service",
        "3com.com, 3com.com",
        "1.2.3.4.example, 1.2.3.4.example",
        "bücher.example, xn--bcher-kva.example",
    })
    void acceptsANameAndGivesItInAscii(String host, String ascii) throws UnknownHostException {
        assertThat(HostName.toAscii(host)).isEqualTo(ascii);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".a",
                "a b",
                " a",
                "a\0",
                "a\n",
                "a/b",
                "a:80",
                "[::1]",
                "a@b",
                "*",
                "127.1",
                "1",
                "0x7f000001",
                "0x7f.1",
                "127.0.0.1",
                "256.1.1.1",
                "a.1",
                "a.0x"
            })
    void refusesWhatTheSystemCouldTakeForSomethingElse(String host) {
        assertThatThrownBy(() -> HostName.toAscii(host)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void refusesWhatIsTooLong() throws UnknownHostException {
        String label = "a".repeat(63);
        assertThat(HostName.toAscii(label + ".b")).hasSize(65);
        assertThatThrownBy(() -> HostName.toAscii(label + "a.b")).hasMessageContaining("63");
        assertThatThrownBy(() -> HostName.toAscii("a.".repeat(200) + "b")).hasMessageContaining("255");
        assertThatThrownBy(() -> HostName.toAscii("ü".repeat(100_000))).hasMessageContaining("255");
    }
}
