package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import dev.iostream.boot.Handlers;
import dev.iostream.server.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                    iostream.server.echo.address=::zz        | 'iostream.server.echo.address' cannot be "::zz"       | Set it to an address of this machine, such as 127.0.0.1 or ::1, or to a name that has one.
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

    private static void failToStart(String property) {
        assertThatException().isThrownBy(() -> application().run("--" + property));
    }

    private static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .properties("iostream.server.echo.port=0");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class})
    static class Application {
        @Bean
        StreamHandler echo() {
            return Handlers.echo();
        }
    }
}
