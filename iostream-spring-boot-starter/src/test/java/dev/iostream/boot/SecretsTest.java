package dev.iostream.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.iostream.boot.ssl.TestKeys;
import dev.iostream.boot.ssl.TlsClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** No endpoint shows a secret, and neither does the log, whatever it is told to show. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTest {
    private static final String STORE = "canary-store-83c1";
    private static final String KEY = "canary-key-19fa";
    private static final String TRUST = "canary-trust-7720";
    private static final String CLIENT_TRUST = "canary-client-trust-d9b4";
    private static final String BUNDLE_STORE = "canary-bundle-store-5e6f";
    private static final String BUNDLE_KEY = "canary-bundle-key-a7c2";

    @TempDir
    Path folder;

    private final TestKeys keys = TestKeys.named("echo");
    private final TestKeys pemKeys = TestKeys.named("pem");

    /** Every secret by what it is, eight of them. */
    private Map<String, String> canaries() throws IOException {
        Map<String, String> canaries = new LinkedHashMap<>();
        canaries.put("password of an inline key store", STORE);
        canaries.put("password of an inline key", KEY);
        canaries.put("password of an inline trust store", TRUST);
        canaries.put("password of a client's trust store", CLIENT_TRUST);
        canaries.put("password of a bundle's key store", BUNDLE_STORE);
        canaries.put("password of a bundle's key", BUNDLE_KEY);
        canaries.put("inline PEM key", secretPart(keys));
        canaries.put("PEM key of a bundle", secretPart(pemKeys));
        return canaries;
    }

    /** A part of a key in PEM that no other key has. */
    private String secretPart(TestKeys of) throws IOException {
        return Files.readAllLines(of.keyPem(folder.resolve("part.pem"))).get(1);
    }

    private String[] properties(String... others) throws IOException {
        Path store = keys.keyStore(folder.resolve("server.p12"), STORE);
        Path trust = keys.trustStore(folder.resolve("trust.p12"), TRUST);
        Path clientTrust = keys.trustStore(folder.resolve("client-trust.p12"), CLIENT_TRUST);
        Path bundleStore = keys.keyStore(folder.resolve("bundle.p12"), BUNDLE_STORE);
        List<String> all = new ArrayList<>(List.of(
                "iostream.server.echo.ssl.key-store=" + store,
                "iostream.server.echo.ssl.key-store-password=" + STORE,
                "iostream.server.echo.ssl.trust-store=" + trust,
                "iostream.server.echo.ssl.trust-store-password=" + TRUST,
                "iostream.server.echo.ssl.client-auth=want",
                "iostream.server.pem.port=0",
                "iostream.server.pem.address=127.0.0.1",
                "iostream.server.pem.ssl.certificate=" + pem(keys.certificatePem(folder.resolve("inline.pem"))),
                "iostream.server.pem.ssl.certificate-private-key=" + pem(keys.keyPem(folder.resolve("inline.key"))),
                "iostream.client.orders.targets=localhost:1",
                "iostream.client.orders.ssl.trust-store=" + clientTrust,
                "iostream.client.orders.ssl.trust-store-password=" + CLIENT_TRUST,
                "spring.ssl.bundle.jks.web.keystore.location=" + bundleStore,
                "BUNDLE_PIN=" + BUNDLE_STORE,
                "spring.ssl.bundle.jks.web.keystore.password=${BUNDLE_PIN}",
                "spring.ssl.bundle.jks.unused.key.password=" + BUNDLE_KEY,
                "spring.ssl.bundle.pem.other.keystore.certificate="
                        + pem(pemKeys.certificatePem(folder.resolve("other.pem"))),
                "spring.ssl.bundle.pem.other.keystore.private-key=" + pem(pemKeys.keyPem(folder.resolve("other.key"))),
                "iostream.server.unused.enabled=false",
                "iostream.server.unused.port=0",
                "iostream.server.unused.ssl.key-password=" + KEY,
                "iostream.server.echo.access-log=true",
                "logging.level.root=DEBUG",
                "management.endpoints.web.exposure.include=*",
                "management.endpoints.access.default=unrestricted",
                "management.endpoint.heapdump.access=none",
                "management.endpoint.shutdown.access=none",
                "management.endpoint.env.show-values=always",
                "management.endpoint.configprops.show-values=always",
                "management.endpoint.quartz.show-values=always",
                "management.endpoint.iostream.show-values=always",
                "management.endpoint.health.show-details=always",
                "management.info.env.enabled=true",
                "management.info.java.enabled=true",
                "management.info.ssl.enabled=true",
                "management.info.iostream.enabled=true"));
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }

    private static String pem(Path file) throws IOException {
        return Files.readString(file);
    }

    /** What each endpoint answers, by its path: all that the actuator links to, and what lies below them. */
    private static Map<String, String> answers(WebApplication application) throws Exception {
        Map<String, Map<String, Object>> links =
                JsonPath.read(application.get("/actuator").body(), "$._links");
        List<String> paths = new ArrayList<>();
        for (Map<String, Object> link : links.values()) {
            if (Boolean.FALSE.equals(link.get("templated"))) {
                paths.add(String.valueOf(link.get("href")).replaceFirst("https?://[^/]+", ""));
            }
        }
        for (String property : List.of(
                "iostream.server.echo.ssl.key-store-password",
                "iostream.server.pem.ssl.certificate-private-key",
                "spring.ssl.bundle.jks.web.keystore.password",
                "spring.ssl.bundle.pem.other.keystore.private-key")) {
            paths.add("/actuator/env/" + property);
        }
        paths.addAll(List.of(
                "/actuator/configprops/iostream",
                "/actuator/configprops/spring.ssl",
                "/actuator/health/iostream/server/echo",
                "/actuator/health/ssl",
                "/actuator/metrics/iostream.tls.handshake",
                "/actuator/iostream/server/echo",
                "/actuator/iostream/server/pem",
                "/actuator/iostream/client/orders",
                "/actuator/loggers/dev.iostream.access"));
        Map<String, String> answers = new TreeMap<>();
        for (String path : paths) {
            HttpResponse<String> response = application.get(path);
            assertThat(response.statusCode()).as(path).isIn(200, 503);
            answers.put(path, response.body());
        }
        return answers;
    }

    @Test
    void noEndpointAndNoLineOfTheLogShowsOne(CapturedOutput output) throws Exception {
        Map<String, String> answers;
        try (var application = new WebApplication(properties());
                var client = TlsClient.connect(application.servers().port("echo"), keys)) {
            assertThat(client.ask("hello")).isEqualTo("hello");
            application
                    .context()
                    .getBean(IOStreamClients.class)
                    .get("orders")
                    .connect()
                    .handle((stream, failure) -> failure)
                    .get();
            answers = answers(application);
        }

        assertThat(answers)
                .containsKeys(
                        "/actuator/beans",
                        "/actuator/conditions",
                        "/actuator/configprops",
                        "/actuator/env",
                        "/actuator/health",
                        "/actuator/info",
                        "/actuator/iostream",
                        "/actuator/loggers",
                        "/actuator/mappings",
                        "/actuator/metrics",
                        "/actuator/prometheus",
                        "/actuator/threaddump");
        assertThat(answers.get("/actuator/env")).contains("key-store-password").contains("******");
        assertThat(answers.get("/actuator/configprops"))
                .contains("keyStorePassword")
                .contains("******");
        canaries().forEach((what, canary) -> {
            assertThat(canary).hasSizeGreaterThan(10);
            answers.forEach((path, answer) ->
                    assertThat(answer.contains(canary)).as(what + " in " + path).isFalse());
            assertThat(output.toString().contains(canary))
                    .as(what + " in the log")
                    .isFalse();
        });
        assertThat(output).contains("DEBUG").contains("server=echo connection=");
    }

    @Test
    void withoutTheSanitizerEndpointsWouldShowThem() throws Exception {
        try (var application = new WebApplication(properties("spring.autoconfigure.exclude="
                + "dev.iostream.boot.autoconfigure.endpoint.IOStreamActuatorAutoConfiguration"))) {
            Map<String, String> answers = answers(application);
            canaries()
                    .forEach((what, canary) ->
                            assertThat(answers.get("/actuator/env")).as(what).contains(canary));
        }
    }
}
