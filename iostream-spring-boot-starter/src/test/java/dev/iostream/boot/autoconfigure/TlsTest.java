package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ssl.IOStreamSslContexts;
import dev.iostream.boot.ssl.TestKeys;
import dev.iostream.boot.ssl.TlsClient;
import dev.iostream.server.StreamHandler;
import dev.iostream.tls.KeyMaterial;
import dev.iostream.tls.TlsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Servers and clients that encrypt as their properties say. */
@ExtendWith(OutputCaptureExtension.class)
class TlsTest {
    private static final String PASSWORD = "secret-of-the-store";

    private static TestKeys server;
    private static TestKeys other;
    private static TestKeys client;

    @TempDir
    Path folder;

    private Path keyStore;

    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    SslAutoConfiguration.class,
                    IOStreamAutoConfiguration.class,
                    IOStreamClientAutoConfiguration.class,
                    IOStreamServerAutoConfiguration.class))
            .withBean("echo", StreamHandler.class, Handlers::echo)
            .withPropertyValues("iostream.loop.count=1");
    private ApplicationContextRunner runner;

    @BeforeAll
    static void makeKeys() {
        server = TestKeys.named("server");
        other = TestKeys.named("other");
        client = TestKeys.named("client");
    }

    @BeforeEach
    void makeStores() throws IOException {
        keyStore = server.keyStore(folder.resolve("server.p12"), PASSWORD);
        runner = plain.withPropertyValues(
                "iostream.server.echo.port=0",
                "iostream.server.echo.ssl.key-store=" + keyStore,
                "iostream.server.echo.ssl.key-store-password=" + PASSWORD);
    }

    private static int port(AssertableApplicationContext context) {
        return context.getBean(IOStreamServers.class).port("echo");
    }

    private static TlsOptions tls(AssertableApplicationContext context) {
        return context.getBean(IOStreamServers.class).get("echo").options().tls();
    }

    private static String bundle(String kind, String property) {
        return "spring.ssl.bundle." + kind + "." + property;
    }

    // ---- where keys come from

    @Test
    void aServerEncryptsWithAKeyStore(CapturedOutput output) {
        runner.run(context -> {
            try (var peer = TlsClient.connect(port(context), server)) {
                assertThat(peer.ask("hello")).isEqualTo("hello");
                assertThat(peer.serverSubject()).isEqualTo("CN=server");
                assertThat(peer.protocol()).isEqualTo("TLSv1.3");
            }
            assertThat(output).doesNotContain("WARN").doesNotContain(PASSWORD);
        });
    }

    @Test
    void itsStoreIsABundleOfItsName() {
        runner.run(context ->
                assertThat(context.getBean(SslBundles.class).getBundleNames()).containsExactly("iostream.server.echo"));
    }

    @Test
    void aServerEncryptsWithPemFiles() throws Exception {
        Path certificate = server.certificatePem(folder.resolve("server.crt"));
        Path key = server.keyPem(folder.resolve("server.key"));
        plain.withPropertyValues(
                        "iostream.server.echo.port=0",
                        "iostream.server.echo.ssl.certificate=" + certificate,
                        "iostream.server.echo.ssl.certificate-private-key=" + key)
                .run(context -> {
                    try (var peer = TlsClient.connect(port(context), server)) {
                        assertThat(peer.ask("hello")).isEqualTo("hello");
                    }
                });
    }

    @Test
    void aServerEncryptsWithABundleAndItsOptions() {
        plain.withPropertyValues(
                        bundle("jks", "web.keystore.location=" + keyStore),
                        bundle("jks", "web.keystore.password=" + PASSWORD),
                        bundle("jks", "web.options.enabled-protocols=TLSv1.2"),
                        "iostream.server.echo.port=0",
                        "iostream.server.echo.ssl.bundle=web")
                .run(context -> {
                    try (var peer = TlsClient.connect(port(context), server)) {
                        assertThat(peer.ask("hello")).isEqualTo("hello");
                        assertThat(peer.protocol()).isEqualTo("TLSv1.2");
                    }
                });
    }

    @Test
    void theAliasSaysWhichKeyOfAStoreIsMeant() throws Exception {
        server.keyStore(keyStore, PASSWORD, other);
        runner.withPropertyValues("iostream.server.echo.ssl.key-alias=other").run(context -> {
            try (var peer = TlsClient.connect(port(context), other)) {
                assertThat(peer.serverSubject()).isEqualTo("CN=other");
            }
        });
    }

    @Test
    void aServerWhoseTlsIsNotEnabledIsPlain() {
        runner.withPropertyValues("iostream.server.echo.ssl.enabled=false")
                .run(context -> assertThat(tls(context)).isNull());
    }

    // ---- how a server encrypts

    @Test
    void aServerSpeaksWhatItIsToldTo() {
        runner.withPropertyValues(
                        "iostream.server.echo.ssl.enabled-protocols=TLSv1.2",
                        "iostream.server.echo.ssl.ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                        "iostream.server.echo.ssl.application-protocols=mqtt, x",
                        "iostream.server.echo.ssl.handshake-timeout=3")
                .run(context -> {
                    assertThat(tls(context).protocols()).containsExactly("TLSv1.2");
                    assertThat(tls(context).ciphers()).containsExactly("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
                    assertThat(tls(context).applicationProtocols()).containsExactly("mqtt", "x");
                    assertThat(tls(context).handshakeTimeout()).hasSeconds(3);
                });
    }

    @Test
    void theNameThatAClientAsksForSaysWhichBundleIsUsed() throws Exception {
        Path store = other.keyStore(folder.resolve("other.p12"), PASSWORD);
        runner.withPropertyValues(
                        bundle("jks", "other.keystore.location=" + store),
                        bundle("jks", "other.keystore.password=" + PASSWORD),
                        "iostream.server.echo.ssl.server-name-bundles[0].server-name=*.example",
                        "iostream.server.echo.ssl.server-name-bundles[0].bundle=other")
                .run(context -> {
                    var trusting = dev.iostream.tls.SslContexts.client(
                            dev.iostream.tls.Trust.of(server.certificate(), other.certificate()));
                    try (var one = TlsClient.connect(port(context), "localhost", server, other);
                            var two = TlsClient.connect(port(context), "other.example", server, other)) {
                        assertThat(one.serverSubject()).isEqualTo("CN=server");
                        assertThat(two.serverSubject()).isEqualTo("CN=other");
                    }
                });
    }

    @Test
    void aServerThatNeedsCertificatesOfClientsLetsInOnlyThoseThatAreTrusted() throws Exception {
        Path trust = client.trustStore(folder.resolve("trust.p12"), PASSWORD);
        KeyMaterial trusted =
                KeyMaterial.of(client.keyStore(folder.resolve("c.p12"), PASSWORD), PASSWORD.toCharArray());
        KeyMaterial stranger =
                KeyMaterial.of(other.keyStore(folder.resolve("o.p12"), PASSWORD), PASSWORD.toCharArray());
        runner.withPropertyValues(
                        "iostream.server.echo.ssl.trust-store=" + trust,
                        "iostream.server.echo.ssl.trust-store-password=" + PASSWORD,
                        "iostream.server.echo.ssl.client-auth=need")
                .run(context -> {
                    try (var peer = TlsClient.connectAs(trusted, port(context), server)) {
                        assertThat(peer.ask("hello")).isEqualTo("hello");
                    }
                    assertThatIOException().isThrownBy(() -> askAs(stranger, port(context)));
                });
    }

    @Test
    void aServerLetsInOnlyTheIdentitiesThatAreListed() throws Exception {
        Path trust = client.trustStore(folder.resolve("trust.p12"), PASSWORD);
        KeyMaterial trusted =
                KeyMaterial.of(client.keyStore(folder.resolve("c.p12"), PASSWORD), PASSWORD.toCharArray());
        ApplicationContextRunner asking = runner.withPropertyValues(
                "iostream.server.echo.ssl.trust-store=" + trust,
                "iostream.server.echo.ssl.trust-store-password=" + PASSWORD,
                "iostream.server.echo.ssl.client-auth=need");
        asking.withPropertyValues("iostream.server.echo.ssl.identities=CN=cli*")
                .run(context -> assertThat(askAs(trusted, port(context))).isEqualTo("hello"));
        asking.withPropertyValues("iostream.server.echo.ssl.identities=CN=somebody")
                .run(context -> assertThatIOException().isThrownBy(() -> askAs(trusted, port(context))));
    }

    private static String askAs(KeyMaterial own, int port) throws IOException {
        try (var peer = TlsClient.connectAs(own, port, server)) {
            String answer = peer.ask("hello");
            if (answer.isEmpty()) {
                throw new IOException("the server closed");
            }
            return answer;
        }
    }

    // ---- clients

    /** A server and a client of one application, which talk once it is started. */
    private ApplicationContextRunner talking(String... properties) {
        int port = freePort();
        return runner.withPropertyValues(
                        "iostream.server.echo.port=" + port,
                        "iostream.client.up.host=localhost",
                        "iostream.client.up.port=" + port)
                .withPropertyValues(properties);
    }

    private static int freePort() {
        try (var free = new java.net.ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] talk(AssertableApplicationContext context) throws Exception {
        return context.getBean(IOStreamClients.class)
                .get("up")
                .connect()
                .thenCompose(stream -> stream.write("hello\n").thenCompose(written -> stream.readUntil("\n")))
                .get(20, TimeUnit.SECONDS);
    }

    @Test
    void aClientTrustsWhatItsTrustStoreHolds() throws Exception {
        Path trust = server.trustStore(folder.resolve("trust.p12"), PASSWORD);
        talking(
                        "iostream.client.up.ssl.trust-store=" + trust,
                        "iostream.client.up.ssl.trust-store-password=" + PASSWORD)
                .run(context -> assertThat(talk(context)).isEqualTo("hello\n".getBytes()));
    }

    @Test
    void aClientTrustsWhatItsPemHolds() throws Exception {
        Path trust = server.certificatePem(folder.resolve("server.crt"));
        talking("iostream.client.up.ssl.trust-certificate=" + trust)
                .run(context -> assertThat(talk(context)).isEqualTo("hello\n".getBytes()));
    }

    @Test
    void aClientThatIsOnlyEnabledTrustsWhatTheJdkDoes() {
        talking("iostream.client.up.ssl.enabled=true")
                .run(context -> assertThat(talkFailure(context))
                        .hasMessageContaining("signed by itself, and this end does not trust it"));
    }

    @Test
    void aClientShowsItsOwnCertificate() throws Exception {
        Path trust = client.trustStore(folder.resolve("trust.p12"), PASSWORD);
        Path own = client.keyStore(folder.resolve("client.p12"), PASSWORD);
        Path servers = server.trustStore(folder.resolve("servers.p12"), PASSWORD);
        talking(
                        "iostream.server.echo.ssl.trust-store=" + trust,
                        "iostream.server.echo.ssl.trust-store-password=" + PASSWORD,
                        "iostream.server.echo.ssl.client-auth=need",
                        "iostream.client.up.ssl.key-store=" + own,
                        "iostream.client.up.ssl.key-store-password=" + PASSWORD,
                        "iostream.client.up.ssl.trust-store=" + servers,
                        "iostream.client.up.ssl.trust-store-password=" + PASSWORD)
                .run(context -> assertThat(talk(context)).isEqualTo("hello\n".getBytes()));
    }

    @Test
    void aClientWantsTheNameThatItIsToldTo() throws Exception {
        Path trust = server.certificatePem(folder.resolve("server.crt"));
        talking("iostream.client.up.ssl.trust-certificate=" + trust, "iostream.client.up.ssl.server-name=x.example")
                .run(context ->
                        assertThat(talkFailure(context)).hasMessageContaining("the certificate is not for x.example"));
    }

    @Test
    void aClientThatDoesNotVerifyTheHostIsLoud(CapturedOutput output) throws Exception {
        Path trust = server.certificatePem(folder.resolve("server.crt"));
        talking(
                        "iostream.client.up.ssl.trust-certificate=" + trust,
                        "iostream.client.up.ssl.server-name=x.example",
                        "iostream.client.up.ssl.verify-hostname=false")
                .run(context -> {
                    assertThat(talk(context)).isEqualTo("hello\n".getBytes());
                    assertThat(output)
                            .contains("WARN")
                            .contains("Client 'up' does not verify whom it talks to, since"
                                    + " 'iostream.client.up.ssl.verify-hostname' is false: everybody who is trusted can"
                                    + " pretend to be its server");
                });
    }

    @Test
    void aClientThatVerifiesNothingIsLoud(CapturedOutput output) {
        talking("iostream.client.up.ssl.enabled=true", "iostream.client.up.ssl.verify=false")
                .run(context -> {
                    assertThat(talk(context)).isEqualTo("hello\n".getBytes());
                    assertThat(output)
                            .contains("WARN")
                            .contains("Client 'up' does not verify whom it talks to, since"
                                    + " 'iostream.client.up.ssl.verify' is false: anybody on the way can read and"
                                    + " change everything");
                });
    }

    @Test
    void inProductionAClientThatVerifiesNothingFailsTheStart() {
        talking(
                        "iostream.client.up.ssl.enabled=true",
                        "iostream.client.up.ssl.verify=false",
                        "spring.profiles.active=prod")
                .run(context -> Analyses.assertThat(context.getStartupFailure())
                        .describes("Client 'up' does not verify whom it talks to, since 'iostream.client.up.ssl.verify'"
                                + " is false, and this is profile prod: anybody on the way can read and change"
                                + " everything.")
                        .advises("Remove 'iostream.client.up.ssl.verify'. For a server that signed its certificate"
                                + " itself, set 'iostream.client.up.ssl.trust-certificate' to that certificate; for one"
                                + " with another name, set 'iostream.client.up.ssl.server-name'. If it is meant all the"
                                + " same, set 'iostream.client.up.ssl.insecure' to true."));
    }

    @Test
    void inProductionAClientMayVerifyNothingWhenThatIsSaidTwice() {
        talking(
                        "iostream.client.up.ssl.enabled=true",
                        "iostream.client.up.ssl.verify=false",
                        "iostream.client.up.ssl.insecure=true",
                        "spring.profiles.active=prod")
                .run(context -> assertThat(talk(context)).isEqualTo("hello\n".getBytes()));
    }

    private static Throwable talkFailure(AssertableApplicationContext context) {
        return org.assertj.core.api.Assertions.catchThrowable(() -> talk(context));
    }

    // ---- contexts for the application's own use

    @Test
    void aContextIsMadeOnceForABundle() {
        runner.run(context -> {
            IOStreamSslContexts contexts = context.getBean(IOStreamSslContexts.class);
            assertThat(contexts.get("iostream.server.echo"))
                    .isSameAs(contexts.get("iostream.server.echo"))
                    .isSameAs(tls(context).context());
        });
    }
}
