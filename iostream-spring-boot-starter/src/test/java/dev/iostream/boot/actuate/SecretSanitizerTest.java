package dev.iostream.boot.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.mock.env.MockEnvironment;

class SecretSanitizerTest {
    private final MockEnvironment environment = new MockEnvironment();

    private Object shown(String key, Object value) {
        return new SecretSanitizer(environment)
                .apply(new SanitizableData(null, key, value))
                .getValue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iostream.server.echo.ssl.key-store-password",
                "iostream.server.echo.ssl.keyStorePassword",
                "iostream.server.echo.ssl.key_password",
                "IOSTREAM_SERVER_ECHO_SSL_KEYSTOREPASSWORD",
                "iostream.client.orders.ssl.certificate-private-key",
                "iostream.client.orders.ssl.certificatePrivateKeyPassword",
                "spring.ssl.bundle.jks.web.keystore.password",
                "spring.ssl.bundle.jks.web.key.password",
                "SPRING_SSL_BUNDLE_PEM_WEB_KEYSTORE_PRIVATEKEY",
                "spring.ssl.bundle.pem.web.keystore.private-key-password",
                "spring.ssl.bundle.jks.iostream.server.echo.truststore.password"
            })
    void secretsAreHidden(String key) {
        assertThat(shown(key, "canary")).isEqualTo("******");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iostream.server.echo.port",
                "iostream.server.echo.ssl.key-store",
                "iostream.server.echo.ssl.key-alias",
                "iostream.server.echo.ssl.certificate",
                "spring.ssl.bundle.jks.web.keystore.location",
                "spring.datasource.password",
                "my.token"
            })
    void otherValuesAndThoseOfOthersAreLeftAlone(String key) {
        assertThat(shown(key, "value")).isEqualTo("value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sun.java.command       | app.jar --iostream.server.echo.ssl.key-store-password=canary",
                "SPRING_APPLICATION_JSON| {\"iostream\":{\"server\":{\"echo\":{\"ssl\":{\"key_store_password\":\"canary\"}}}}}",
                "JAVA_TOOL_OPTIONS      | -Dspring.ssl.bundle.jks.web.key.password=canary"
            })
    void textThatHoldsASecretIsHiddenAsAWhole(String key, String value) {
        assertThat(shown(key, value)).isEqualTo("******");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"sun.java.command | app.jar --server.port=0", "JAVA_TOOL_OPTIONS | -Xmx1g"})
    void textThatHoldsNoneIsShown(String key, String value) {
        assertThat(shown(key, value)).isEqualTo(value);
    }

    @Test
    void whatASecretIsReadFromIsHiddenToo() {
        environment
                .withProperty("iostream.server.echo.ssl.key-store-password", "${store.pin:changeit}")
                .withProperty("store.pin", "${PREFIX}-${STORE_PIN}")
                .withProperty("iostream.server.echo.ssl.key-store", "${STORE}");

        assertThat(shown("store.pin", "canary")).isEqualTo("******");
        assertThat(shown("STORE_PIN", "canary")).isEqualTo("******");
        assertThat(shown("STORE", "/etc/echo.p12")).isEqualTo("/etc/echo.p12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void aPrivateKeyIsHiddenWhereverItStands(String kind) {
        assertThat(shown("any.thing", "-----BEGIN " + kind + "-----\ncanary\n-----END " + kind + "-----"))
                .isEqualTo("******");
        assertThat(shown("any.thing", "-----BEGIN CERTIFICATE-----\nx")).isNotEqualTo("******");
    }
}
