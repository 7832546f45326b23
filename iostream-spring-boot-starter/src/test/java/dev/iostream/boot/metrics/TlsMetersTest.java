package dev.iostream.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.boot.autoconfigure.metrics.IOStreamMetricsAutoConfiguration;
import dev.iostream.boot.ssl.TestKeys;
import dev.iostream.boot.ssl.TlsClient;
import dev.iostream.server.StreamHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;

/** What the meters show of TLS. */
class TlsMetersTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PASSWORD = "secret-of-the-store";

    private static TestKeys keys;
    private static TestKeys stranger;

    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @BeforeAll
    static void makeKeys() {
        keys = TestKeys.named("echo");
        stranger = TestKeys.named("stranger");
    }

    private void run(ContextConsumer<AssertableApplicationContext> test, String... properties) throws IOException {
        Path keyStore = keys.keyStore(folder.resolve("echo.p12"), PASSWORD);
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        IOStreamAutoConfiguration.class,
                        IOStreamClientAutoConfiguration.class,
                        IOStreamServerAutoConfiguration.class,
                        IOStreamMetricsAutoConfiguration.class))
                .withBean("echo", StreamHandler.class, Handlers::echo)
                .withBean(SimpleMeterRegistry.class, () -> registry)
                .withPropertyValues(
                        "iostream.loop.count=1",
                        "iostream.server.echo.port=0",
                        "iostream.server.echo.ssl.key-store=" + keyStore,
                        "iostream.server.echo.ssl.key-store-password=" + PASSWORD)
                .withPropertyValues(properties)
                .run(context -> {
                    context.getBean(IOStreamMetrics.class).bindTo(registry);
                    test.accept(context);
                });
    }

    private static int port(AssertableApplicationContext context) {
        return context.getBean(IOStreamServers.class).port("echo");
    }

    private long handshakes(String outcome, String protocol) {
        return registry.get("iostream.tls.handshake")
                .tags("role", "server", "outcome", outcome, "protocol", protocol)
                .timer()
                .count();
    }

    private double value(String meter, String... tags) {
        return registry.get(meter)
                .tags("role", "server")
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void handshakesAreTimedByProtocol() throws Exception {
        run(context -> {
            try (var client = TlsClient.connect(port(context), keys)) {
                assertThat(client.ask("hello")).isEqualTo("hello");
                assertThat(client.protocol()).isEqualTo("TLSv1.3");
            }

            assertThat(handshakes("success", "TLSv1.3")).isEqualTo(1);
            assertThat(handshakes("success", "TLSv1.2")).isZero();
            assertThat(registry.get("iostream.tls.handshake")
                            .tags("role", "server", "outcome", "success", "protocol", "TLSv1.3")
                            .timer()
                            .totalTime(TimeUnit.NANOSECONDS))
                    .isPositive();
        });
    }

    @Test
    void olderProtocolsAreToldApart() throws Exception {
        run(
                context -> {
                    try (var client = TlsClient.connect(port(context), keys)) {
                        client.ask("hello");
                    }
                    assertThat(handshakes("success", "TLSv1.2")).isEqualTo(1);
                },
                "iostream.server.echo.ssl.enabled-protocols=TLSv1.2");
    }

    @Test
    void handshakesThatFailAreCountedAsConnectionsThatNeverOpened() throws Exception {
        run(context -> {
            try (var plain = new LineClient(port(context))) {
                plain.send("GET / HTTP/1.1\r\n\r\n");
                await().atMost(LIMIT).until(() -> handshakes("failure", "none") == 1);
            }
            try {
                TlsClient.connect(port(context), stranger).close();
            } catch (SSLException refused) {
                assertThat(refused).isNotNull();
            }
            await().atMost(LIMIT).until(() -> handshakes("failure", "none") == 2);

            assertThat(value("iostream.connections.failed", "reason", "plaintext_on_tls"))
                    .isEqualTo(1);
            assertThat(value("iostream.connections.failed", "reason", "tls_failed"))
                    .isEqualTo(1);
            assertThat(value("iostream.errors", "kind", "tls")).isEqualTo(2);
            assertThat(value("iostream.connections.opened")).isZero();
        });
    }

    @Test
    void handshakesThatTakeTooLongAreToldApart() throws Exception {
        run(
                context -> {
                    try (var silent = new LineClient(port(context))) {
                        assertThat(silent.receive()).isEmpty();
                    }
                    await().atMost(LIMIT).until(() -> handshakes("timeout", "none") == 1);
                    assertThat(value("iostream.deadlines", "kind", "handshake")).isEqualTo(1);
                },
                "iostream.server.echo.ssl.handshake-timeout=200ms");
    }

    @Test
    void aConnectionThatIsBeingSecuredIsOpening() throws Exception {
        run(context -> {
            try (var silent = new LineClient(port(context))) {
                await().atMost(LIMIT).until(() -> value("iostream.connections.opening") == 1);
                assertThat(value("iostream.connections.active")).isZero();
                assertThat(silent).isNotNull();
            }
            await().atMost(LIMIT).until(() -> value("iostream.connections.opening") == 0);
        });
    }

    @Test
    void reloadsAreCountedByOutcomeAndConnectionsFromBeforeAreOutdated() throws Exception {
        run(context -> {
            try (var early = TlsClient.connect(port(context), keys)) {
                early.ask("hello");
                assertThat(value("iostream.tls.outdated")).isZero();

                update(context, PASSWORD);
                assertThat(value("iostream.tls.reloads", "outcome", "success")).isEqualTo(1);
                assertThat(value("iostream.tls.outdated")).isEqualTo(1);

                update(context, "wrong");
                assertThat(value("iostream.tls.reloads", "outcome", "failure")).isEqualTo(1);
                assertThat(value("iostream.tls.reloads", "outcome", "success")).isEqualTo(1);
                assertThat(early.ask("again")).isEqualTo("again");
            }
            await().atMost(LIMIT).until(() -> value("iostream.tls.outdated") == 0);
        });
    }

    private void update(AssertableApplicationContext context, String password) {
        var properties = new JksSslBundleProperties();
        properties.getKeystore().setLocation(folder.resolve("echo.p12").toString());
        properties.getKeystore().setPassword(password);
        context.getBean(SslBundleRegistry.class)
                .updateBundle("iostream.server.echo", PropertiesSslBundle.get(properties));
    }
}
