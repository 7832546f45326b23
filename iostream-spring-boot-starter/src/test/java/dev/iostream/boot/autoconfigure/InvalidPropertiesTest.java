package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import dev.iostream.boot.Handlers;
import dev.iostream.server.StreamHandler;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a start with a value that is not allowed says. */
@ExtendWith(OutputCaptureExtension.class)
class InvalidPropertiesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    iostream.max-buffer-size=0                  | 'iostream.max-buffer-size' must be at least 1 byte, was 0B
                    iostream.max_buffer_size=-1                 | 'iostream.max-buffer-size' must be at least 1 byte, was -1B
                    iostream.max-write-buffer-size=0            | 'iostream.max-write-buffer-size' must be at least 1 byte, was 0B
                    iostream.loop.count=0                       | 'iostream.loop.count' must be at least 1, was 0
                    iostream.loop.health-threshold=0            | 'iostream.loop.health-threshold' must be at least 1s, was 0s
                    iostream.server.echo.port=-1                | 'iostream.server.echo.port' must be between 0 and 65535, was -1
                    iostream.server.echo.port=70000             | 'iostream.server.echo.port' must be between 0 and 65535, was 70000
                    iostream.server.echo.backlog=0              | 'iostream.server.echo.backlog' must be at least 1, was 0
                    iostream.server.echo.max_buffer_size=0      | 'iostream.server.echo.max-buffer-size' must be at least 1 byte, was 0B
                    iostream.server.echo.max-write-buffer-size=0| 'iostream.server.echo.max-write-buffer-size' must be at least 1 byte, was 0B
                    iostream.server.echo.first-byte-timeout=-1  | 'iostream.server.echo.first-byte-timeout' must not be negative, was -1s
                    iostream.server.echo.read-timeout=-1        | 'iostream.server.echo.read-timeout' must not be negative, was -1s
                    iostream.server.echo.idle-timeout=-1        | 'iostream.server.echo.idle-timeout' must not be negative, was -1s
                    iostream.server.echo.write-stall-timeout=-1 | 'iostream.server.echo.write-stall-timeout' must not be negative, was -1s
                    iostream.server.echo.close-timeout=-1       | 'iostream.server.echo.close-timeout' must not be negative, was -1s
                    iostream.server.echo.address=::zz           | 'iostream.server.echo.address' cannot be '::zz': it must be an IP address, a name that has one, or unix: and a path; the port is a property of its own
                    iostream.server.echo.address=localhost:9000 | 'iostream.server.echo.address' cannot be 'localhost:9000': it must be an IP address, a name that has one, or unix: and a path; the port is a property of its own
                    iostream.server.echo.address=unix:          | 'iostream.server.echo.address' cannot be 'unix:': the path is missing after unix:
                    iostream.server.echo.max-connections=0      | 'iostream.server.echo.max-connections' must be at least 1, was 0
                    iostream.server.echo.max-connections-per-peer=0| 'iostream.server.echo.max-connections-per-peer' must be at least 1, was 0
                    iostream.server.echo.file-mode=0600         | 'iostream.server.echo.file-mode' must be nine characters as ls shows them, such as rw-rw----, was '0600'
                    iostream.server.echo.shutdown.grace-period=-1| 'iostream.server.echo.shutdown.grace-period' must not be negative, was -1s
                    iostream.server.echo.shutdown.pre-drain-delay=-1| 'iostream.server.echo.shutdown.pre-drain-delay' must not be negative, was -1s
                    iostream.server.echo.accept-rate=0          | 'iostream.server.echo.accept-rate' must be at least 1, was 0
                    iostream.server.echo.accept-burst=5         | 'iostream.server.echo.accept-burst' means nothing without 'accept-rate'
                    iostream.server.echo.proxy-protocol.header-timeout=0| 'iostream.server.echo.proxy-protocol.header-timeout' must be more than 0, was 0s
                    iostream.server.echo.low-water-mark=256KB   | 'iostream.server.echo.low-water-mark' must be at least 0B and below 'high-water-mark', were 262144B and 262144B
                    iostream.server.echo.dns-timeout=-1         | 'iostream.server.echo.dns-timeout' must not be negative, was -1s
                    iostream.server.echo.tcp.send-buffer-size=0 | 'iostream.server.echo.tcp.send-buffer-size' must be at least 1 byte and less than 2GB, was 0B
                    iostream.server.echo.tcp.receive-buffer-size=3GB| 'iostream.server.echo.tcp.receive-buffer-size' must be at least 1 byte and less than 2GB, was 3221225472B
                    iostream.dns-timeout=-5                     | 'iostream.dns-timeout' must not be negative, was -5s
                    iostream.memory-budget=1000                 | 'iostream.memory-budget' must be at least 1MB, was 1000B
                    iostream.loop.blocked-threshold=10us        | 'iostream.loop.blocked-threshold' must be 0 or at least 1ms, was 0s
                    iostream.client.up.port=0                   | 'iostream.client.up.port' must be between 1 and 65535, was 0
                    iostream.client.up.port=5                   | 'iostream.client.up.host' must be set beside 'port'
                    iostream.client.up.host=db                  | 'iostream.client.up.port' must be set beside 'host'
                    iostream.client.up.host=                    | 'iostream.client.up.host' must not be blank
                    iostream.client.up.targets=db               | 'iostream.client.up.targets' cannot be 'db': 'db' is not host:port: the port is missing; write name:port, 10.0.0.1:port or [2001:db8::1]:port
                    iostream.client.up.connect-timeout=-1       | 'iostream.client.up.connect-timeout' must not be negative, was -1s
                    iostream.client.up.local-address=10.0.0.1:5 | 'iostream.client.up.local-address' cannot be '10.0.0.1:5': it must be an IP address, a name that has one, or unix: and a path; the port is a property of its own
                    iostream.client.up.reconnect.initial-delay=0| 'iostream.client.up.reconnect.initial-delay' must be more than 0, was 0s
                    iostream.client.up.reconnect.max-delay=100ms| 'iostream.client.up.reconnect.max-delay' must be from 'initial-delay' (500ms) to 365 days, was 100ms
                    iostream.client.up.reconnect.multiplier=0.5 | 'iostream.client.up.reconnect.multiplier' must be at least 1, was 0.5
                    iostream.client.up.reconnect.jitter=2       | 'iostream.client.up.reconnect.jitter' must be between 0 and 1, was 2.0
                    iostream.client.up.reconnect.reset-after=-1 | 'iostream.client.up.reconnect.reset-after' must not be negative, was -1s
                    iostream.client.up.reconnect.log-in-timeout=-1| 'iostream.client.up.reconnect.log-in-timeout' must not be negative, was -1s
                    iostream.client.up.reconnect.max-attempts=-1| 'iostream.client.up.reconnect.max-attempts' must be at least 0, was -1
                    iostream.server.other=                      | 'iostream.server.other.port' must be set; 0 lets the system choose a port
                    iostream.server.other.backlog=5             | 'iostream.server.other.port' must be set; 0 lets the system choose a port
                    """)
    void aValueOutOfRangeIsNamedWithWhatIsAllowed(String property, String reason, CapturedOutput output) {
        failToStart(property);

        assertThat(output).contains("APPLICATION FAILED TO START").contains("Reason: " + reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    iostream.max-buffer-size=10XB            | 'iostream.max-buffer-size' cannot be "10XB"           | Set it to a number of bytes, or to a number with B, KB, MB, GB or TB, such as 64KB.
                    iostream.server.echo.max_buffer_size=lots| 'iostream.server.echo.max-buffer-size' cannot be "lots"| Set it to a number of bytes, or to a number with B, KB, MB, GB or TB, such as 64KB.
                    iostream.server.echo.close-timeout=soon  | 'iostream.server.echo.close-timeout' cannot be "soon" | Set it to a number of seconds, or to a number with ns, us, ms, s, m, h or d, such as 500ms.
                    iostream.server.echo.port=http           | 'iostream.server.echo.port' cannot be "http"          | Set it to a whole number.
                    iostream.server.echo.backlog=many        | 'iostream.server.echo.backlog' cannot be "many"       | Set it to a whole number.
                    iostream.server.echo.enabled=maybe       | 'iostream.server.echo.enabled' cannot be "maybe"      | Set it to true or false.
                    iostream.client.up=9000                  | 'iostream.client.up' has a value itself            | Set 'iostream.client.up.port' instead.
                    iostream.client.up.reconnect.jitter=some | 'iostream.client.up.reconnect.jitter' cannot be "some" | Set it to a number.
                    iostream.server.other=9000               | 'iostream.server.other' has a value itself         | Set 'iostream.server.other.port' instead.
                    """)
    void aTextThatIsNoValueIsNamedWithWhatIsAllowed(
            String property, String description, String action, CapturedOutput output) {
        failToStart(property);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(description)
                .contains(action);
    }

    @ParameterizedTest
    @ValueSource(strings = {"allow", "deny", "proxy-protocol.trusted"})
    void whatIsNoNetworkIsRefused(String list, CapturedOutput output) {
        failToStart("iostream.server.echo." + list + "=10.0.0.0/8, everybody");

        assertThat(output).contains("Reason: 'iostream.server.echo." + list + "' cannot be [10.0.0.0/8, everybody]: ");
    }

    @Test
    void wordsForThoseWhoAreRefusedAreNotForTls(CapturedOutput output) {
        failToStart("iostream.server.echo.reject-with=busy", "iostream.server.echo.ssl.bundle=web");

        assertThat(output)
                .contains("Reason: 'iostream.server.echo.reject-with' must not be set beside 'ssl': nobody waits for a"
                        + " handshake to be told so");
    }

    @Test
    void targetsBesideAHostAreRefused(CapturedOutput output) {
        failToStart("iostream.client.up.targets=a:1", "iostream.client.up.host=b", "iostream.client.up.port=2");

        assertThat(output)
                .contains(
                        "Reason: 'iostream.client.up.targets' must not be set beside 'host'; write host:port into it");
    }

    @Test
    void aFirstByteThatMayComeLaterThanAnIdleConnectionIsClosedIsRefused(CapturedOutput output) {
        failToStart("iostream.server.echo.first-byte-timeout=30", "iostream.server.echo.idle-timeout=10");

        assertThat(output)
                .contains("Reason: 'iostream.server.echo.first-byte-timeout' can never pass with 30s, since"
                        + " 'idle-timeout' (10s) closes the connection first");
    }

    @Test
    void theOriginOfTheValueIsTold(CapturedOutput output) {
        failToStart("iostream.server.echo.close-timeout=soon");

        assertThat(output).contains("(\"iostream.server.echo.close-timeout\" from property source");
    }

    @Test
    void aServerThatIsNotEnabledNeedsNoPort() {
        try (var context =
                application().properties("iostream.server.off.enabled=false").run()) {
            assertThat(context.isRunning()).isTrue();
        }
    }

    private static void failToStart(String... properties) {
        String[] arguments = Arrays.stream(properties).map(each -> "--" + each).toArray(String[]::new);
        assertThatException().isThrownBy(() -> application().run(arguments));
    }

    private static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .properties("iostream.server.echo.port=0");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        IOStreamAutoConfiguration.class,
        IOStreamClientAutoConfiguration.class,
        IOStreamServerAutoConfiguration.class
    })
    static class Application {
        @Bean
        StreamHandler echo() {
            return Handlers.echo();
        }
    }
}
