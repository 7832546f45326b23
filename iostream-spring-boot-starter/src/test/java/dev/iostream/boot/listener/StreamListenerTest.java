package dev.iostream.boot.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.StreamListener;
import dev.iostream.boot.autoconfigure.Analyses;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.Order;

/** Methods that answer messages. */
class StreamListenerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    TaskExecutionAutoConfiguration.class,
                    IOStreamAutoConfiguration.class,
                    IOStreamServerAutoConfiguration.class))
            .withPropertyValues(
                    "iostream.loop.count=2",
                    "iostream.server.orders.port=0",
                    "iostream.server.orders.address=127.0.0.1",
                    "iostream.server.orders.close-timeout=10ms");

    private static LineClient connect(AssertableApplicationContext context) throws Exception {
        return new LineClient(context.getBean(IOStreamServers.class).port("orders"));
    }

    private static String ask(AssertableApplicationContext context, String message) throws Exception {
        try (var client = connect(context)) {
            client.send(message);
            return client.receive();
        }
    }

    private static TCPServer server(AssertableApplicationContext context) {
        return context.getBean(IOStreamServers.class).get("orders");
    }

    // ---- messages and answers

    static class Text {
        @StreamListener(server = "orders", until = "\r\n", maxBytes = "64B")
        String order(String line) {
            return "accepted " + line;
        }
    }

    @Test
    void aTextIsAnsweredWithAText() {
        runner.withBean(Text.class).run(context -> {
            try (var client = connect(context)) {
                client.send("one\r\ntwo\r\nthr");
                client.send("ee\r\n");
                assertThat(client.receive()).isEqualTo("accepted one\r\n");
                assertThat(client.receive()).isEqualTo("accepted two\r\n");
                assertThat(client.receive()).isEqualTo("accepted three\r\n");
            }
        });
    }

    @Test
    void aMessageThatIsTooLongClosesItsStream() {
        runner.withBean(Text.class).run(context -> {
            assertThat(ask(context, "x".repeat(65))).isEmpty();
            await().atMost(LIMIT).until(() -> server(context).stats().closed(CloseReason.READ_LIMIT) == 1);
        });
    }

    static class Bytes {
        @StreamListener(server = "orders", until = "\n")
        byte[] order(byte[] line) {
            line[0]++;
            return line;
        }
    }

    @Test
    void bytesAreAnsweredWithBytes() {
        runner.withBean(Bytes.class)
                .run(context -> assertThat(ask(context, "abc\n")).isEqualTo("bbc\n"));
    }

    static class Buffers {
        @StreamListener(server = "orders", bytes = 4)
        ByteBuffer order(ByteBuffer message) {
            assertThat(message.remaining()).isEqualTo(4);
            return ByteBuffer.wrap(new byte[] {message.get(3), message.get(2), message.get(1), '\n'});
        }
    }

    @Test
    void aMessageMayHaveAFixedLength() {
        runner.withBean(Buffers.class)
                .run(context -> assertThat(ask(context, "abcd")).isEqualTo("dcb\n"));
    }

    static class Matching {
        @StreamListener(server = "orders", pattern = "[0-9]+;")
        String order(String message) {
            return message + "\n";
        }
    }

    @Test
    void aMessageMayEndWithWhatAPatternMatches() {
        runner.withBean(Matching.class)
                .run(context -> assertThat(ask(context, "order 17;rest")).isEqualTo("order 17;\n"));
    }

    static class Undelimited {
        @StreamListener(server = "orders", until = ";", delimitAnswers = false)
        String order(String message) {
            return message + "\n";
        }
    }

    @Test
    void answersNeedNotEndAsMessagesDo() {
        runner.withBean(Undelimited.class)
                .run(context -> assertThat(ask(context, "a;")).isEqualTo("a\n"));
    }

    static class Latin {
        @StreamListener(server = "orders", until = "\n", charset = "ISO-8859-1")
        byte[] order(String message) {
            return message.getBytes(StandardCharsets.UTF_8);
        }
    }

    @Test
    void aTextIsInTheCharsetOfTheListener() {
        runner.withBean(Latin.class).run(context -> {
            try (var client = connect(context)) {
                client.send("\u00e9\n");
                // two bytes of UTF-8, each a character of Latin-1, and so four bytes of UTF-8
                assertThat(client.receive()).isEqualTo("\u00c3\u00a9\n");
            }
        });
    }

    static class Silent {
        private final List<String> messages = new CopyOnWriteArrayList<>();

        @StreamListener(server = "orders", until = "\n")
        void order(String message, IOStream stream) {
            messages.add(message);
            if (message.equals("bye")) {
                stream.close();
            }
        }
    }

    @Test
    void nothingIsSentForNoAnswerAndTheStreamCanBeUsed() {
        runner.withBean(Silent.class).run(context -> {
            assertThat(ask(context, "one\ntwo\nbye\nmore\n")).isEmpty();
            assertThat(context.getBean(Silent.class).messages).containsExactly("one", "two", "bye");
            await().atMost(LIMIT).until(() -> server(context).stats().closed(CloseReason.LOCAL) == 1);
        });
    }

    static class Stages {
        private final List<CompletableFuture<String>> answers = new CopyOnWriteArrayList<>();
        private final List<String> messages = new CopyOnWriteArrayList<>();

        @StreamListener(server = "orders", until = "\n")
        CompletionStage<String> order(String message) {
            messages.add(message);
            var answer = new CompletableFuture<String>();
            answers.add(answer);
            return answer;
        }
    }

    @Test
    void anAnswerMayComeLaterAndTheNextMessageWaitsForIt() {
        runner.withBean(Stages.class).run(context -> {
            Stages stages = context.getBean(Stages.class);
            try (var client = connect(context)) {
                client.send("one\ntwo\n");
                await().atMost(LIMIT).until(() -> stages.answers.size() == 1);
                // on the loop of the only stream: had the second message been read, it would be there now
                assertThat(stages.messages).containsExactly("one");

                stages.answers.get(0).complete("1");

                assertThat(client.receive()).isEqualTo("1\n");
                await().atMost(LIMIT).until(() -> stages.answers.size() == 2);
                stages.answers.get(1).complete("2");
                assertThat(client.receive()).isEqualTo("2\n");
            }
        });
    }

    static class OfEachStream {
        private int count;

        @StreamListener(server = "orders", until = "\n")
        String order(String message) {
            return message + " " + ++count;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototype {
        @Bean
        @Scope(BeanDefinition.SCOPE_PROTOTYPE)
        OfEachStream orders() {
            return new OfEachStream();
        }
    }

    @Test
    void aPrototypeIsMadeOnceForEachStream() {
        runner.withUserConfiguration(Prototype.class).run(context -> {
            try (var one = connect(context);
                    var other = connect(context)) {
                one.send("a\nb\n");
                other.send("c\n");
                assertThat(one.receive()).isEqualTo("a 1\n");
                assertThat(one.receive()).isEqualTo("b 2\n");
                assertThat(other.receive()).isEqualTo("c 1\n");
            }
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {
        @Bean
        @Scope(scopeName = BeanDefinition.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
        OfEachStream orders() {
            return new OfEachStream();
        }
    }

    @Test
    void aMethodBehindAScopedProxyIsOneMethodAndItsScopeSaysOfWhichBean() {
        runner.withUserConfiguration(Scoped.class).run(context -> {
            try (var client = connect(context)) {
                client.send("a\nb\n");
                assertThat(client.receive()).isEqualTo("a 1\n");
                assertThat(client.receive()).isEqualTo("b 1\n");
            }
        });
    }

    static class Placeholders {
        @StreamListener(server = "${name}", until = "\n", maxBytes = "${most}")
        String order(String message) {
            return message;
        }
    }

    @Test
    void placeholdersAreReplaced() {
        runner.withBean(Placeholders.class)
                .withPropertyValues("name=orders", "most=3B")
                .run(context -> {
                    assertThat(ask(context, "ab\n")).isEqualTo("ab\n");
                    assertThat(ask(context, "abc\n")).isEmpty();
                });
    }

    // ---- threads

    static class OnExecutor {
        private final CountDownLatch release = new CountDownLatch(1);
        private final List<String> threads = new CopyOnWriteArrayList<>();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final List<Integer> most = new CopyOnWriteArrayList<>();

        @StreamListener(server = "orders", until = "\n", executor = "workers")
        String order(String message, AsyncIOStream stream) throws InterruptedException {
            most.add(atOnce.incrementAndGet());
            threads.add(Thread.currentThread().getName());
            if (message.equals("wait")) {
                release.await();
            }
            atOnce.decrementAndGet();
            return message + " " + (stream.stream().remoteAddress() != null);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Workers {
        @Bean
        ExecutorService workers() {
            return Executors.newFixedThreadPool(4, task -> new Thread(task, "worker"));
        }
    }

    @Test
    void aMethodOnAnExecutorMayBlockWhileOtherStreamsAreServed() {
        runner.withUserConfiguration(Workers.class)
                .withBean(OnExecutor.class)
                .withPropertyValues("iostream.loop.count=1")
                .run(context -> {
                    OnExecutor listener = context.getBean(OnExecutor.class);
                    try (var blocked = connect(context);
                            var other = connect(context)) {
                        blocked.send("wait\nafter\n");
                        other.send("one\n");
                        assertThat(other.receive()).isEqualTo("one true\n");

                        listener.release.countDown();

                        assertThat(blocked.receive()).isEqualTo("wait true\n");
                        assertThat(blocked.receive()).isEqualTo("after true\n");
                    }
                    assertThat(listener.threads).containsOnly("worker");
                });
    }

    @Test
    void messagesOfOneStreamAreHandledOneAfterTheOtherInOrder() {
        runner.withUserConfiguration(Workers.class).withBean(OnExecutor.class).run(context -> {
            OnExecutor listener = context.getBean(OnExecutor.class);
            try (var client = connect(context)) {
                var all = new StringBuilder();
                for (int i = 0; i < 1000; i++) {
                    all.append(i).append('\n');
                }
                client.send(all.toString());
                for (int i = 0; i < 1000; i++) {
                    assertThat(client.receive()).isEqualTo(i + " true\n");
                }
            }
            assertThat(listener.most).containsOnly(1);
        });
    }

    static class OnBootsThreads {
        private final List<Thread> threads = new CopyOnWriteArrayList<>();

        @StreamListener(server = "orders", until = "\n", executor = "applicationTaskExecutor")
        String order(String message) {
            threads.add(Thread.currentThread());
            return message;
        }
    }

    @Test
    void bootsExecutorCanRunIt() {
        runner.withBean(OnBootsThreads.class).run(context -> {
            assertThat(ask(context, "a\n")).isEqualTo("a\n");
            assertThat(context.getBean(OnBootsThreads.class).threads)
                    .singleElement()
                    .satisfies(thread -> assertThat(thread.getName()).startsWith("task-"));
        });
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void thoseAreVirtualThreadsWhenBootHasThemOn() {
        runner.withBean(OnBootsThreads.class)
                .withPropertyValues("spring.threads.virtual.enabled=true")
                .run(context -> {
                    assertThat(ask(context, "a\n")).isEqualTo("a\n");
                    Thread thread =
                            context.getBean(OnBootsThreads.class).threads.get(0);
                    assertThat(Thread.class.getMethod("isVirtual").invoke(thread))
                            .isEqualTo(true);
                });
    }

    // ---- failures

    static class Failing {
        @StreamListener(server = "orders", until = "\n")
        CompletionStage<String> order(String message) throws Exception {
            if (message.equals("now")) {
                throw new IOException("no such order");
            }
            return CompletableFuture.supplyAsync(() -> {
                throw new IllegalStateException("no such order");
            });
        }
    }

    /** What the loops report from now on, instead of logging it. */
    private static List<Throwable> reported(AssertableApplicationContext context) {
        var failures = new CopyOnWriteArrayList<Throwable>();
        for (IOLoop loop : context.getBean(IOLoopGroup.class).loops()) {
            loop.addCallback(() -> loop.setExceptionHandler(failures::add));
        }
        return failures;
    }

    @Test
    void whatTheMethodThrowsClosesItsStreamAndIsReportedOnce() {
        runner.withBean(Failing.class).run(context -> {
            List<Throwable> reported = reported(context);
            try (var other = connect(context)) {
                other.send("part of a message");
                assertThat(ask(context, "now\n")).isEmpty();
                await().atMost(LIMIT).until(() -> server(context).stats().closed(CloseReason.CALLBACK_FAILED) == 1);
                assertThat(server(context).stats().active()).isEqualTo(1);
            }
            assertThat(reported)
                    .singleElement()
                    .isInstanceOf(IOException.class)
                    .satisfies(failure -> assertThat(failure).hasMessage("no such order"));
        });
    }

    @Test
    void whatItsStageFailsWithClosesItsStreamAndIsReportedOnce() {
        runner.withBean(Failing.class).run(context -> {
            List<Throwable> reported = reported(context);
            assertThat(ask(context, "later\n")).isEmpty();
            await().atMost(LIMIT).until(() -> server(context).stats().closed(CloseReason.CALLBACK_FAILED) == 1);
            assertThat(reported)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("no such order"));
        });
    }

    static class Rejected {
        @StreamListener(server = "orders", until = "\n", executor = "workers")
        String order(String message) {
            return message;
        }
    }

    @Test
    void anExecutorThatTakesNothingMoreClosesTheStream() {
        runner.withUserConfiguration(Workers.class).withBean(Rejected.class).run(context -> {
            context.getBean(ExecutorService.class).shutdown();
            assertThat(ask(context, "a\n")).isEmpty();
            await().atMost(LIMIT).until(() -> server(context).stats().closed(CloseReason.CALLBACK_FAILED) == 1);
        });
    }

    // ---- interceptors

    @Test
    void interceptorsStandAroundEachCallInTheirOrder() {
        var events = new CopyOnWriteArrayList<String>();
        runner.withBean(Text.class)
                .withBean("inner", Named.class, () -> new Inner("inner", events))
                .withBean("outer", Named.class, () -> new Outer("outer", events))
                .run(context -> assertThat(ask(context, "one\r\n")).isEqualTo("accepted one\r\n"));
        assertThat(events)
                .containsExactly("outer orders order 3 true", "inner orders order 3 true", "inner done", "outer done");
    }

    private abstract static class Named implements StreamListenerInterceptor {
        private final String name;
        private final List<String> events;

        Named(String name, List<String> events) {
            this.name = name;
            this.events = events;
        }

        @Override
        public Object around(StreamMessage message, Call next) throws Exception {
            events.add(name + " " + message.server() + " " + message.method().getName() + " " + message.bytes() + " "
                    + (message.stream().remote() != null));
            Object result = next.proceed();
            events.add(name + " done");
            return result;
        }
    }

    @Order(1)
    private static final class Outer extends Named {
        Outer(String name, List<String> events) {
            super(name, events);
        }
    }

    @Order(2)
    private static final class Inner extends Named {
        Inner(String name, List<String> events) {
            super(name, events);
        }
    }

    // ---- draining

    @Test
    void aDrainWaitsForTheAnswerThatIsDue() {
        runner.withBean(Stages.class).run(context -> {
            Stages stages = context.getBean(Stages.class);
            try (var busy = connect(context);
                    var idle = connect(context)) {
                busy.send("one\n");
                await().atMost(LIMIT).until(() -> stages.answers.size() == 1);
                await().atMost(LIMIT).until(() -> server(context).stats().active() == 2);

                var drained = server(context).drain(Duration.ofSeconds(20));

                assertThat(idle.receive()).isEmpty();
                assertThat(drained).isNotDone();
                stages.answers.get(0).complete("1");
                assertThat(busy.receive()).isEqualTo("1\n");
                assertThat(busy.receive()).isEmpty();
                assertThat(drained).succeedsWithin(LIMIT);
            }
            assertThat(server(context).stats().closed(CloseReason.DRAINED)).isEqualTo(2);
        });
    }

    // ---- what cannot be a listener

    static class NoFraming {
        @StreamListener(server = "orders")
        void order(String message) {}
    }

    static class TwoFramings {
        @StreamListener(server = "orders", until = "\n", bytes = 4)
        void order(String message) {}
    }

    static class NegativeBytes {
        @StreamListener(server = "orders", bytes = -1)
        void order(String message) {}
    }

    static class BadPattern {
        @StreamListener(server = "orders", pattern = "(")
        void order(String message) {}
    }

    static class BadSize {
        @StreamListener(server = "orders", until = "\n", maxBytes = "lots")
        void order(String message) {}
    }

    static class BadCharset {
        @StreamListener(server = "orders", until = "\n", charset = "ebcdic")
        void order(String message) {}
    }

    static class WrongParameter {
        @StreamListener(server = "orders", until = "\n")
        void order(int number) {}
    }

    static class NoMessage {
        @StreamListener(server = "orders", until = "\n")
        void order(IOStream stream) {}
    }

    static class TwoMessages {
        @StreamListener(server = "orders", until = "\n")
        void order(String message, byte[] again) {}
    }

    static class WrongAnswer {
        @StreamListener(server = "orders", until = "\n")
        int order(String message) {
            return 0;
        }
    }

    static class WrongStage {
        @StreamListener(server = "orders", until = "\n")
        CompletableFuture<List<String>> order(String message) {
            return CompletableFuture.completedFuture(List.of());
        }
    }

    static class ConfinedStream {
        @StreamListener(server = "orders", until = "\n", executor = "applicationTaskExecutor")
        void order(String message, IOStream stream) {}
    }

    static class NoExecutor {
        @StreamListener(server = "orders", until = "\n", executor = "workers")
        void order(String message) {}
    }

    static Stream<Arguments> unfit() {
        return Stream.of(
                Arguments.of(
                        NoFraming.class,
                        "order(String)",
                        "nothing says where a message ends",
                        "Set one of until, bytes and pattern in @StreamListener."),
                Arguments.of(
                        TwoFramings.class,
                        "order(String)",
                        "more than one thing says where a message ends: until and bytes",
                        "Set one of until, bytes and pattern in @StreamListener."),
                Arguments.of(
                        NegativeBytes.class,
                        "order(String)",
                        "bytes is -1",
                        "Set bytes in @StreamListener to a number from 1 on."),
                Arguments.of(
                        BadPattern.class,
                        "order(String)",
                        "pattern '(' is none: Unclosed group near index 1",
                        "Correct pattern in @StreamListener."),
                Arguments.of(
                        BadSize.class,
                        "order(String)",
                        "maxBytes is 'lots'",
                        "Set maxBytes in @StreamListener to a size of at least 1B and less than 2GB, such as 64KB."),
                Arguments.of(
                        BadCharset.class,
                        "order(String)",
                        "there is no charset 'ebcdic' here",
                        "Set charset in @StreamListener to one that there is, such as ISO-8859-1."),
                Arguments.of(
                        WrongParameter.class,
                        "order(int)",
                        "parameter 1 is a int, and only String, byte[] or ByteBuffer for the message and IOStream or"
                                + " AsyncIOStream for the stream can be given",
                        "Correct the signature, for example: String order(String line)."),
                Arguments.of(
                        NoMessage.class,
                        "order(IOStream)",
                        "it takes no message",
                        "Let it take one String, byte[] or ByteBuffer."),
                Arguments.of(
                        TwoMessages.class,
                        "order(String, byte[])",
                        "it takes more than one message",
                        "Let it take one String, byte[] or ByteBuffer."),
                Arguments.of(
                        WrongAnswer.class,
                        "order(String)",
                        "it answers with a int, and only String, byte[], ByteBuffer, a CompletionStage of these, or"
                                + " nothing can be sent",
                        "Correct the signature, for example: String order(String line)."),
                Arguments.of(
                        WrongStage.class,
                        "order(String)",
                        "it answers with a List, and only String, byte[], ByteBuffer, a CompletionStage of these, or"
                                + " nothing can be sent",
                        "Correct the signature, for example: String order(String line)."),
                Arguments.of(
                        ConfinedStream.class,
                        "order(String, IOStream)",
                        "it takes an IOStream, which is confined to its loop, and runs on executor"
                                + " 'applicationTaskExecutor'",
                        "Take an AsyncIOStream instead, which any thread may use, or remove the executor."),
                Arguments.of(
                        NoExecutor.class,
                        "order(String)",
                        "there is no Executor bean 'workers'",
                        "Set executor in @StreamListener to one that there is: applicationTaskExecutor."));
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void aMethodThatCannotListenFailsTheStart(Class<?> type, String signature, String why, String action) {
        runner.withBean("listener", type)
                .run(context -> Analyses.assertThat(context.getStartupFailure())
                        .describes("Method " + type.getName() + "." + signature + " of bean 'listener' cannot be a"
                                + " @StreamListener: " + why + ".")
                        .advises(action));
    }

    static class ToAnother {
        @StreamListener(server = "payments", until = "\n")
        void pay(String message) {}
    }

    @Test
    void aMethodThatListensToAServerThatIsNotConfiguredFailsTheStart() {
        runner.withBean(ToAnother.class)
                .run(context -> Analyses.assertThat(context.getStartupFailure())
                        .describes("Method " + ToAnother.class.getName()
                                + ".pay(String) listens to server 'payments', which is"
                                + " not configured. Configured are: 'orders'.")
                        .advises("Set 'iostream.server.payments.port', or correct the name in @StreamListener(server ="
                                + " \"payments\")."));
    }

    @Test
    void twoMethodsForOneServerFailTheStart() {
        runner.withBean(Text.class)
                .withBean(Bytes.class)
                .run(context -> Analyses.assertThat(context.getStartupFailure())
                        .describes("Server 'orders' has more than one handler: '" + Text.class.getName()
                                + ".order(String)', '" + Bytes.class.getName() + ".order(byte[])'.")
                        .advises("Leave one of them, and remove @IOStreamServer(\"orders\") or @StreamListener(server ="
                                + " \"orders\") from the others."));
    }

    /** Peers that do not read do not make the application hold their answers. */
    static class Large {
        @StreamListener(server = "orders", until = "\n")
        byte[] order(String message) {
            return new byte[1024 * 1024];
        }
    }

    @Test
    void aPeerThatDoesNotReadIsNotReadFromEither() {
        runner.withBean(Large.class).run(context -> {
            try (var client = connect(context)) {
                client.send("x\n".repeat(1000));
                var seen = new ArrayList<Long>();
                await().atMost(LIMIT).until(() -> {
                    seen.add(server(context).stats().writeBuffer());
                    return seen.get(seen.size() - 1) > 0;
                });
                // one answer above the mark, and whatever the system has taken
                assertThat(seen).allMatch(bytes -> bytes <= 2L * 1024 * 1024);
            }
        });
    }
}
