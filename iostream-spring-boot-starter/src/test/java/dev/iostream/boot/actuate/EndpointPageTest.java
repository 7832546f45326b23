package dev.iostream.boot.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.ReferencePage;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** The reference of the endpoint is made from its operations and from what they answer. */
class EndpointPageTest {
    private static final Map<String, String> OPERATIONS = Map.of(
            "summary", "All loops, servers and clients",
            "endpoint",
                    "One server or client, under `server` or `client`, with its connections: those that hold most first",
            "state", "Takes a server out of traffic, or back; tells what it does now",
            "close", "Closes one connection, after what was written has been sent");

    private static final Map<Diagnosis, String> DIAGNOSES = Map.of(
            Diagnosis.LOOP_BUSY, "Its loop is kept by a callback, so that everything on it waits",
            Diagnosis.PEER_SLOW, "The peer takes nothing of what is queued for it",
            Diagnosis.MESSAGE_INCOMPLETE, "The peer has sent a part of a message, and not the rest",
            Diagnosis.APPLICATION_SLOW, "Bytes have come that the application does not read",
            Diagnosis.OPENING, "It is being made or secured",
            Diagnosis.ACTIVE, "Bytes come or go",
            Diagnosis.IDLE, "Nothing comes, and nothing waits");

    private static final Map<TrafficState, String> STATES = Map.of(
            TrafficState.ACCEPTING, "It accepts connections",
            TrafficState.PAUSED, "It accepts none; those that are open go on",
            TrafficState.DRAINING,
                    "It accepts none and lets those that are open end, within `limit`, 30 s by default; with 0 it closes them"
                            + " at once");

    private static final List<Class<? extends Record>> ANSWERS = List.of(
            IOStreamDescriptor.class,
            IOStreamDescriptor.Loop.class,
            IOStreamDescriptor.Memory.class,
            IOStreamDescriptor.Server.class,
            IOStreamDescriptor.Client.class,
            EndpointDescriptor.class,
            StreamsDescriptor.class,
            StreamsDescriptor.Limits.class,
            StreamsDescriptor.Tls.class,
            StreamsDescriptor.Counts.class,
            ConnectionDescriptor.class,
            ClosingDescriptor.class);

    @Test
    void thePageListsEveryOperationAndWhatItAnswersAsTheCodeHasIt() throws IOException {
        assertThat(operations().map(Method::getName)).containsExactlyInAnyOrderElementsOf(OPERATIONS.keySet());
        assertThat(DIAGNOSES).containsOnlyKeys(Diagnosis.values());
        assertThat(STATES).containsOnlyKeys(TrafficState.values());
        assertThat(ANSWERS.stream()
                        .flatMap(answer -> Arrays.stream(answer.getRecordComponents()))
                        .flatMap(part -> named(part.getGenericType()))
                        .filter(Class::isRecord)
                        .distinct())
                .as("what is in answers is explained, too")
                .allMatch(ANSWERS::contains);

        ReferencePage.assertHas("endpoint.md", page());
    }

    private static String page() {
        var page = new StringBuilder("""
                # Endpoint

                Made from the operations of the actuator endpoint `iostream` and from what they answer; a test keeps it so.

                It is at `/actuator/iostream` where `management.endpoints.web.exposure.include` names it, which it does not by itself. It can only
                be read: what changes something needs `management.endpoint.iostream.access=unrestricted`. Addresses and identities of the peers of
                connections are asterisks unless `management.endpoint.iostream.show-values` says `always`, or `when-authorized` to one of
                `management.endpoint.iostream.roles`; what clients connect to, and why they last failed, is always shown. Nothing tells a password, a
                key, or where it is. A server, client or connection that is not there is answered with 404, what makes no sense with 400; the
                answer tells the reason where Boot is told to include messages of errors, by `spring.web.error.include-message=always`. A DELETE is
                answered with 202 when the connection may be on a loop that does not answer: it names the loops, and one of them closes the
                connection once it can.

                | Request | Needs | |
                |---|---|---|
                """);
        operations()
                .sorted(Comparator.comparing(EndpointPageTest::path).thenComparing(EndpointPageTest::verb))
                .map(EndpointPageTest::row)
                .forEach(page::append);
        page.append("""

                `id` is that of a connection as it is shown. The body of the POST is JSON, such as `{"state": "paused"}`; with it `limit`, a time such as `10s`; without a unit it counts seconds. `limit` of the GET is a number of connections, 100 unless given, and 10,000 at most.

                ## States

                | `state` | What the server does |
                |---|---|
                """);
        for (TrafficState state : TrafficState.values()) {
            page.append("| `%s` | %s |\n".formatted(state.name().toLowerCase(Locale.ROOT), STATES.get(state)));
        }
        page.append("""

                ## Diagnoses

                A connection is looked at twice, some time apart; `diagnosis` says what it waits for that was so both times:

                | `diagnosis` | |
                |---|---|
                """);
        for (Diagnosis diagnosis : Diagnosis.values()) {
            page.append("| `%s` | %s |\n".formatted(diagnosis, DIAGNOSES.get(diagnosis)));
        }
        page.append(
                "\n## Answers\n\nSizes are bytes. What may be missing is null.\n\n| Object | Fields |\n|---|---|\n");
        for (Class<? extends Record> answer : ANSWERS) {
            String fields = Arrays.stream(answer.getRecordComponents())
                    .map(part -> "`" + part.getName() + "` " + kind(part.getGenericType()))
                    .collect(Collectors.joining(", "));
            page.append("| %s | %s |\n".formatted(title(answer), fields));
        }
        page.append("""

                ## Health

                | Path under `health` | Up | Otherwise |
                |---|---|---|
                | `iostream/loop/<name>` | it has turned within `iostream.loop.health-threshold` | `DOWN` when it is stuck or does not run, for liveness |
                | `iostream/server/<name>` | it accepts, also when it is full | `OUT_OF_SERVICE` when it is paused, drains or has no descriptors; `DOWN` when it should listen and does not; for readiness |
                | `iostream/client/<name>`, where `iostream.client.<name>.health.enabled` | it could connect the last time, or its connection is up | `DOWN` when it could not, `UNKNOWN` before it has tried |

                ## Info

                With `management.info.iostream.enabled=true`, `info` has under `iostream` the `version`, and where `servers` listen.
                """);
        return page.toString();
    }

    // ---- operations

    private static Stream<Method> operations() {
        return Arrays.stream(IOStreamEndpoint.class.getDeclaredMethods())
                .filter(method -> !verb(method).isEmpty());
    }

    private static String verb(Method method) {
        if (method.isAnnotationPresent(ReadOperation.class)) {
            return "GET";
        }
        if (method.isAnnotationPresent(WriteOperation.class)) {
            return "POST";
        }
        return method.isAnnotationPresent(DeleteOperation.class) ? "DELETE" : "";
    }

    private static String path(Method operation) {
        return Arrays.stream(operation.getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(Selector.class))
                .map(parameter -> "/{" + parameter.getName() + "}")
                .collect(Collectors.joining());
    }

    private static String row(Method operation) {
        String verb = verb(operation);
        String id = IOStreamEndpoint.class.getAnnotation(Endpoint.class).id();
        String others = Arrays.stream(operation.getParameters())
                .filter(parameter -> !parameter.isAnnotationPresent(Selector.class))
                .map(parameter -> "`" + parameter.getName() + "`")
                .collect(Collectors.joining(" and "));
        return "| `%s /actuator/%s%s`%s | %s | %s |\n"
                .formatted(
                        verb,
                        id,
                        path(operation),
                        others.isEmpty() ? "" : " with " + others,
                        "GET".equals(verb) ? "`read_only`" : "`unrestricted`",
                        OPERATIONS.get(operation.getName()));
    }

    // ---- answers

    private static Stream<Class<?>> named(Type type) {
        if (type instanceof ParameterizedType container) {
            return Arrays.stream(container.getActualTypeArguments()).flatMap(EndpointPageTest::named);
        }
        return Stream.of((Class<?>) type);
    }

    private static String title(Class<?> answer) {
        String name = answer.getSimpleName().replace("Descriptor", "");
        return switch (name) {
            case "IOStream" -> "summary";
            case "Endpoint" -> "one server or client";
            default -> name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
        };
    }

    private static String kind(Type type) {
        if (type instanceof ParameterizedType container) {
            Type[] arguments = container.getActualTypeArguments();
            boolean list = Collection.class.isAssignableFrom((Class<?>) container.getRawType());
            return list
                    ? "(list of " + kind(arguments[0]) + ")"
                    : "(" + kind(arguments[1]) + " by " + (arguments[0] == String.class ? "name" : "close reason")
                            + ")";
        }
        Class<?> simple = (Class<?>) type;
        if (simple.isRecord()) {
            return title(simple);
        }
        if (simple == boolean.class) {
            return "boolean";
        }
        return simple == String.class || simple.isEnum() ? "string" : "number";
    }
}
