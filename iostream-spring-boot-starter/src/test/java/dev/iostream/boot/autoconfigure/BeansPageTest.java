package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.ReferencePage;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;

/** The reference of the beans is made from the auto-configurations. */
class BeansPageTest {
    /** What is said of each bean. */
    private static final Map<String, String> BEANS = Map.ofEntries(
            Map.entry(
                    "ioStreamLoopGroup",
                    "The loops. A group that runs already is neither started nor stopped; on one of yours what callbacks throw is logged as core does it"),
            Map.entry("ioStreamLoop", "The first of the loops; a fallback, since it is an `Executor`, too"),
            Map.entry("ioStreamLoopGroupLifecycle", "Starts the loops first and stops them last"),
            Map.entry(
                    "ioStreamLoopHeartbeats",
                    "Finds out which loop is late or stuck, for health, meters and the endpoint"),
            Map.entry("ioStreamResolver", "Finds the addresses of names"),
            Map.entry("ioStreamOptionsFactory", "Makes the options of streams from properties and customizers"),
            Map.entry("ioStreamFactory", "Makes streams that belong to no client, counted as `default`"),
            Map.entry("ioStreamSslContexts", "Contexts by SSL bundle, replaced with it"),
            Map.entry("ioStreamInlineBundles", "Makes bundles of the stores and certificates under `ssl`"),
            Map.entry("ioStreamTlsFactory", "Makes the TLS options of servers and clients"),
            Map.entry("ioStreamLogs", "Logs why connections closed, and the access log"),
            Map.entry("ioStreamListenerMethods", "Finds the `@StreamListener` methods"),
            Map.entry("ioStreamServers", "All servers by name"),
            Map.entry("ioStreamServerLifecycle", "Lets servers listen, and closes them"),
            Map.entry("ioStreamServerDrainLifecycle", "Drains servers before they are closed, and publishes readiness"),
            Map.entry("ioStreamServerTraffic", "Pauses, drains and resumes servers over the endpoint"),
            Map.entry("ioStreamServerPortListener", "Publishes the ports as `local.iostream.server.<name>.port`"),
            Map.entry("ioStreamClients", "All clients by name"),
            Map.entry("ioStreamClientLifecycle", "Makes the connections that clients keep, and ends them"),
            Map.entry(
                    "ioStreamClientBuilder",
                    "For clients of your own, with the configured limits: a new one each time"),
            Map.entry("ioStreamClientQualifiers", "Lets `@IOStreamClient` inject a client by its name"),
            Map.entry("ioStreamStreamRecorders", "Records what meters need when connections open and close"),
            Map.entry("ioStreamMetrics", "Registers the meters, and removes them"),
            Map.entry("ioStreamEndpointMeterFilter", "Refuses endpoints without end"),
            Map.entry("ioStreamObservations", "Observes the connects of clients"),
            Map.entry("ioStreamMessageObserver", "Observes the messages of listeners"),
            Map.entry("ioStreamContextCarrier", "Carries what is observed into callbacks"),
            Map.entry("iostreamHealthContributor", "Health of loops, servers and clients; replaced by name"),
            Map.entry("ioStreamEndpoint", "The actuator endpoint"),
            Map.entry("ioStreamEndpointWebExtension", "The endpoint over HTTP"),
            Map.entry(
                    "ioStreamSecretSanitizer",
                    "Hides passwords and private keys of servers, clients and SSL bundles in all endpoints"),
            Map.entry("ioStreamInfoContributor", "What `info` tells, if `management.info.iostream.enabled`"));

    /** What is said of the types of which an application's beans are asked for. */
    private static final Map<String, String> ASKED_FOR = Map.ofEntries(
            Map.entry("StreamOptionsCustomizer", "Adjusts the streams of servers, clients and the factory"),
            Map.entry("TCPServerCustomizer", "Adjusts each server under `iostream.server`"),
            Map.entry("TCPClientCustomizer", "Adjusts each client under `iostream.client`"),
            Map.entry("ServerBinding", "Another server, which starts and drains with the rest"),
            Map.entry("ClientBinding", "Another client"),
            Map.entry("IOStreamConnectionDetails", "Where clients connect, before what the properties say"),
            Map.entry("ClientConnectObservationConvention", "Names and keys of `iostream.client.connect`"),
            Map.entry("ServerMessageObservationConvention", "Names and keys of `iostream.server.message`"));

    @Test
    void thePageListsEveryBeanAsTheCodeHasIt() throws IOException {
        assertThat(beans().map(BeansPageTest::name).distinct()).containsExactlyInAnyOrderElementsOf(BEANS.keySet());
        assertThat(askedFor()).containsExactlyInAnyOrderElementsOf(ASKED_FOR.keySet());

        ReferencePage.assertHas("beans.md", page());
    }

    private static String page() {
        var page = new StringBuilder("""
                # Beans

                Made from the auto-configurations; a test keeps it so. A bean of yours takes the place of one that is *replaceable*, which is then not
                made. `iostream.enabled=false` leaves all of them out, and `spring.autoconfigure.exclude` those of one auto-configuration.

                Besides, there are `<name>TCPClient` and `<name>SupervisedConnection` for each client under `iostream.client`, injected by
                `@IOStreamClient("<name>")`.
                """);
        autoConfigurations().forEach(type -> {
            page.append("\n## %s\n\n| Bean | Type | | |\n|---|---|---|---|\n".formatted(type.getSimpleName()));
            beansOf(type)
                    .collect(Collectors.toMap(
                            BeansPageTest::name, BeansPageTest::row, (one, other) -> one, TreeMap::new))
                    .values()
                    .forEach(page::append);
        });
        page.append("""

                ## Beans that an application may have

                | Type | |
                |---|---|
                | `StreamHandler` | Serves a server, found by `@IOStreamServer`, by its name, or as the only one |
                | `ConnectionHandler` | Uses the connection of a client, found by `@IOStreamClient` |
                | `StreamListenerInterceptor` | Stands around each call of a `@StreamListener` method |
                """);
        new TreeMap<>(ASKED_FOR).forEach((type, what) -> page.append("| `%s` | %s |\n".formatted(type, what)));
        return page.toString();
    }

    private static String row(Method bean) {
        var missing = bean.getAnnotation(ConditionalOnMissingBean.class);
        // where there are several of the same name, what they have in common
        Class<?> type = missing == null || missing.value().length == 0 ? bean.getReturnType() : missing.value()[0];
        String name = type.isMemberClass()
                ? type.getEnclosingClass().getSimpleName() + "." + type.getSimpleName()
                : type.getSimpleName();
        return "| `%s` | `%s` | %s | %s |\n"
                .formatted(name(bean), name, missing != null ? "replaceable" : "", BEANS.get(name(bean)));
    }

    private static String name(Method bean) {
        return bean.getName();
    }

    private static Stream<Class<?>> autoConfigurations() {
        List<Class<?>> types = new ArrayList<>();
        for (String name : ImportCandidates.load(AutoConfiguration.class, null)) {
            if (name.startsWith("dev.iostream.")) {
                types.add(ClassUtils.resolveClassName(name, null));
            }
        }
        return types.stream();
    }

    private static Stream<Method> beans() {
        return autoConfigurations().flatMap(BeansPageTest::beansOf);
    }

    /** Those of the type and of the configurations in it. */
    private static Stream<Method> beansOf(Class<?> type) {
        return Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses()))
                .flatMap(each -> Arrays.stream(each.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Bean.class))
                .sorted(Comparator.comparing(Method::getName));
    }

    /** The types of ours of which there may be any number of beans, or none. */
    private static Stream<String> askedFor() {
        return beans().flatMap(bean -> Arrays.stream(bean.getGenericParameterTypes()))
                .filter(type ->
                        type instanceof ParameterizedType provider && provider.getRawType() == ObjectProvider.class)
                .map(type -> ((ParameterizedType) type).getActualTypeArguments()[0])
                .filter(type -> type.getTypeName().startsWith("dev.iostream."))
                .map(type -> ((Class<?>) type).getSimpleName())
                .distinct();
    }
}
