package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** What editors know of the properties. */
class ConfigurationMetadataTest {
    @Test
    void everyPropertyIsDescribed() throws Exception {
        List<Map<String, Object>> properties = properties();

        assertThat(properties)
                .extracting(property -> property.get("name"))
                .containsExactlyInAnyOrder(
                        "iostream.enabled",
                        "iostream.loop.count",
                        "iostream.max-buffer-size",
                        "iostream.max-write-buffer-size",
                        "iostream.server");
        assertThat(properties)
                .allSatisfy(property -> assertThat(property.get("description"))
                        .as("description of %s", property.get("name"))
                        .asString()
                        .endsWith("."));
    }

    @Test
    void defaultsAreKnown() throws Exception {
        assertThat(properties())
                .filteredOn(property -> property.containsKey("defaultValue"))
                .extracting(property -> property.get("name") + "=" + property.get("defaultValue"))
                .containsExactlyInAnyOrder("iostream.enabled=true", "iostream.max-buffer-size=100MB");
    }

    private static List<Map<String, Object>> properties() throws Exception {
        try (var metadata = new ClassPathResource("META-INF/spring-configuration-metadata.json").getInputStream()) {
            return JsonPath.read(metadata, "$.properties");
        }
    }
}
