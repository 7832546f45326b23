package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.iostream.server.ServerOptions;
import dev.iostream.stream.IOStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.util.TestPropertyValues.Type;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** What the properties are bound to. */
class IOStreamPropertiesTest {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(PropertiesOnly.class);

    @Test
    void defaultsAreThoseOfCore() {
        withProperties(
                properties -> {
                    assertThat(properties.getMaxBufferSize().toBytes()).isEqualTo(IOStream.DEFAULT_MAX_BUFFER_SIZE);
                    assertThat(properties.getMaxWriteBufferSize()).isNull();
                    assertThat(properties.getLoop().getCount()).isNull();
                    ServerProperties echo = properties.getServer().get("echo");
                    assertThat(echo.isEnabled()).isTrue();
                    assertThat(echo.getAddress()).isEmpty();
                    assertThat(echo.getBacklog())
                            .isEqualTo(ServerOptions.named("echo").backlog());
                    assertThat(echo.getMaxBufferSize()).isNull();
                    assertThat(echo.getMaxWriteBufferSize()).isNull();
                },
                "iostream.server.echo.port=0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iostream.max-buffer-size=2048",
                "iostream.max_buffer_size=2048",
                "iostream.maxBufferSize=2048",
                "iostream.max_buffer_size=2KB"
            })
    void theGlobalMaxBufferSizeHasTwoSpellingsAndABareNumberIsBytes(String property) {
        withProperties(
                properties -> assertThat(properties.getMaxBufferSize()).isEqualTo(DataSize.ofBytes(2048)), property);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iostream.max-write-buffer-size=2048",
                "iostream.max_write_buffer_size=2048",
                "iostream.max_write_buffer_size=2KB"
            })
    void theGlobalMaxWriteBufferSizeHasTwoSpellingsAndABareNumberIsBytes(String property) {
        withProperties(
                properties -> assertThat(properties.getMaxWriteBufferSize()).isEqualTo(DataSize.ofBytes(2048)),
                property);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iostream.server.echo.max-buffer-size=2048",
                "iostream.server.echo.max_buffer_size=2048",
                "iostream.server.echo.max_buffer_size=2KB"
            })
    void theMaxBufferSizeOfAServerHasTwoSpellingsAndABareNumberIsBytes(String property) {
        withServer(server -> assertThat(server.getMaxBufferSize()).isEqualTo(DataSize.ofBytes(2048)), property);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iostream.server.echo.max-write-buffer-size=2048",
                "iostream.server.echo.max_write_buffer_size=2048",
                "iostream.server.echo.max_write_buffer_size=2KB"
            })
    void theMaxWriteBufferSizeOfAServerHasTwoSpellingsAndABareNumberIsBytes(String property) {
        withServer(server -> assertThat(server.getMaxWriteBufferSize()).isEqualTo(DataSize.ofBytes(2048)), property);
    }

    @TestFactory
    Stream<DynamicTest> aTimeoutHasTwoSpellingsAndABareNumberIsSeconds() {
        Map<String, Function<ServerProperties, @Nullable Duration>> timeouts = Map.of(
                "first-byte-timeout", ServerProperties::getFirstByteTimeout,
                "read-timeout", ServerProperties::getReadTimeout,
                "idle-timeout", ServerProperties::getIdleTimeout,
                "write-stall-timeout", ServerProperties::getWriteStallTimeout,
                "close-timeout", ServerProperties::getCloseTimeout);
        return timeouts.keySet().stream()
                .flatMap(name -> Stream.of(name + "=2", name.replace('-', '_') + "=2", name + "=2000ms")
                        .map(property -> dynamicTest(
                                property,
                                () -> withServer(
                                        server -> assertThat(timeouts.get(name).apply(server))
                                                .isEqualTo(Duration.ofSeconds(2)),
                                        "iostream.server.echo." + property))));
    }

    @Test
    void aServerHasAddressesAndABacklog() {
        withServer(
                server -> {
                    assertThat(server.getAddress()).containsExactly("127.0.0.1", "::1");
                    assertThat(server.getBacklog()).isEqualTo(17);
                },
                "iostream.server.echo.address=127.0.0.1, ::1",
                "iostream.server.echo.backlog=17");
    }

    @Test
    void serversKeepTheirOrder() {
        withProperties(
                properties -> assertThat(properties.getServer().keySet()).containsExactly("b", "a", "c"),
                "iostream.server.b.port=0",
                "iostream.server.a.port=0",
                "iostream.server.c.port=0");
    }

    @Test
    void environmentVariablesOverrideSingleValuesOfAServer() {
        runner.withPropertyValues("iostream.server.echo.port=9000", "iostream.server.echo.max_buffer_size=1KB")
                .withInitializer(context -> TestPropertyValues.of(
                                "IOSTREAM_SERVER_ECHO_PORT=0",
                                "IOSTREAM_SERVER_ECHO_MAX_BUFFER_SIZE=4096",
                                "IOSTREAM_MAX_BUFFER_SIZE=8192")
                        .applyTo(context.getEnvironment(), Type.SYSTEM_ENVIRONMENT))
                .run(context -> {
                    IOStreamProperties properties = context.getBean(IOStreamProperties.class);
                    ServerProperties echo = properties.getServer().get("echo");
                    assertThat(properties.getServer()).hasSize(1);
                    assertThat(echo.getPort()).isZero();
                    assertThat(echo.getMaxBufferSize()).isEqualTo(DataSize.ofBytes(4096));
                    assertThat(properties.getMaxBufferSize()).isEqualTo(DataSize.ofBytes(8192));
                });
    }

    private void withServer(Consumer<ServerProperties> check, String... properties) {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .withPropertyValues(properties)
                .run(context -> check.accept(
                        context.getBean(IOStreamProperties.class).getServer().get("echo")));
    }

    private void withProperties(Consumer<IOStreamProperties> check, String... properties) {
        runner.withPropertyValues(properties).run(context -> check.accept(context.getBean(IOStreamProperties.class)));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(IOStreamProperties.class)
    static class PropertiesOnly {}
}
