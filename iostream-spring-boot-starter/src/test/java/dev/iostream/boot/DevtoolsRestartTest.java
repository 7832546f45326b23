package dev.iostream.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An application with devtools restarts when its code changes: in the same process, with another class loader. It runs in
 * a process of its own, and is looked at from outside.
 */
@EnabledOnOs(OS.LINUX)
class DevtoolsRestartTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int RESTARTS = 3;

    private static final String SOURCE = """
            package restarted;

            import dev.iostream.boot.*;
            import java.util.stream.Collectors;
            import org.springframework.beans.factory.ObjectProvider;
            import org.springframework.boot.SpringApplication;
            import org.springframework.boot.autoconfigure.SpringBootApplication;
            import org.springframework.context.event.EventListener;
            import org.springframework.stereotype.Component;

            @SpringBootApplication
            public class Application {
                public static void main(String[] arguments) {
                    SpringApplication.run(Application.class, arguments);
                }

                @Component
                static class Answers {
                    private final ObjectProvider<IOStreamServers> servers;

                    Answers(ObjectProvider<IOStreamServers> servers) {
                        this.servers = servers;
                    }

                    @StreamListener(server = "questions", until = "\\n")
                    String answer(String question) {
                        return switch (question) {
                            case "threads" -> Thread.getAllStackTraces().keySet().stream()
                                    .map(Thread::getName).collect(Collectors.joining(","));
                            case "connections" -> "" + servers.getObject().get("questions").stats().connections();
                            default -> "version %d";
                        };
                    }

                    /** The port that the system chose for the first start is that of all others. */
                    @EventListener
                    void keepPort(IOStreamServerStartedEvent event) {
                        var address = (java.net.InetSocketAddress) event.getAddresses().get(0);
                        System.setProperty("iostream.server.questions.port", "" + address.getPort());
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    private @Nullable Process application;

    @AfterEach
    void end() throws Exception {
        if (application == null) {
            return;
        }
        application.destroy();
        if (!application.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            application.destroyForcibly();
        }
    }

    /** As in most applications, where the starter is a jar; and where it is built beside the application, and changes too. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRestartServesTheNewCodeAtTheSamePortAndLeavesNothingOfTheOld(boolean starterIsKept) throws Exception {
        if (starterIsKept) {
            Path settings =
                    Files.createDirectories(classes().resolve("META-INF")).resolve("spring-devtools.properties");
            Files.writeString(settings, "restart.exclude.iostream=.*/iostream-[a-z-]+/target/classes/\n");
        }
        compile(0);
        start();
        int port = awaitStarted(1);
        long descriptors = 0;
        for (int version = 1; version <= RESTARTS; version++) {
            try (var client = new LineClient(port)) {
                assertThat(ask(client, "version")).isEqualTo("version " + (version - 1));
                compile(version);

                assertThat(awaitStarted(version + 1)).isEqualTo(port);

                assertThat(client.receive())
                        .as("the old server has closed what was open")
                        .isEmpty();
            }
            try (var client = new LineClient(port)) {
                assertThat(ask(client, "version")).isEqualTo("version " + version);
                assertThat(threads(client))
                        .containsExactlyInAnyOrder("iostream-loop-1", "iostream-loop-2", "iostream-server-questions");
                // this one, and the application's own client
                await().atMost(LIMIT).until(() -> ask(client, "connections").equals("2"));
                if (version == 1) {
                    descriptors = descriptors();
                } else {
                    // the old application may still be closing its own
                    long before = descriptors;
                    await().atMost(LIMIT)
                            .untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before));
                }
            }
        }
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(restartClassLoaders()).isLessThanOrEqualTo(2));
    }

    // ---- the application

    private Path classes() {
        return folder.resolve("classes");
    }

    private void compile(int version) throws IOException {
        Path source = folder.resolve("Application.java");
        Files.writeString(source, SOURCE.formatted(version));
        Files.createDirectories(classes());
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        classPath(),
                        "-d",
                        classes().toString(),
                        source.toString());
        assertThat(status).isZero();
    }

    /** What the starter brings, and devtools. */
    private String classPath() {
        Stream<Path> starter =
                TestClassPath.with(jar -> TestClassPath.isOfStarter(jar) || jar.startsWith("spring-boot-devtools-"))
                        .stream()
                        .filter(entry -> !entry.endsWith("test-classes"));
        return Stream.concat(Stream.of(classes()), starter)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void start() throws IOException {
        application = new ProcessBuilder(
                        tool("java"),
                        "-Diostream.server.questions.port=0",
                        // a collection of garbage takes what is only cached, too
                        "-XX:SoftRefLRUPolicyMSPerMB=0",
                        "-cp",
                        classPath(),
                        "restarted.Application",
                        "--spring.devtools.restart.poll-interval=200ms",
                        "--spring.devtools.restart.quiet-period=100ms",
                        "--iostream.loop.count=2",
                        "--iostream.server.questions.address=127.0.0.1, unix:" + folder.resolve("socket"),
                        "--iostream.client.self.targets=unix:" + folder.resolve("socket"),
                        "--iostream.client.self.eager=true")
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private Path log() {
        return folder.resolve("log");
    }

    /** Waits until the application has started so many times, and tells where it listens now. */
    private int awaitStarted(int times) throws IOException {
        await().atMost(LIMIT)
                .until(() -> !application.isAlive()
                        || all("Started Application in", Files.readString(log()))
                                        .size()
                                >= times);
        assertThat(application.isAlive()).as(Files.readString(log())).isTrue();
        List<String> ports = all("Server 'questions' listens at 127\\.0\\.0\\.1:(\\d+)", Files.readString(log()));
        return Integer.parseInt(ports.get(times - 1));
    }

    private static List<String> all(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.results().map(found -> found.group(matcher.groupCount())).toList();
    }

    // ---- what it leaves

    private static String ask(LineClient client, String question) throws IOException {
        client.send(question + "\n");
        return client.receive().strip();
    }

    /** Those of ours, without those that the whole JVM shares. */
    private static List<String> threads(LineClient client) throws IOException {
        return ApplicationThreads.among(Stream.of(ask(client, "threads").split(",")));
    }

    private long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc", String.valueOf(application.pid()), "fd"))) {
            return all.count();
        }
    }

    /**
     * How many there are after a collection of garbage: that of now, and one more, which is there without iostream as well.
     * Anything of ours that kept its application would make it one for each restart.
     */
    private long restartClassLoaders() throws IOException {
        Process histogram = new ProcessBuilder(tool("jcmd"), String.valueOf(application.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text = new String(histogram.getInputStream().readAllBytes());
        List<String> counts =
                all("(?m)^ *\\d+: +(\\d+) +\\d+ +org\\.springframework\\S+\\.RestartClassLoader\\b", text);
        assertThat(counts).as(text).hasSize(1);
        return Long.parseLong(counts.get(0));
    }
}
