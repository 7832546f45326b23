package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;

/** What editors know of the properties. */
class ConfigurationMetadataTest {
    private static final String GLOBAL = "META-INF/spring-configuration-metadata.json";
    private static final String OF_TYPE =
            "META-INF/spring/configuration-metadata/dev.iostream.boot.autoconfigure.%s.json";

    @Test
    void everyGlobalPropertyIsDescribed() throws IOException {
        assertDescribed(properties(GLOBAL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ServerProperties", "ClientProperties"})
    void everyPropertyOfServersAndClientsIsDescribed(String type) throws IOException {
        List<Map<String, Object>> properties = properties(OF_TYPE.formatted(type));

        assertThat(properties)
                .extracting(property -> property.get("name"))
                .contains("enabled", "port", "max-buffer-size", "tcp.no-delay");
        assertDescribed(properties);
    }

    @Test
    void defaultsAreKnown() throws IOException {
        assertThat(properties(GLOBAL))
                .extracting(property -> property.get("name") + "=" + property.get("defaultValue"))
                .contains("iostream.enabled=true", "iostream.max-buffer-size=100MB", "iostream.dns-timeout=30s");
        assertThat(properties(OF_TYPE.formatted("ServerProperties")))
                .extracting(property -> property.get("name") + "=" + property.get("defaultValue"))
                .contains("read-timeout=30s", "idle-timeout=null", "backlog=1024", "high-water-mark=256KB");
    }

    private static void assertDescribed(List<Map<String, Object>> properties) {
        assertThat(properties)
                .isNotEmpty()
                .allSatisfy(property -> assertThat(property.get("description"))
                        .as("description of %s", property.get("name"))
                        .asString()
                        .endsWith("."));
    }

    private static List<Map<String, Object>> properties(String resource) throws IOException {
        try (var metadata = new ClassPathResource(resource).getInputStream()) {
            return JsonPath.read(metadata, "$.properties");
        }
    }
}
