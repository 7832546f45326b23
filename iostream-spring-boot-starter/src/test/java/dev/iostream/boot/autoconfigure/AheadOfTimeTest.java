package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClient;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServer;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.StreamListener;
import dev.iostream.client.ConnectionHandler;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import dev.iostream.server.StreamHandler;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

/** An application that was processed ahead of time. */
class AheadOfTimeTest {
    private static final Map<String, Object> PROPERTIES = Map.of(
            "iostream.loop.count", "1",
            "iostream.server.echo.port", "0",
            "iostream.server.echo.address", "127.0.0.1",
            "iostream.server.lines.port", "0",
            "iostream.server.lines.address", "127.0.0.1",
            "iostream.client.orders.targets", "localhost:1",
            "iostream.client.orders.eager", "false");

    @Test
    @CompileWithForkedClassLoader
    void serversClientsAndListenersWorkAsTheyDidBefore() {
        runAheadOfTime(PROPERTIES, context -> {
            IOStreamServers servers = context.getBean(IOStreamServers.class);
            assertThat(ask(servers.port("echo"))).isEqualTo("hello\n");
            assertThat(ask(servers.port("lines"))).isEqualTo("heard hello\n");
            assertThat(context.getEnvironment().getProperty("local.iostream.server.echo.port", int.class))
                    .isEqualTo(servers.port("echo"));
            Orders orders = context.getBean(Orders.class);
            assertThat(orders.client).isSameAs(context.getBean("ordersTCPClient"));
            assertThat(orders.connection)
                    .isSameAs(context.getBean(IOStreamClients.class).connection("orders"));
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void namesOfClientsAreThoseOfTheStartAndNotOfTheProcessing() {
        Map<String, Object> later = new HashMap<>(PROPERTIES);
        later.put("iostream.client.stock.targets", "localhost:2");

        runAheadOfTime(later, context -> {
            assertThat(context.getBean(IOStreamClients.class).names()).containsExactlyInAnyOrder("orders", "stock");
            assertThat(context.getBean("stockTCPClient", TCPClient.class).name())
                    .isEqualTo("stock");
        });
    }

    @Test
    void whatIsReachedByReflectionIsHinted() {
        var generation = new TestGenerationContext();
        process(generation);
        RuntimeHints hints = generation.getRuntimeHints();

        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Lines.class, "answer"))
                .accepts(hints);
        for (Class<?> type : new Class<?>[] {
            IOStreamProperties.class,
            ServerProperties.class,
            ClientProperties.class,
            TcpProperties.class,
            LoopProperties.class,
            ReconnectProperties.class,
            ShutdownProperties.class,
            ProxyProtocolProperties.class,
            ServerSslProperties.class,
            ServerSslProperties.ServerNameBundle.class,
            ClientSslProperties.class
        }) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type))
                    .as(type.getSimpleName())
                    .accepts(hints);
        }
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(ServerSslProperties.class, "setKeyStore"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(ServerProperties.class, "setReadTimeout"))
                .accepts(hints);
    }

    private static String ask(int port) {
        try (var client = new LineClient(port)) {
            client.send("hello\n");
            return client.receive();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void process(TestGenerationContext generation) {
        var context = new AnnotationConfigApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", PROPERTIES));
        context.register(Application.class);
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        generation.writeGeneratedContent();
    }

    /** Processes the application, and runs what came out of it with these properties. */
    @SuppressWarnings("unchecked")
    private static void runAheadOfTime(Map<String, Object> properties, Consumer<GenericApplicationContext> check) {
        var generation = new TestGenerationContext();
        process(generation);
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            ApplicationContextInitializer<GenericApplicationContext> initializer =
                    compiled.getInstance(ApplicationContextInitializer.class);
            try (var context = new GenericApplicationContext()) {
                context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
                initializer.initialize(context);
                context.refresh();
                check.accept(context);
            }
        });
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
        @IOStreamServer("echo")
        StreamHandler echo() {
            return Handlers.echo();
        }

        @Bean
        Lines lines() {
            return new Lines();
        }

        @Bean
        @IOStreamClient("orders")
        ConnectionHandler signOn() {
            return stream -> stream.write("hello\n");
        }

        @Bean
        Orders orders(
                @IOStreamClient("orders") TCPClient client, @IOStreamClient("orders") SupervisedConnection connection) {
            return new Orders(client, connection);
        }
    }

    static class Lines {
        @StreamListener(server = "lines", until = "\n")
        String answer(String line) {
            return "heard " + line;
        }
    }

    record Orders(TCPClient client, SupervisedConnection connection) {}
}
