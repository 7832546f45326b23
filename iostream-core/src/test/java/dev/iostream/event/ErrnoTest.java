package dev.iostream.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrnoTest {
    /** What JDK 17 and 25 throw, on Linux unless noted. */
    static Stream<Arguments> thrown() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused"), 111),
                Arguments.of(new ConnectException("Connection refused: getsockopt: localhost/127.0.0.1:9"), 111),
                Arguments.of(new ConnectException("Connection refused: no further information"), 111), // Windows
                Arguments.of(new ConnectException("Verbindungsaufbau abgelehnt"), 111), // another language
                Arguments.of(new ConnectException("Connection timed out"), 110),
                Arguments.of(new ConnectException("Operation timed out"), 110), // macOS
                Arguments.of(new SocketTimeoutException("Connect timed out"), 110),
                Arguments.of(new SocketTimeoutException(), 110),
                Arguments.of(new TimeoutException(), 110),
                Arguments.of(new NoRouteToHostException("No route to host"), 113),
                Arguments.of(new NoRouteToHostException("Keine Route zum Zielrechner"), 113),
                Arguments.of(new SocketException("Network is unreachable"), 101),
                Arguments.of(new SocketException("Network is unreachable: no further information"), 101),
                Arguments.of(new BindException("Cannot assign requested address"), 99),
                Arguments.of(new BindException("Address already in use"), 98),
                Arguments.of(new BindException("Permission denied"), 13),
                Arguments.of(new SocketException("Permission denied"), 13),
                Arguments.of(new SocketException("Operation not permitted"), 1),
                Arguments.of(new SocketException("Too many open files"), 24),
                Arguments.of(new SocketException("Too many open files in system"), 23),
                Arguments.of(new SocketException("Connection reset"), 104),
                Arguments.of(new IOException("Connection reset by peer"), 104),
                Arguments.of(new IOException("Broken pipe"), 32),
                Arguments.of(new SocketException("No such file or directory"), 2),
                Arguments.of(new SocketException("Address family not supported by protocol"), 97),
                Arguments.of(new UnsupportedAddressTypeException(), 97),
                Arguments.of(new UnknownHostException("db.internal: Name or service not known"), -2),
                Arguments.of(new UnknownHostException("db.internal"), -2),
                Arguments.of(new UnknownHostException("db.internal: Temporary failure in name resolution"), -3),
                Arguments.of(new UnresolvedAddressException(), -2),
                Arguments.of(new SSLHandshakeException("Connection refused by policy"), -1),
                Arguments.of(new ClosedChannelException(), 125),
                Arguments.of(new AsynchronousCloseException(), 125),
                Arguments.of(new CancellationException(), 125),
                Arguments.of(new IOException("what nobody has seen"), 5),
                Arguments.of(new IOException(), 5),
                Arguments.of(new IOException("wrapped", new ConnectException("Connection refused")), 111),
                Arguments.of(DialException.dnsDeadline("db.internal", Duration.ofSeconds(1)), 110));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void findsTheNumberByTypeAndText(Throwable failure, int errno) {
        assertThat(Errno.of(failure)).isEqualTo(errno);
    }

    @ParameterizedTest
    @ValueSource(ints = {-3, -2, -1, 1, 2, 5, 13, 23, 24, 32, 97, 98, 99, 101, 103, 104, 110, 111, 113, 125})
    void hasATextForEachNumberThatLeadsBackToIt(int errno) {
        String text = Errno.text(errno);
        assertThat(text).doesNotStartWith("Error ");
        if (errno != Errno.TLS) {
            Exception thrown = errno < 0 ? new UnknownHostException("host: " + text) : new SocketException(text);
            assertThat(Errno.of(thrown)).isEqualTo(errno);
        }
    }

    @Test
    void showsANumberThatItDoesNotKnow() {
        assertThat(Errno.text(7)).isEqualTo("Error 7");
    }

    @Test
    void endsWhereCausesGoInACircle() {
        var one = new IOException("one");
        var other = new IOException("other", one);
        one.initCause(other);
        assertThat(Errno.of(one)).isEqualTo(Errno.EIO);
    }

    @Test
    void aFailureIsNeverNumberZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DialException("no", 0, CloseReason.CONNECT_FAILED, null));
    }

    @Test
    void theDnsDeadlineNamesTheHostAndTheSetting() {
        assertThat(DialException.dnsDeadline("db.internal", Duration.ofMillis(1500)))
                .hasMessageContainingAll("db.internal", "1.5s", "dns_timeout")
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(CloseReason.DNS_DEADLINE));
    }

    @Test
    void aHostCannotForgeALineOfALog() {
        assertThat(DialException.unknownHost("a\r\nb\u001b[31m c\0", "no", null))
                .hasMessage("Could not resolve 'a??b?[31m c?': no");
        assertThat(DialException.unknownHost("", "no", null)).hasMessage("Could not resolve '': no");
        assertThat(DialException.unknownHost("x".repeat(100_000), "no", null).getMessage())
                .hasSizeLessThan(300);
    }
}
