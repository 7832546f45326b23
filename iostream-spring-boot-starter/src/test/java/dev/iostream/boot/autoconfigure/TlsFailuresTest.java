package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.ssl.IOStreamSslContexts;
import dev.iostream.boot.ssl.TestKeys;
import dev.iostream.server.StreamHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What a start without usable keys says: the property and the remedy, and nothing that is secret. */
@ExtendWith(OutputCaptureExtension.class)
class TlsFailuresTest {
    private static final TestKeys KEYS = TestKeys.named("server");

    /** Each stands where a secret does, so that it can be looked for in all that is said. */
    private static final String STORE_PASSWORD = "canary-of-the-store";

    private static final String KEY_PASSWORD = "canary-of-the-key";
    private static final String TRUST_PASSWORD = "canary-of-the-trust";
    private static final String PEM_PASSWORD = "canary-of-the-pem";
    private static final String CANARY = "canary-of";

    @TempDir
    Path folder;

    private Path keyStore;

    @BeforeEach
    void makeStore() throws IOException {
        keyStore = KEYS.keyStore(folder.resolve("server.p12"), STORE_PASSWORD);
    }

    private String[] store(Path location, String password, String... more) {
        return Stream.concat(
                        Stream.of("echo.ssl.key-store=" + location, "echo.ssl.key-store-password=" + password),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void aKeyStoreThatIsNotThere(CapturedOutput output) {
        fail(output, store(folder.resolve("missing.p12"), STORE_PASSWORD));

        assertSays(
                output,
                "Server 'echo' cannot use TLS: its key store has a file that does not exist.",
                "Make the file, or correct 'iostream.server.echo.ssl.key-store', which is "
                        + folder.resolve("missing.p12") + ".");
    }

    @Test
    void aKeyStoreWithAnotherPassword(CapturedOutput output) {
        fail(output, store(keyStore, "canary-of-nothing"));

        assertSays(
                output,
                "Server 'echo' cannot use TLS: the password of its key store is wrong.",
                "Correct 'iostream.server.echo.ssl.key-store-password', or 'iostream.server.echo.ssl.key-password' if"
                        + " the key has a password of its own.");
    }

    @Test
    void aKeyWithAnotherPassword(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.key-password=" + KEY_PASSWORD));

        assertSays(
                output,
                "Server 'echo' cannot use TLS: the password of its key is wrong.",
                "Correct 'iostream.server.echo.ssl.key-store-password', or 'iostream.server.echo.ssl.key-password' if"
                        + " the key has a password of its own.");
    }

    @Test
    void aFileThatIsNoKeyStore(CapturedOutput output) throws IOException {
        Files.writeString(keyStore, "not a key store");
        fail(output, store(keyStore, STORE_PASSWORD));

        assertSays(
                output,
                "Server 'echo' cannot use TLS: its key store cannot be read: a file is damaged or of another type.",
                "Check the file at 'iostream.server.echo.ssl.key-store', and"
                        + " 'iostream.server.echo.ssl.key-store-type'.");
    }

    @Test
    void aKeyStoreWithoutKey(CapturedOutput output) throws IOException {
        KEYS.trustStore(keyStore, STORE_PASSWORD);
        fail(output, store(keyStore, STORE_PASSWORD));

        assertSays(
                output,
                "Server 'echo' cannot use TLS: there is no private key in the key store; a store of trusted"
                        + " certificates alone cannot identify this end.",
                "Check what is at 'iostream.server.echo.ssl.key-store'.");
    }

    @Test
    void aKeyStoreWithoutThatKey(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.key-alias=another"));

        assertSays(
                output,
                "Server 'echo' cannot use TLS: its key store has no key 'another'.",
                "Check what is at 'iostream.server.echo.ssl.key-store'.");
    }

    @Test
    void aBundleThatIsNotDefined(CapturedOutput output) {
        fail(output, "echo.ssl.bundle=web");

        assertSays(
                output,
                "Server 'echo' cannot use TLS: SSL bundle 'web': there is no such bundle.",
                "Define it under 'spring.ssl.bundle.jks.web' or 'spring.ssl.bundle.pem.web', or correct"
                        + " 'iostream.server.echo.ssl.bundle'. No bundle is defined.");
    }

    @Test
    void aBundleWhosePasswordIsWrong(CapturedOutput output) {
        fail(
                output,
                "echo.ssl.bundle=web",
                "--spring.ssl.bundle.jks.web.keystore.location=" + keyStore,
                "--spring.ssl.bundle.jks.web.keystore.password=canary-of-nothing");

        assertSays(
                output,
                "Server 'echo' cannot use TLS: SSL bundle 'web': the password of its key store is wrong.",
                "Correct what is under 'spring.ssl.bundle.jks.web' or 'spring.ssl.bundle.pem.web'.");
    }

    @Test
    void aTrustStoreThatIsNotThere(CapturedOutput output) {
        fail(
                output,
                store(
                        keyStore,
                        STORE_PASSWORD,
                        "echo.ssl.trust-store=" + folder.resolve("missing.p12"),
                        "echo.ssl.trust-store-password=" + TRUST_PASSWORD,
                        "echo.ssl.client-auth=need"));

        assertSays(
                output,
                "Server 'echo' cannot use TLS: its trust store has a file that does not exist.",
                "Make the file, or correct 'iostream.server.echo.ssl.trust-store', which is "
                        + folder.resolve("missing.p12") + ".");
    }

    @Test
    void certificatesOfClientsThatNobodySaysWhomToTrust(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.client-auth=need"));

        assertSays(
                output,
                "Server 'echo' asks its clients for certificates ('iostream.server.echo.ssl.client-auth' is need), and"
                        + " nothing says whose are trusted. Without that, everybody with a certificate of a public"
                        + " authority would be let in.",
                "Set 'iostream.server.echo.ssl.trust-store' or 'iostream.server.echo.ssl.trust-certificate' to those"
                        + " who sign the certificates of clients, or 'iostream.server.echo.ssl.client-auth' to none.");
    }

    @Test
    void aPemKeyThatIsNone(CapturedOutput output) throws IOException {
        Path certificate = KEYS.certificatePem(folder.resolve("server.crt"));
        Path key = Files.writeString(folder.resolve("server.key"), "canary-of-a-key");
        fail(
                output,
                "echo.ssl.certificate=" + certificate,
                "echo.ssl.certificate-private-key=" + key,
                "echo.ssl.certificate-private-key-password=" + PEM_PASSWORD);

        assertSays(
                output,
                "Server 'echo' cannot use TLS: its key store cannot be read: a file is damaged or of another type.",
                "Check the file at 'iostream.server.echo.ssl.certificate' and"
                        + " 'iostream.server.echo.ssl.certificate-private-key'.");
    }

    @Test
    void cipherSuitesThatDoNotGoWithTheKey(CapturedOutput output) {
        fail(
                output,
                store(
                        keyStore,
                        STORE_PASSWORD,
                        "echo.ssl.enabled-protocols=TLSv1.2",
                        "echo.ssl.ciphers=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));

        assertThat(output)
                .contains("Server 'echo' cannot use TLS: no handshake comes about with its key, [TLSv1.2] and"
                        + " [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]: ")
                .contains("Check 'iostream.server.echo.ssl.enabled-protocols' and 'iostream.server.echo.ssl.ciphers':"
                        + " they have to go with the key of the certificate.");
    }

    // ---- what does not go together

    @Test
    void aBundleBesideAStore(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.bundle=web"));

        assertReason(
                output, "'iostream.server.echo.ssl.bundle' must not be set beside 'key-store'; the bundle has its own");
    }

    @Test
    void aStoreBesidePem(CapturedOutput output) {
        fail(
                output,
                store(
                        keyStore,
                        STORE_PASSWORD,
                        "echo.ssl.certificate=canary-of-a-certificate",
                        "echo.ssl.certificate-private-key=-----BEGIN PRIVATE KEY-----canary-of-a-key"));

        assertReason(
                output,
                "'iostream.server.echo.ssl.key-store' must not be set beside 'certificate'; use stores for both, or PEM"
                        + " for both");
    }

    @Test
    void aCertificateWithoutKey(CapturedOutput output) {
        fail(output, "echo.ssl.certificate=canary-of-a-certificate");

        assertReason(output, "'iostream.server.echo.ssl.certificate-private-key' must be set beside 'certificate'");
    }

    @Test
    void aKeyWithoutCertificate(CapturedOutput output) {
        fail(output, "echo.ssl.certificate-private-key=canary-of-a-key");

        assertReason(output, "'iostream.server.echo.ssl.certificate' must be set beside 'certificate-private-key'");
    }

    @Test
    void aPasswordWithoutStore(CapturedOutput output) {
        fail(output, "echo.ssl.key-store-password=" + STORE_PASSWORD, "echo.ssl.trust-store-password=canary-of-x");

        assertReason(output, "'iostream.server.echo.ssl.key-store' must be set beside 'key-store-password'");
        assertReason(output, "'iostream.server.echo.ssl.trust-store' must be set beside 'trust-store-password'");
    }

    @Test
    void tlsWithoutAnyKey(CapturedOutput output) {
        fail(output, "echo.ssl.enabled=true");

        assertReason(
                output,
                "'iostream.server.echo.ssl.bundle' must be set, or 'key-store', or 'certificate' and"
                        + " 'certificate-private-key': a server cannot use TLS without a certificate");
    }

    @Test
    void aWatchOfABundle(CapturedOutput output) {
        fail(output, "echo.ssl.bundle=web", "echo.ssl.reload-on-update=true");

        assertReason(
                output,
                "'iostream.server.echo.ssl.reload-on-update' is not for a bundle; set that of the bundle itself, under"
                        + " spring.ssl.bundle");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key-alias=pos",
                "key-password=canary-of-the-key",
                "key-store-type=PKCS12",
                "key-store-provider=SUN",
                "trust-store-type=PKCS12",
                "trust-store-provider=SUN",
                "certificate-private-key-password=canary-of-the-pem"
            })
    void aDetailOfAStoreBesideABundle(String property, CapturedOutput output) {
        fail(output, "echo.ssl.bundle=web", "echo.ssl." + property);

        assertReason(
                output,
                "'iostream.server.echo.ssl." + property.substring(0, property.indexOf('='))
                        + "' is not for a bundle; set that of the bundle itself, under spring.ssl.bundle");
    }

    @Test
    void aPasswordOfAKeyInAStoreBesidePem(CapturedOutput output) {
        fail(
                output,
                "echo.ssl.certificate=canary-of-a-certificate",
                "echo.ssl.certificate-private-key=canary-of-a-key",
                "echo.ssl.key-password=" + KEY_PASSWORD);

        assertReason(output, "'iostream.server.echo.ssl.key-store' must be set beside 'key-password'");
    }

    @Test
    void trustInClientsThatAreNotAsked(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.trust-store=" + keyStore));

        assertReason(
                output,
                "'iostream.server.echo.ssl.trust-store' says whose certificates clients may show, and nobody is asked"
                        + " for one; set 'client-auth' to need");
    }

    @Test
    void identitiesOfClientsThatAreNotAsked(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.identities=CN=a"));

        assertReason(
                output,
                "'iostream.server.echo.ssl.identities' are those of clients' certificates; set 'client-auth' to need");
    }

    @Test
    void identitiesThatSayNothing(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.client-auth=need", "echo.ssl.identities=somebody"));

        assertThat(output).contains("Reason: 'iostream.server.echo.ssl.identities' cannot be [somebody]: ");
    }

    @Test
    void protocolsThatAreNotSpokenAnyMore(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.enabled-protocols=TLSv1.1"));

        assertReason(
                output, "'iostream.server.echo.ssl.enabled-protocols' must be TLSv1.3, TLSv1.2 or both, was [TLSv1.1]");
    }

    @Test
    void aHandshakeWithoutTime(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.handshake-timeout=0"));

        assertReason(output, "'iostream.server.echo.ssl.handshake-timeout' must be more than 0");
    }

    @Test
    void aNameWithoutBundle(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.server-name-bundles[0].server-name=a.example"));

        assertReason(
                output, "'iostream.server.echo.ssl.server-name-bundles' must have a 'server-name' and a 'bundle' each");
    }

    @Test
    void bundlesForNamesThatAreNoList(CapturedOutput output) {
        fail(output, store(keyStore, STORE_PASSWORD, "echo.ssl.server-name-bundles.shop.bundle=web"));

        assertSays(
                output,
                "Server 'echo' would not use 'iostream.server.echo.ssl.server-name-bundles.shop.bundle', since"
                        + " 'iostream.server.echo.ssl.server-name-bundles' is a list.",
                "Set 'iostream.server.echo.ssl.server-name-bundles[0].server-name' and"
                        + " 'iostream.server.echo.ssl.server-name-bundles[0].bundle' instead, and so on with 1 for the"
                        + " next.");
    }

    @Test
    void aBundleForANameThatIsNotThere(CapturedOutput output) {
        fail(
                output,
                store(
                        keyStore,
                        STORE_PASSWORD,
                        "echo.ssl.server-name-bundles[0].server-name=a.example",
                        "echo.ssl.server-name-bundles[0].bundle=missing"));

        assertThat(output).contains("or correct 'iostream.server.echo.ssl.server-name-bundles'.");
    }

    // ---- what says how to encrypt where nothing turns it on

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    echo.ssl.client-auth=need                     | client-auth
                    echo.ssl.client-auth=none                     | client-auth
                    echo.ssl.enabled-protocols=TLSv1.3            | enabled-protocols
                    echo.ssl.application-protocols=mqtt           | application-protocols
                    echo.ssl.ciphers=TLS_AES_256_GCM_SHA384       | ciphers
                    echo.ssl.key-alias=pos                        | key-alias
                    echo.ssl.key-password=canary-of-the-key       | key-password
                    echo.ssl.key-store-type=PKCS12                | key-store-type
                    echo.ssl.handshake-timeout=10                 | handshake-timeout
                    echo.ssl.reload-on-update=false               | reload-on-update
                    echo.ssl.server-name-bundles.a.example=x      | server-name-bundles.a.example
                    """)
    void aServerWithKeysOfTlsAndNoCertificateDoesNotServeInPlainText(
            String property, String key, CapturedOutput output) {
        fail(output, property);

        assertServerIsPlain(output, "'iostream.server.echo.ssl." + key + "' is set");
    }

    @Test
    void allKeysOfTlsThatMeanNothingAreNamed(CapturedOutput output) {
        fail(output, "echo.ssl.client-auth=need", "echo.ssl.identities=CN=till-*");

        assertServerIsPlain(
                output, "'iostream.server.echo.ssl.client-auth', 'iostream.server.echo.ssl.identities' are set");
    }

    @Test
    void aKeyOfTlsFromAnEnvironmentVariableOfAServerWithADashIsSeen() {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        "systemEnvironment",
                        new SystemEnvironmentPropertySource(
                                "systemEnvironment", Map.of("IOSTREAM_SERVER_MY_POS_SSL_CLIENT_AUTH", "need")));

        assertThatThrownBy(() -> new TlsFactory(new IOStreamSslContexts(null), environment, event -> {})
                        .ofServer("my-pos", new ServerSslProperties()))
                .isInstanceOf(FailureAnalyzedException.class)
                .hasMessageContaining("although 'iostream.server.my-pos.ssl' is set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server-name=db.internal",
                "verify=true",
                "verify=false",
                "verify-hostname=false",
                "insecure=true",
                "identities=CN=db",
                "key-alias=pos",
                "handshake-timeout=10"
            })
    void aClientWithKeysOfTlsDoesNotSendInPlainText(String property, CapturedOutput output) {
        fail(
                output,
                "--spring.profiles.active=prod",
                "--iostream.client.up.host=127.0.0.1",
                "--iostream.client.up.port=9",
                "--iostream.client.up.ssl." + property);

        assertSays(
                output,
                "Client 'up' does not use TLS, although 'iostream.client.up.ssl."
                        + property.substring(0, property.indexOf('='))
                        + "' is set: nothing turns it on, so that everything would be sent in plain text.",
                "Set 'iostream.client.up.ssl.enabled' to true; or to false, if plain text is meant.");
    }

    @Test
    void keysOfTlsAreAllowedWherePlainTextIsMeant() {
        var application = application()
                .properties(
                        "iostream.server.echo.ssl.enabled=false",
                        "iostream.server.echo.ssl.trust-store=x",
                        "iostream.server.echo.ssl.key-alias=x",
                        "iostream.server.echo.ssl.server-name-bundles.a.example=x",
                        "iostream.server.off.enabled=false",
                        "iostream.server.off.ssl.client-auth=need",
                        "iostream.client.up.host=127.0.0.1",
                        "iostream.client.up.port=9",
                        "iostream.client.up.ssl.enabled=false",
                        "iostream.client.up.ssl.verify=false");
        try (var context = application.run()) {
            assertThat(context.getBean(IOStreamServers.class).get("echo").tlsOptions())
                    .isNull();
        }
    }

    private static void assertServerIsPlain(CapturedOutput output, String keys) {
        assertSays(
                output,
                "Server 'echo' does not use TLS, although " + keys
                        + ": nothing turns it on, so that everybody would be served in plain text.",
                "Set 'iostream.server.echo.ssl.bundle', or 'iostream.server.echo.ssl.key-store', or"
                        + " 'iostream.server.echo.ssl.certificate' and"
                        + " 'iostream.server.echo.ssl.certificate-private-key'; or"
                        + " 'iostream.server.echo.ssl.enabled' to false, if plain text is meant.");
    }

    /** Each setting of another type than it should be, beside all secrets. */
    @Test
    void noSecretIsShownWhenAnotherPropertyIsWrong(CapturedOutput output) {
        for (String wrong : new String[] {
            "echo.ssl.enabled=canaries", "echo.ssl.client-auth=always", "echo.ssl.handshake-timeout=soon",
            "echo.ssl.reload-on-update=often", "echo.port=many", "echo.ssl.server-name-bundles=x"
        }) {
            fail(
                    output,
                    store(
                            keyStore,
                            STORE_PASSWORD,
                            "echo.ssl.key-password=" + KEY_PASSWORD,
                            "echo.ssl.trust-store=" + keyStore,
                            "echo.ssl.trust-store-password=" + TRUST_PASSWORD,
                            "echo.ssl.certificate-private-key-password=" + PEM_PASSWORD,
                            wrong));
        }
    }

    private static void assertSays(CapturedOutput output, String description, String action) {
        assertThat(unwrapped(output))
                .contains("Description:\n\n" + description + "\n")
                .contains("Action:\n\n" + action + "\n");
    }

    private static void assertReason(CapturedOutput output, String reason) {
        assertThat(output).contains("Reason: " + reason + System.lineSeparator());
    }

    private static String unwrapped(CapturedOutput output) {
        return output.toString().replace("\r\n", "\n");
    }

    /** Starts the application, which must fail without showing a secret. */
    private static void fail(CapturedOutput output, String... properties) {
        String[] arguments = Stream.of(properties)
                .map(property -> property.startsWith("--") ? property : "--iostream.server." + property)
                .toArray(String[]::new);
        Throwable failure = org.assertj.core.api.Assertions.catchThrowable(
                () -> application().run(arguments).close());
        assertThat(failure).isNotNull();
        assertThat(output).contains("APPLICATION FAILED TO START").doesNotContain(CANARY);
    }

    private static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .properties("iostream.server.echo.port=0", "iostream.server.echo.address=127.0.0.1");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SslAutoConfiguration.class,
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
