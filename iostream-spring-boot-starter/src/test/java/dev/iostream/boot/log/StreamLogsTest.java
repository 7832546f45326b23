package dev.iostream.boot.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.StreamListener;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.StreamHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** The logs of an application's servers. */
class StreamLogsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
            .withBean("echo", StreamHandler.class, Handlers::echo)
            .withBean("quiet", StreamHandler.class, Handlers::echo)
            .withPropertyValues(
                    "iostream.loop.count=1",
                    "iostream.server.echo.port=0",
                    "iostream.server.echo.address=127.0.0.1",
                    "iostream.server.echo.max-buffer-size=16",
                    "iostream.server.quiet.port=0",
                    "iostream.server.quiet.address=127.0.0.1");

    private static LineClient connect(ApplicationContext context, String server) throws Exception {
        return new LineClient(context.getBean(IOStreamServers.class).port(server));
    }

    private static void exchange(ApplicationContext context, String server) throws Exception {
        try (var client = connect(context, server)) {
            client.send("hello\n");
            client.receive();
        }
    }

    private static void exceedTheLimit(ApplicationContext context) throws Exception {
        try (var client = connect(context, "echo")) {
            client.send("longer than sixteen bytes");
            assertThat(client.receive()).isEmpty();
        }
    }

    @Test
    void connectionsOfAServerThatIsToldToHaveALineEach() {
        runner.withPropertyValues("iostream.server.echo.access-log=true").run(context -> {
            try (var logged = Logged.under(AccessLog.CATEGORY)) {
                exchange(context, "quiet");
                exchange(context, "echo");

                await().atMost(LIMIT).until(() -> !logged.lines().isEmpty());
                assertThat(logged.lines())
                        .singleElement()
                        .asString()
                        .matches("INFO server=echo connection=\\d+ peer=127\\.0\\.0\\.1:\\d+ proxy=- identity=- tls=-"
                                + " duration=\\d+\\.\\d{3} in=6 out=6 reason=peer_end");
            }
        });
    }

    @Test
    void byItselfNoServerHasLines() {
        runner.run(context -> {
            try (var logged = Logged.under(AccessLog.CATEGORY)) {
                exchange(context, "echo");
                var server = context.getBean(IOStreamServers.class).get("echo");
                await().atMost(LIMIT).until(() -> server.stats().active() == 0);
                assertThat(logged.lines()).isEmpty();
            }
        });
    }

    @Test
    void whatWasCountedIsToldWhenTheContextCloses() {
        try (var logged = Logged.under(ClosedStreamLog.class.getName())) {
            runner.run(context -> {
                exceedTheLimit(context);
                exceedTheLimit(context);
                assertThat(logged.lines()).hasSize(1);
            });

            List<String> lines = logged.lines();
            assertThat(lines).hasSize(2);
            assertThat(lines.get(0)).startsWith("WARN Server 'echo', connection from 127.0.0.1:");
            assertThat(lines.get(1)).startsWith("WARN 1 x READ_LIMIT on server 'echo' in 60 s, last: connection from");
        }
    }

    // ---- what callbacks throw

    static class Failing {
        @StreamListener(server = "orders", until = "\n")
        void order(String message) {
            throw new UnsupportedOperationException("no such order");
        }
    }

    private static void fail(ApplicationContext context) throws Exception {
        try (var client = connect(context, "orders")) {
            client.send("hello\n");
            assertThat(client.receive()).isEmpty();
        }
    }

    private static List<String> errors(Logged logged) {
        return logged.lines().stream().filter(line -> line.startsWith("ERROR")).toList();
    }

    private ApplicationContextRunner failing() {
        return runner.withBean(Failing.class)
                .withPropertyValues("iostream.server.orders.port=0", "iostream.server.orders.address=127.0.0.1");
    }

    @Test
    void whatCallbacksOfStreamsThrowIsToldOnceWithItsStackAndThenCounted() {
        try (var logged = Logged.under("dev.iostream")) {
            failing().run(context -> {
                fail(context);
                fail(context);
                fail(context);
                assertThat(errors(logged)).hasSize(1);
            });

            assertThat(errors(logged)).hasSize(2);
            assertThat(errors(logged).get(0))
                    .matches("ERROR Server 'orders', connection from 127\\.0\\.0\\.1:\\d+, CALLBACK_FAILED:"
                            + " java\\.lang\\.UnsupportedOperationException: no such order");
            assertThat(errors(logged).get(1))
                    .matches("ERROR 2 x CALLBACK_FAILED on server 'orders' in 60 s, last: connection from"
                            + " 127\\.0\\.0\\.1:\\d+: java\\.lang\\.UnsupportedOperationException: no such order");
            assertThat(logged.stacks()).containsExactly(UnsupportedOperationException.class.getName());
        }
    }

    @Test
    void whatTasksThrowIsToldByTheLoopAlsoAfterAStreamHasFailed() {
        failing().run(context -> {
            try (var logged = Logged.under("dev.iostream")) {
                fail(context);
                IOLoop loop = context.getBean(IOLoopGroup.class).next();
                for (int i = 0; i < 2; i++) {
                    loop.addCallback(() -> {
                        throw new IllegalStateException("of a task");
                    });
                }

                await().atMost(LIMIT).until(() -> logged.stacks().size() == 3);
                assertThat(errors(logged).subList(1, 3))
                        .containsOnly("ERROR A callback failed on loop 'iostream-loop-1'; the loop goes on");
                assertThat(logged.stacks().subList(1, 3)).containsOnly(IllegalStateException.class.getName());
            }
        });
    }

    @Test
    void whoListensToFailuresHearsOfThoseOfStreamsInsteadOfTheLog() {
        failing().run(context -> {
            var heard = new CopyOnWriteArrayList<Throwable>();
            IOLoop loop = context.getBean(IOLoopGroup.class).next();
            loop.addCallback(() -> loop.setExceptionHandler(heard::add));
            try (var logged = Logged.under("dev.iostream")) {
                fail(context);
                await().atMost(LIMIT).until(() -> !heard.isEmpty());

                assertThat(heard).singleElement().isInstanceOf(UnsupportedOperationException.class);
                assertThat(errors(logged)).isEmpty();
            }
        });
    }
}
