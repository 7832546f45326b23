package dev.iostream.boot;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** The reference of the properties says what the code does: it is made of the metadata that editors read. */
class PropertiesPageTest {
    private static final String GLOBAL = "META-INF/spring-configuration-metadata.json";
    private static final String OF_TYPE =
            "META-INF/spring/configuration-metadata/dev.iostream.boot.autoconfigure.%s.json";

    @Test
    void thePageListsEveryPropertyAsTheCodeHasIt() throws IOException {
        ReferencePage.assertHas("properties.md", page());
    }

    private static String page() throws IOException {
        List<Map<String, Object>> server = properties(OF_TYPE.formatted("ServerProperties"));
        List<Map<String, Object>> client = properties(OF_TYPE.formatted("ClientProperties"));
        Predicate<Map<String, Object>> ssl = property -> name(property).startsWith("ssl.");
        // not those that mean something else, as the port does
        Predicate<Map<String, Object>> both = property -> in(server, property) && in(client, property);

        var page = new StringBuilder("""
                # Properties

                Made from the metadata that editors complete properties with; a test keeps it so.

                `max-buffer-size` may be written `max_buffer_size`, and so may all names. A bare number is bytes for a size and seconds for a
                time (milliseconds for `management.endpoint.iostream.cache.time-to-live`, which is Boot's). A time of 0 is no limit where that is said, and refused or no time at all elsewhere. Names of servers and clients are best short, lower case and of letters and digits: then each
                property can be set by an environment variable, such as `IOSTREAM_SERVER_ECHO_PORT`.

                ## All servers and clients

                """);
        table(
                page,
                properties(GLOBAL),
                property -> !List.of("iostream.server", "iostream.client").contains(name(property)));
        page.append("\n## A server\n\nUnder `iostream.server.<name>`.\n\n");
        table(page, server, both.or(ssl).negate());
        page.append("\n## A client\n\nUnder `iostream.client.<name>`.\n\n");
        table(page, client, both.or(ssl).negate());
        page.append("\n## The streams of a server or client\n\nUnder either name.\n\n");
        table(page, server, both.and(ssl.negate()));
        page.append(
                "\n## TLS of a server or client\n\nUnder either name. Keys are named as those of `server.ssl`.\n\n");
        table(page, server, both.and(ssl));
        page.append("\n## TLS of a server alone\n\n");
        table(page, server, ssl.and(both.negate()));
        page.append("\n## TLS of a client alone\n\n");
        table(page, client, ssl.and(both.negate()));
        return page.toString();
    }

    private static boolean in(List<Map<String, Object>> properties, Map<String, Object> wanted) {
        return properties.stream()
                .anyMatch(property -> name(property).equals(name(wanted))
                        && property.get("description").equals(wanted.get("description")));
    }

    private static void table(
            StringBuilder page, List<Map<String, Object>> properties, Predicate<Map<String, Object>> wanted) {
        page.append("| Property | Default | |\n|---|---|---|\n");
        properties.stream()
                .filter(wanted)
                .forEach(property -> page.append("| `")
                        .append(name(property))
                        .append("` | ")
                        .append(defaultOf(property))
                        .append(" | ")
                        .append(String.valueOf(property.get("description")).replace("|", "\\|"))
                        .append(" |\n"));
    }

    private static String defaultOf(Map<String, Object> property) {
        Object value = property.get("defaultValue");
        return value == null || value.equals(List.of()) ? "" : "`" + value + "`";
    }

    private static String name(Map<String, Object> property) {
        return String.valueOf(property.get("name"));
    }

    private static List<Map<String, Object>> properties(String resource) throws IOException {
        try (var metadata = new ClassPathResource(resource).getInputStream()) {
            return JsonPath.read(metadata, "$.properties");
        }
    }
}
