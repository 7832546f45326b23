package dev.iostream.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAndPortTest {
    @ParameterizedTest
    @CsvSource({
        "db.internal:5432, db.internal, 5432",
        "10.0.0.1:1, 10.0.0.1, 1",
        "[::1]:65535, ::1, 65535",
        "[fe80::1%eth0]:80, fe80::1%eth0, 80"
    })
    void readsAHostAndAPort(String text, String host, int port) {
        assertThat(HostAndPort.parse(text))
                .isEqualTo(new HostAndPort(host, port))
                .hasToString(text);
    }

    @Test
    void theAddressIsNotResolved() {
        assertThat(HostAndPort.parse("db.internal:5432").unresolved().isUnresolved())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "db.internal, port is missing",
        "db.internal:, port is missing",
        "[::1], port is missing",
        "[::1]80, port is missing",
        "'', port is missing",
        ":80, host is missing",
        "[]:80, host is missing",
        "::1:80, in brackets",
        "[::1:80, in brackets",
        "[10.0.0.1]:80, not an IPv6 address",
        "[db.internal]:80, not an IPv6 address",
        "db.internal:0, between 1 and 65535",
        "db.internal:65536, between 1 and 65535",
        "db.internal:999999999999, between 1 and 65535",
        "db.internal:+80, between 1 and 65535",
        "db.internal:80/, between 1 and 65535"
    })
    void saysWhatIsWrongAndHowItIsWritten(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostAndPort.parse(text))
                .withMessageContaining(why)
                .withMessageContaining("write name:port");
    }

    @Test
    void whatCannotBePrintedIsNotShown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostAndPort.parse("a\r\nb"))
                .withMessageStartingWith("'a??b' is not host:port");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void portsAreChecked(int port) {
        assertThatIllegalArgumentException().isThrownBy(() -> new HostAndPort("db.internal", port));
    }

    @Test
    void aHostMustBeThere() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HostAndPort("", 80));
    }
}
