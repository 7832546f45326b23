package dev.iostream.boot.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.ApplicationThreads;
import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamClients;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.StreamListener;
import dev.iostream.boot.autoconfigure.IOStreamAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamClientAutoConfiguration;
import dev.iostream.boot.autoconfigure.IOStreamServerAutoConfiguration;
import dev.iostream.server.StreamHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application with servers and clients that is stopped leaves nothing behind, and starts again. */
@EnabledOnOs(OS.LINUX)
class WholeApplicationRestartTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @Test
    void aStopLeavesNoThreadAndNoDescriptorAndAStartBringsAllBack(@TempDir Path folder) throws Exception {
        try (var first = run(folder)) {
            useAll(first);
        }
        // what the JDK itself keeps once sockets and classes have been used
        List<String> before = descriptors();
        try (var context = run(folder)) {
            useAll(context);
            assertThat(openedSince(before)).anyMatch(name -> name.startsWith("socket:"));

            context.stop();

            ApplicationThreads.awaitNone();
            awaitNoneSince(before);
            assertThat(folder.resolve("socket")).doesNotExist();

            context.start();

            useAll(context);
        }
        ApplicationThreads.awaitNone();
        awaitNoneSince(before);
    }

    @Test
    void applicationsOneAfterTheOtherLeaveNoDescriptorBehind(@TempDir Path folder) throws Exception {
        List<String> before = List.of();
        for (int i = 0; i < 10; i++) {
            try (var context = run(folder)) {
                useAll(context);
            }
            ApplicationThreads.awaitNone();
            if (i == 0) {
                before = descriptors();
            }
            awaitNoneSince(before);
        }
    }

    @Test
    void aPausedContextKeepsItsPorts(@TempDir Path folder) throws Exception {
        try (var context = run(folder)) {
            int port = context.getBean(IOStreamServers.class).port("echo");

            context.pause();

            try (var client = new LineClient(port)) {
                client.send("still here\n");
                assertThat(client.receive()).isEqualTo("still here\n");
            }
            context.restart();
            assertThat(context.getBean(IOStreamServers.class).port("echo")).isEqualTo(port);
        }
    }

    private static ConfigurableApplicationContext run(Path folder) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .run(
                        "--iostream.loop.count=2",
                        // where the JDK has them
                        "--spring.threads.virtual.enabled=true",
                        "--iostream.server.lengths.port=0",
                        "--iostream.server.lengths.address=127.0.0.1",
                        "--iostream.server.lengths.close-timeout=10ms",
                        "--iostream.server.echo.port=0",
                        "--iostream.server.echo.address=127.0.0.1, unix:" + folder.resolve("socket"),
                        "--iostream.server.echo.close-timeout=10ms",
                        "--iostream.client.local.targets=unix:" + folder.resolve("socket"),
                        "--iostream.client.local.eager=true");
    }

    private static void useAll(ConfigurableApplicationContext context) throws Exception {
        try (var client = new LineClient(context.getBean(IOStreamServers.class).port("echo"))) {
            client.send("hello\n");
            assertThat(client.receive()).isEqualTo("hello\n");
        }
        var stream = context.getBean(IOStreamClients.class)
                .connection("local")
                .whenUp()
                .get(20, TimeUnit.SECONDS);
        stream.write("hello\n");
        assertThat(stream.readUntil("\n").get(20, TimeUnit.SECONDS)).isEqualTo("hello\n".getBytes());
        try (var client = new LineClient(context.getBean(IOStreamServers.class).port("lengths"))) {
            client.send("hello\n");
            assertThat(client.receive()).isEqualTo("5\n");
        }
    }

    private static void awaitNoneSince(List<String> before) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(openedSince(before)).isEmpty());
    }

    /** Those that were not there before: other tests of the JVM may have left some, which may go at any time. */
    private static List<String> openedSince(List<String> before) throws IOException {
        List<String> now = descriptors();
        before.forEach(now::remove);
        return now;
    }

    /** Sockets, pipes, event queues and the like; files come and go with the classes that are loaded from them. */
    private static List<String> descriptors() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            for (Path each : all.toList()) {
                try {
                    names.add(Files.readSymbolicLink(each).toString());
                } catch (NoSuchFileException e) {
                    // what the list itself was read with, or closed meanwhile
                    continue;
                }
            }
        }
        names.removeIf(name -> name.startsWith("/"));
        return names;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        TaskExecutionAutoConfiguration.class,
        IOStreamAutoConfiguration.class,
        IOStreamClientAutoConfiguration.class,
        IOStreamServerAutoConfiguration.class
    })
    static class Application {
        @Bean
        StreamHandler echo() {
            return Handlers.echo();
        }

        @Bean
        Lengths lengths() {
            return new Lengths();
        }
    }

    static class Lengths {
        @StreamListener(server = "lengths", until = "\n", executor = "applicationTaskExecutor")
        String of(String line) {
            return String.valueOf(line.length());
        }
    }
}
