package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.EndpointRole;
import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.IOStreamTlsReloadedEvent;
import dev.iostream.boot.ssl.IOStreamSslContexts;
import dev.iostream.boot.ssl.TestKeys;
import dev.iostream.boot.ssl.TlsClient;
import dev.iostream.server.StreamHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;

/** What becomes of new certificates while the application runs. */
@ExtendWith(OutputCaptureExtension.class)
class TlsReloadTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PASSWORD = "secret-of-the-store";

    private static TestKeys first;
    private static TestKeys second;
    private static TestKeys expired;

    @TempDir
    Path folder;

    private Path keyStore;
    private ApplicationContextRunner runner;
    private final List<IOStreamTlsReloadedEvent> events = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void makeKeys() {
        first = TestKeys.named("first");
        second = TestKeys.named("second");
        expired = TestKeys.named("expired", Duration.ofDays(-2), Duration.ofDays(-1));
    }

    @BeforeEach
    void makeStores() throws IOException {
        keyStore = first.keyStore(folder.resolve("server.p12"), PASSWORD);
        runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        IOStreamAutoConfiguration.class,
                        IOStreamClientAutoConfiguration.class,
                        IOStreamServerAutoConfiguration.class))
                .withBean("echo", StreamHandler.class, Handlers::echo)
                .withInitializer(context ->
                        context.addApplicationListener((ApplicationListener<IOStreamTlsReloadedEvent>) events::add))
                .withPropertyValues(
                        "iostream.loop.count=1",
                        "iostream.server.echo.port=0",
                        "iostream.server.echo.ssl.key-store=" + keyStore,
                        "iostream.server.echo.ssl.key-store-password=" + PASSWORD);
    }

    private static int port(AssertableApplicationContext context) {
        return context.getBean(IOStreamServers.class).port("echo");
    }

    private static String subject(AssertableApplicationContext context) throws IOException {
        try (var peer = TlsClient.connect(port(context), first, second)) {
            return peer.serverSubject();
        }
    }

    /** Updates the server's bundle with what the file holds now, as Boot does when it watches it. */
    private void update(AssertableApplicationContext context, String password) {
        var properties = new JksSslBundleProperties();
        properties.getKeystore().setLocation(keyStore.toString());
        properties.getKeystore().setPassword(password);
        context.getBean(SslBundleRegistry.class)
                .updateBundle("iostream.server.echo", PropertiesSslBundle.get(properties));
    }

    @Test
    void newConnectionsGetTheNewCertificateAndOpenOnesGoOn(CapturedOutput output) {
        runner.run(context -> {
            try (var open = TlsClient.connect(port(context), first)) {
                assertThat(open.ask("before")).isEqualTo("before");
                second.keyStore(keyStore, PASSWORD);

                update(context, PASSWORD);

                assertThat(subject(context)).isEqualTo("CN=second");
                assertThat(open.ask("after")).isEqualTo("after");
                assertThat(context.getBean(IOStreamServers.class)
                                .get("echo")
                                .stats()
                                .outdatedTls())
                        .isEqualTo(1);
            }
            assertThat(output)
                    .contains("Server 'echo' uses the new version of SSL bundle 'iostream.server.echo' for new"
                            + " connections: certificate of CN=second, valid to "
                            + second.certificate().getNotAfter().toInstant())
                    .doesNotContain(PASSWORD);
        });
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getRole()).isEqualTo(EndpointRole.SERVER);
            assertThat(event.getEndpoint()).isEqualTo("echo");
            assertThat(event.getBundle()).isEqualTo("iostream.server.echo");
            assertThat(event.isSuccessful()).isTrue();
            assertThat(event.getSubject()).isEqualTo("CN=second");
            assertThat(event.getExpiry())
                    .isCloseTo(second.certificate().getNotAfter().toInstant(), within(1, ChronoUnit.SECONDS));
        });
    }

    private static org.assertj.core.data.TemporalUnitOffset within(long amount, ChronoUnit unit) {
        return org.assertj.core.api.Assertions.within(amount, unit);
    }

    @Test
    void theFilesOfAStoreAreWatchedWhenThatIsWanted() {
        runner.withPropertyValues(
                        "iostream.server.echo.ssl.reload-on-update=true",
                        "spring.ssl.bundle.watch.file.quiet-period=50ms")
                .run(context -> {
                    assertThat(subject(context)).isEqualTo("CN=first");

                    second.keyStore(keyStore, PASSWORD);

                    await().atMost(LIMIT).until(() -> subject(context), "CN=second"::equals);
                });
    }

    @Test
    void theFilesOfABundleAreWatchedWhenThatIsWanted() {
        runner.withPropertyValues(
                        "spring.ssl.bundle.jks.web.keystore.location=" + keyStore,
                        "spring.ssl.bundle.jks.web.keystore.password=" + PASSWORD,
                        "spring.ssl.bundle.jks.web.reload-on-update=true",
                        "spring.ssl.bundle.watch.file.quiet-period=50ms",
                        "iostream.server.web.port=0",
                        "iostream.server.web.ssl.bundle=web")
                .withBean("web", StreamHandler.class, Handlers::echo)
                .run(context -> {
                    second.keyStore(keyStore, PASSWORD);

                    await().atMost(LIMIT).until(() -> !events.isEmpty());
                    assertThat(events).allMatch(IOStreamTlsReloadedEvent::isSuccessful);
                    assertThat(events)
                            .extracting(IOStreamTlsReloadedEvent::getEndpoint)
                            .containsExactly("web");
                });
    }

    private interface Spoiler {
        void spoil(TlsReloadTest test) throws IOException;
    }

    @TestFactory
    Stream<DynamicTest> whatCannotBeUsedIsRefusedAndTheFormerCertificateStays(CapturedOutput output) {
        return Stream.of(
                refused(output, "half a file", "its key store cannot be read", PASSWORD, test -> {
                    byte[] whole = Files.readAllBytes(test.keyStore);
                    Files.write(test.keyStore, java.util.Arrays.copyOf(whole, whole.length / 2));
                }),
                refused(
                        output,
                        "no file",
                        "its key store has a file that does not exist",
                        PASSWORD,
                        test -> Files.delete(test.keyStore)),
                refused(
                        output,
                        "an empty file",
                        "its key store cannot be read",
                        PASSWORD,
                        test -> Files.write(test.keyStore, new byte[0])),
                refused(
                        output,
                        "another password",
                        "the password of its key store is wrong",
                        "wrong-password",
                        test -> second.keyStore(test.keyStore, PASSWORD)),
                refused(
                        output,
                        "an expired certificate",
                        "its certificate is valid from ",
                        PASSWORD,
                        test -> expired.keyStore(test.keyStore, PASSWORD)),
                refused(
                        output,
                        "another's certificate",
                        "do not belong to each other",
                        PASSWORD,
                        test -> second.mismatchedKeyStore(test.keyStore, PASSWORD, first)),
                refused(
                        output,
                        "no key",
                        "there is no private key",
                        PASSWORD,
                        test -> second.trustStore(test.keyStore, PASSWORD)));
    }

    private DynamicTest refused(CapturedOutput output, String name, String problem, String password, Spoiler spoiler) {
        return DynamicTest.dynamicTest(name, () -> {
            events.clear();
            first.keyStore(keyStore, PASSWORD);
            runner.run(context -> {
                SSLContext before = context.getBean(IOStreamSslContexts.class).get("iostream.server.echo");
                spoiler.spoil(this);

                update(context, password);

                assertThat(subject(context)).isEqualTo("CN=first");
                assertThat(context.getBean(IOStreamSslContexts.class).get("iostream.server.echo"))
                        .isSameAs(before);
            });
            assertThat(events).singleElement().satisfies(event -> {
                assertThat(event.isSuccessful()).isFalse();
                assertThat(event.getFailure()).hasMessageContaining(problem);
                assertThat(event.getSubject()).isNull();
            });
            assertThat(output)
                    .contains("WARN")
                    .contains(
                            "Server 'echo' goes on with the former version of SSL bundle 'iostream.server.echo', since"
                                    + " the new one cannot be used: ")
                    .contains(problem)
                    .doesNotContain(PASSWORD)
                    .doesNotContain("wrong-password");
        });
    }

    @Test
    void aClientTrustsWhatItsNewBundleTrusts() throws Exception {
        Path trust = first.trustStore(folder.resolve("trust.p12"), PASSWORD);
        runner.withPropertyValues(
                        "spring.ssl.bundle.watch.file.quiet-period=50ms",
                        "iostream.client.up.targets=localhost:1",
                        "iostream.client.up.ssl.trust-store=" + trust,
                        "iostream.client.up.ssl.trust-store-password=" + PASSWORD,
                        "iostream.client.up.ssl.reload-on-update=true")
                .run(context -> {
                    SSLContext before =
                            context.getBean(IOStreamSslContexts.class).get("iostream.client.up");

                    second.trustStore(trust, PASSWORD);

                    await().atMost(LIMIT).until(() -> !events.isEmpty());
                    assertThat(events).allSatisfy(event -> {
                        assertThat(event.getRole()).isEqualTo(EndpointRole.CLIENT);
                        assertThat(event.getEndpoint()).isEqualTo("up");
                        assertThat(event.isSuccessful()).isTrue();
                        assertThat(event.getSubject()).isNull();
                    });
                    assertThat(context.getBean(IOStreamSslContexts.class).get("iostream.client.up"))
                            .isNotSameAs(before);
                    assertThat(context.getBean(IOStreamClients.class).names()).containsExactly("up");
                });
    }
}
