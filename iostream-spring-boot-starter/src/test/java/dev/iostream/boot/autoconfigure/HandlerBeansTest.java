package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServer;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.StreamListener;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/** Which handler serves which server. */
class HandlerBeansTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
            .withPropertyValues("iostream.loop.count=1");

    @Test
    void aClassIsBoundByItsAnnotation() {
        echoAndOther()
                .withUserConfiguration(AnnotatedClass.class, OtherHandler.class)
                .run(context -> assertThat(ask(context, "echo")).isEqualTo("class hello\n"));
    }

    @Test
    void anAnnotatedClassIsFoundByScanningAndTheValueIsNotItsName() {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .withUserConfiguration(Scanning.class)
                .run(context -> {
                    assertThat(context.getBeanNamesForType(AnnotatedClass.class))
                            .containsExactly("handlerBeansTest.AnnotatedClass");
                    assertThat(ask(context, "echo")).isEqualTo("class hello\n");
                });
    }

    @Test
    void aBeanMethodIsBoundByItsAnnotation() {
        echoAndOther()
                .withUserConfiguration(AnnotatedMethod.class, OtherHandler.class)
                .run(context -> {
                    assertThat(context).hasBean("anyName").doesNotHaveBean("echo");
                    assertThat(ask(context, "echo")).isEqualTo("method hello\n");
                    assertThat(ask(context, "other")).isEqualTo("other hello\n");
                });
    }

    @Test
    void oneHandlerCanServeSeveralServers() {
        echoAndOther().withUserConfiguration(BoundToBoth.class).run(context -> {
            assertThat(ask(context, "echo")).isEqualTo("both hello\n");
            assertThat(ask(context, "other")).isEqualTo("both hello\n");
        });
    }

    @Test
    void aBeanOfTheServersNameServesIt() {
        echoAndOther().withUserConfiguration(NamedLikeServers.class).run(context -> {
            assertThat(ask(context, "echo")).isEqualTo("named echo hello\n");
            assertThat(ask(context, "other")).isEqualTo("named other hello\n");
        });
    }

    @Test
    void theOnlyHandlerServesTheOnlyServer() {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .withUserConfiguration(OnlyHandler.class)
                .run(context -> assertThat(ask(context, "echo")).isEqualTo("only hello\n"));
    }

    @Test
    void aPrototypeHandlerIsMadeOnceForEachStream() {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .withUserConfiguration(PrototypeHandler.class)
                .run(context -> {
                    assertThat(ask(context, "echo")).isEqualTo("instance 1 hello\n");
                    assertThat(ask(context, "echo")).isEqualTo("instance 2 hello\n");
                });
    }

    @Test
    void aPrototypeHandlerBringsItsOwnStreamToTheEnd() {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .withUserConfiguration(PartingHandler.class)
                .run(context -> {
                    int port = context.getBean(IOStreamServers.class).port("echo");
                    try (var first = new LineClient(port);
                            var second = new LineClient(port)) {
                        assertThat(first.receive()).isEqualTo("welcome 1\n");
                        assertThat(second.receive()).isEqualTo("welcome 2\n");

                        context.getBean(IOStreamServers.class).get("echo").drain(Duration.ofSeconds(10));

                        assertThat(first.receive()).isEqualTo("goodbye 1\n");
                        assertThat(second.receive()).isEqualTo("goodbye 2\n");
                    }
                });
    }

    @Test
    void aHandlerBehindAScopedProxyIsOneHandler() {
        echoAndOther().withUserConfiguration(ScopedHandlers.class).run(context -> {
            assertThat(ask(context, "echo")).isEqualTo("scoped hello\n");
            assertThat(ask(context, "other")).isEqualTo("scoped class hello\n");
        });
    }

    @Test
    void aHandlerMayAskForTheServers() {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .withUserConfiguration(AskingHandler.class)
                .run(context -> assertThat(ask(context, "echo")).isEqualTo("[echo] hello\n"));
    }

    @Test
    void aHandlerThatCannotBeMadeFailsTheStartAlsoWhereBeansAreLazy() {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withBean(StreamHandler.class, () -> {
                    throw new IllegalStateException("not today");
                })
                .run(context -> assertThat(context).getFailure().rootCause().hasMessage("not today"));
    }

    @Test
    void aServerWithoutHandlerFailsTheStartAndNamesTheCandidates() {
        echoAndOther()
                .withUserConfiguration(OnlyHandler.class, OtherHandler.class)
                .run(
                        context -> assertThatFailure(
                                context,
                                "Server 'echo' has no handler. StreamHandler beans that are not bound to a server: 'only'.",
                                "Annotate a StreamHandler bean with @IOStreamServer(\"echo\"), or a method with"
                                        + " @StreamListener(server = \"echo\"), or set 'iostream.server.echo.enabled' to false."));
    }

    @Test
    void aServerWithoutAnyHandlerFailsTheStart() {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .run(
                        context -> assertThatFailure(
                                context,
                                "Server 'echo' has no handler. There is no StreamHandler bean that is not bound to another"
                                        + " server.",
                                "Annotate a StreamHandler bean with @IOStreamServer(\"echo\"), or a method with"
                                        + " @StreamListener(server = \"echo\"), or set 'iostream.server.echo.enabled' to false."));
    }

    @Test
    void theOnlyHandlerIsNotGuessedForOneOfSeveralServers() {
        echoAndOther()
                .withUserConfiguration(OnlyHandler.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("Server 'echo' has no handler."));
    }

    @Test
    void twoHandlersOfOneServerFailTheStart() {
        runner.withPropertyValues("iostream.server.echo.port=0")
                .withUserConfiguration(AnnotatedMethod.class, SecondMethod.class)
                .run(context -> assertThatFailure(
                        context,
                        "Server 'echo' has more than one handler: 'anyName', 'second'.",
                        "Leave one of them, and remove @IOStreamServer(\"echo\") or @StreamListener(server ="
                                + " \"echo\") from the others."));
    }

    @Test
    void aHandlerOfTheServersNameBesideAMethodThatListensFailsTheStart() {
        echoAndOther()
                .withUserConfiguration(NamedLikeServers.class)
                .withBean("listening", Listening.class)
                .run(context -> assertThatFailure(
                        context,
                        "Server 'echo' has more than one handler: '" + Listening.class.getName()
                                + ".message(String)', 'echo'.",
                        "Leave one of them: remove @StreamListener(server = \"echo\") from the method, or give the bean"
                                + " 'echo' another name."));
    }

    @Test
    void aHandlerOfTheServersNameMayServeThroughOneThatIsBound() {
        echoAndOther()
                .withUserConfiguration(AnnotatedMethod.class, NamedLikeServers.class)
                .run(context -> assertThat(ask(context, "echo")).isEqualTo("method hello\n"));
    }

    @Test
    void aHandlerOfAnUnknownServerFailsTheStart() {
        runner.withPropertyValues("iostream.server.ecco.port=0", "iostream.server.other.port=0")
                .withUserConfiguration(AnnotatedMethod.class)
                .run(context -> assertThatFailure(
                        context,
                        "Handler bean 'anyName' is bound to server 'echo', which is not configured. Configured are:"
                                + " 'ecco', 'other'.",
                        "Set 'iostream.server.echo.port', or correct the name in @IOStreamServer(\"echo\")."));
    }

    @Test
    void aHandlerWithoutAnyServerFailsTheStart() {
        runner.withUserConfiguration(AnnotatedMethod.class)
                .run(context -> assertThatFailure(
                        context,
                        "Handler bean 'anyName' is bound to server 'echo', which is not configured. No server is.",
                        "Set 'iostream.server.echo.port', or correct the name in @IOStreamServer(\"echo\")."));
    }

    @Test
    void aHandlerOfADisabledServerIsFine() {
        runner.withPropertyValues("iostream.server.echo.enabled=false")
                .withUserConfiguration(AnnotatedMethod.class)
                .run(context -> assertThat(
                                context.getBean(IOStreamServers.class).names())
                        .isEmpty());
    }

    private ApplicationContextRunner echoAndOther() {
        return runner.withPropertyValues("iostream.server.echo.port=0", "iostream.server.other.port=0");
    }

    private static String ask(AssertableApplicationContext context, String server) throws IOException {
        try (var client = new LineClient(context.getBean(IOStreamServers.class).port(server))) {
            client.send("hello\n");
            return client.receive();
        }
    }

    private static void assertThatFailure(AssertableApplicationContext context, String description, String action) {
        assertThat(context).hasFailed();
        Analyses.assertThat(context.getStartupFailure()).describes(description).advises(action);
    }

    @Configuration(proxyBeanMethods = false)
    @ComponentScan(
            useDefaultFilters = true,
            basePackageClasses = HandlerBeansTest.class,
            excludeFilters = @Filter(type = FilterType.ANNOTATION, classes = Configuration.class))
    static class Scanning {}

    @IOStreamServer("echo")
    static class AnnotatedClass implements StreamHandler {
        private final StreamHandler answers = Handlers.answering("class ");

        @Override
        public void handle(IOStream stream) throws Exception {
            answers.handle(stream);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AnnotatedMethod {
        @Bean
        @IOStreamServer("echo")
        StreamHandler anyName() {
            return Handlers.answering("method ");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondMethod {
        @Bean
        @IOStreamServer("echo")
        StreamHandler second() {
            return Handlers.answering("second ");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherHandler {
        @Bean
        @IOStreamServer("other")
        StreamHandler theOther() {
            return Handlers.answering("other ");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BoundToBoth {
        @Bean
        @IOStreamServer({"echo", "other"})
        StreamHandler both() {
            return Handlers.answering("both ");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class NamedLikeServers {
        @Bean
        StreamHandler echo() {
            return Handlers.answering("named echo ");
        }

        @Bean
        StreamHandler other() {
            return Handlers.answering("named other ");
        }
    }

    static class Listening {
        @StreamListener(server = "echo", until = "\n")
        String message(String message) {
            return message;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OnlyHandler {
        @Bean
        StreamHandler only() {
            return Handlers.answering("only ");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AskingHandler {
        @Bean
        StreamHandler asking(IOStreamServers servers) {
            return Handlers.answering(servers.names() + " ");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PartingHandler {
        private final AtomicInteger count = new AtomicInteger();

        @Bean
        @Scope("prototype")
        StreamHandler parting() {
            int number = count.incrementAndGet();
            return new StreamHandler() {
                @Override
                public void handle(IOStream stream) {
                    stream.write("welcome " + number + "\n");
                }

                @Override
                public void drain(IOStream stream) {
                    stream.write("goodbye " + number + "\n", stream::close);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrototypeHandler {
        private final AtomicInteger count = new AtomicInteger();

        @Bean
        @Scope("prototype")
        StreamHandler prototype() {
            return Handlers.answering("instance " + count.incrementAndGet() + " ");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ScopedHandlers {
        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
        @IOStreamServer("echo")
        StreamHandler scoped() {
            return Handlers.answering("scoped ");
        }

        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
        @IOStreamServer("other")
        ScopedClass scopedClass() {
            return new ScopedClass();
        }
    }

    static class ScopedClass implements StreamHandler {
        @Override
        public void handle(IOStream stream) throws Exception {
            Handlers.answering("scoped class ").handle(stream);
        }
    }
}
