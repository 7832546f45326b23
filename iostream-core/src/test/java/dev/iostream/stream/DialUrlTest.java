package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialUrlTest {
    @Test
    void aHostIsNotResolvedYet() {
        assertThat(DialUrl.parse("tcp://db.internal:5432").address())
                .isEqualTo(InetSocketAddress.createUnresolved("db.internal", 5432));
        assertThat(DialUrl.parse("TCP://10.0.0.1:80").address())
                .isEqualTo(InetSocketAddress.createUnresolved("10.0.0.1", 80));
    }

    @Test
    void anIpv6AddressHasBrackets() {
        assertThat(DialUrl.parse("tcp://[2001:db8::1]:80").address())
                .isEqualTo(InetSocketAddress.createUnresolved("2001:db8::1", 80));
    }

    @Test
    void aUnixDomainSocketHasAPath() {
        assertThat(DialUrl.parse("unix:///run/my.sock").address())
                .isEqualTo(UnixDomainSocketAddress.of("/run/my.sock"));
    }

    @Test
    void onlyTlsIsSecure() {
        assertThat(DialUrl.parse("tls://db.internal:5432"))
                .isEqualTo(new DialUrl(InetSocketAddress.createUnresolved("db.internal", 5432), true));
        assertThat(DialUrl.parse("tcp://db.internal:5432").secure()).isFalse();
        assertThat(DialUrl.parse("unix:///run/my.sock").secure()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "db.internal:5432, no scheme",
        "://db.internal:5432, no scheme",
        "udp://db.internal:53, scheme is not known",
        "http://db.internal:80, scheme is not known",
        "tls://db.internal, port is missing",
        "tcp://db.internal, port is missing",
        "tcp://[::1], port is missing",
        "tcp://::1:80, in brackets",
        "tcp://:80, host is missing",
        "tcp://db.internal:80/path, between 1 and 65535",
        "unix://my.sock, three slashes",
        "unix:///, three slashes"
    })
    void saysWhatIsWrongAndWhatIsAllowed(String url, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DialUrl.parse(url))
                .withMessageContaining(url)
                .withMessageContaining(why)
                .withMessageContaining("allowed are tcp://host:port, tls://host:port")
                .withMessageContaining("and unix:///path");
    }

    @Test
    void whatCannotBePrintedIsEscaped() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DialUrl.parse("a\r\nb"))
                .withMessageContaining("\"a\\r\\nb\"");
    }
}
