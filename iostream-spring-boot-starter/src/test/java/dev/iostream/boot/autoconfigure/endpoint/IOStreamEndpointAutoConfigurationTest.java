package dev.iostream.boot.autoconfigure.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import dev.iostream.boot.WebApplication;
import dev.iostream.boot.actuate.IOStreamEndpoint;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** The endpoint over HTTP, as applications allow it. */
class IOStreamEndpointAutoConfigurationTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PATH = "/actuator/iostream";
    private static final String ECHO = PATH + "/server/echo";

    private static final String DRAIN_UNTIL_YESTERDAY = "{\"state\": \"draining\", \"limit\": \"-3s\"}";

    @Test
    void byItselfItIsNotThere() throws Exception {
        try (var application = new WebApplication()) {
            assertThat(application.context().getBeanNamesForType(IOStreamEndpoint.class))
                    .isEmpty();
            assertThat(application.get(PATH).statusCode()).isEqualTo(404);
            assertThat(application.get("/actuator").body()).contains("health").doesNotContain("iostream");
        }
    }

    @Test
    void whereItIsExposedItCanOnlyBeRead() throws Exception {
        try (var application = new WebApplication("management.endpoints.web.exposure.include=iostream");
                var client = application.connect()) {
            client.send("hello\n");
            client.receive();

            HttpResponse<String> summary = application.get(PATH);
            assertThat(summary.statusCode()).isEqualTo(200);
            assertThat((String) JsonPath.read(summary.body(), "$.servers.echo.state"))
                    .isEqualTo("ACCEPTING");
            assertThat((int) JsonPath.read(summary.body(), "$.loops.length()")).isEqualTo(1);

            HttpResponse<String> echo = application.get(ECHO);
            assertThat(echo.statusCode()).isEqualTo(200);
            List<Map<String, Object>> connections = JsonPath.read(echo.body(), "$.connections");
            assertThat(connections)
                    .singleElement()
                    .satisfies(connection -> assertThat(connection)
                            .containsEntry("diagnosis", "IDLE")
                            .containsEntry("bytesReceived", 6)
                            .containsEntry("remote", "******"));
            assertThat(echo.body()).as("nothing of the peer").doesNotContain("127.0.0.1:" + client.localPort());

            int id = (int) connections.get(0).get("id");
            assertThat(application.post(ECHO, "{\"state\": \"paused\"}").statusCode())
                    .isIn(404, 405);
            assertThat(application.delete(ECHO + "/" + id).statusCode()).isIn(404, 405);
            client.send("still there\n");
            assertThat(client.receive()).isEqualTo("still there\n");
        }
    }

    @Test
    void whoMayDoAnythingPausesDrainsAndCloses() throws Exception {
        try (var application = new WebApplication(
                        "management.endpoints.web.exposure.include=iostream",
                        "management.endpoint.iostream.access=unrestricted",
                        "management.endpoint.iostream.show-values=always");
                var client = application.connect()) {
            client.send("hello\n");
            client.receive();

            HttpResponse<String> echo = application.get(ECHO + "?limit=10");
            List<String> peers = JsonPath.read(echo.body(), "$.connections[*].remote");
            assertThat(peers).containsExactly("127.0.0.1:" + client.localPort());

            assertThat(application.post(ECHO, "{\"state\": \"paused\"}").body()).contains("\"state\":\"PAUSED\"");
            assertThat(application.post(ECHO, "{\"state\": \"accepting\"}").body())
                    .contains("\"state\":\"ACCEPTING\"");

            int id = JsonPath.read(echo.body(), "$.connections[0].id");
            assertThat(application.delete(ECHO + "/" + id).statusCode()).isEqualTo(204);
            assertThat(client.receive()).isEmpty();
            assertThat(application.delete(ECHO + "/" + id).statusCode()).isEqualTo(404);

            assertThat(application
                            .post(ECHO, "{\"state\": \"draining\", \"limit\": \"5s\"}")
                            .statusCode())
                    .isEqualTo(200);
            await().atMost(LIMIT).until(() -> application.get(ECHO).body().contains("\"state\":\"STOPPED\""));
            assertThat(application.post(ECHO, "{\"state\": \"accepting\"}").body())
                    .contains("\"state\":\"ACCEPTING\"");
            try (var next = application.connect()) {
                next.send("again\n");
                assertThat(next.receive()).isEqualTo("again\n");
            }
        }
    }

    @Test
    void mistakesHaveTheirStatus() throws Exception {
        try (var application = new WebApplication(
                "management.endpoints.web.exposure.include=iostream",
                "management.endpoint.iostream.access=unrestricted")) {
            assertThat(application.get(PATH + "/server/ecco").statusCode()).isEqualTo(404);
            assertThat(application.get(PATH + "/servers/echo").statusCode()).isEqualTo(400);
            assertThat(application.get(ECHO + "?limit=-1").statusCode()).isEqualTo(400);
            assertThat(application.get(ECHO + "?limit=many").statusCode()).isEqualTo(400);
            assertThat(application.post(ECHO, "{\"state\": \"sleeping\"}").statusCode())
                    .isEqualTo(400);
            assertThat(application
                            .post(PATH + "/client/echo", "{\"state\": \"paused\"}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(application
                            .post(PATH + "/server/ecco", "{\"state\": \"paused\"}")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(application.delete(ECHO + "/1000000").statusCode()).isEqualTo(404);
            HttpResponse<String> negative = application.post(ECHO, DRAIN_UNTIL_YESTERDAY);
            assertThat(negative.statusCode()).isEqualTo(400);
            assertThat(negative.body()).as("by default").doesNotContain("limit");
        }
    }

    @Test
    void mistakesHaveTheirReasonWhereBootIsToldToShowIt() throws Exception {
        try (var application = new WebApplication(
                "spring.web.error.include-message=always",
                "management.endpoints.web.exposure.include=iostream",
                "management.endpoint.iostream.access=unrestricted")) {
            HttpResponse<String> negative = application.post(ECHO, DRAIN_UNTIL_YESTERDAY);

            assertThat(negative.statusCode()).isEqualTo(400);
            String message = JsonPath.read(negative.body(), "$.message");
            assertThat(message).contains("'limit' must not be negative, was -3s");
        }
    }

    @Test
    void overJmxItGivesTheSameAsMaps() throws Exception {
        try (var application = new WebApplication(
                        "spring.jmx.enabled=true",
                        "management.endpoints.jmx.domain=iostream-test",
                        "management.endpoints.jmx.exposure.include=iostream");
                var client = application.connect()) {
            client.send("hello\n");
            client.receive();
            var name = new ObjectName("iostream-test:type=Endpoint,name=Iostream");
            MBeanServer beans = application.context().getBean(MBeanServer.class);

            assertThat(beans.invoke(name, "summary", new Object[0], null))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsKeys("loops", "memory", "servers", "clients");
            assertThat(beans.invoke(name, "endpoint", new Object[] {"server", "echo", 5}, null))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("name", "echo")
                    .extractingByKey("connections", InstanceOfAssertFactories.LIST)
                    .hasSize(1);
            assertThat(beans.getMBeanInfo(name).getOperations())
                    .extracting(MBeanOperationInfo::getName)
                    .containsExactlyInAnyOrder("summary", "endpoint");
        }
    }

    @Test
    void theAccessIsCappedByThatOfAllEndpoints() throws Exception {
        try (var application = new WebApplication(
                "management.endpoints.web.exposure.include=iostream",
                "management.endpoint.iostream.access=unrestricted",
                "management.endpoints.access.max-permitted=read-only")) {
            assertThat(application.get(PATH).statusCode()).isEqualTo(200);
            assertThat(application.post(ECHO, "{\"state\": \"paused\"}").statusCode())
                    .isIn(404, 405);
        }
    }
}
