package dev.iostream.boot.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.iostream.boot.IOStreamClient;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.IOStreamServer;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.boot.LineClient;
import dev.iostream.boot.ServerBinding;
import dev.iostream.boot.StreamListener;
import dev.iostream.boot.TCPServerCustomizer;
import dev.iostream.boot.listener.StreamListenerInterceptor;
import dev.iostream.boot.listener.StreamMessage;
import dev.iostream.client.ConnectionHandler;
import dev.iostream.client.SupervisedConnection;
import dev.iostream.client.TCPClient;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.StreamHandler;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.stereotype.Component;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What the page on Spring Boot shows, in one application. */
@SpringBootTest(
        classes = SpringPageTest.Application.class,
        webEnvironment = WebEnvironment.NONE,
        properties = {
            "iostream.loop.count=2",
            "iostream.server.length.port=0",
            "iostream.server.count.port=0",
            "iostream.server.count.address=127.0.0.1",
            "iostream.server.orders.port=0",
            "iostream.server.orders.address=127.0.0.1",
            "iostream.client.stock.eager=false",
            "iostream.client.feed.read-timeout=5s"
        })
@DirtiesContext
class SpringPageTest {
    @TempDir
    static Path folder;

    /** Sockets whose addresses are known before the servers have started. */
    @DynamicPropertySource
    static void sockets(DynamicPropertyRegistry registry) {
        registry.add("iostream.server.length.address", () -> "127.0.0.1, unix:" + folder.resolve("length"));
        registry.add("iostream.client.feed.targets", () -> "unix:" + folder.resolve("length"));
        registry.add("iostream.server.stock.address", () -> "unix:" + folder.resolve("stock"));
        registry.add("iostream.client.stock.targets", () -> "unix:" + folder.resolve("stock"));
    }

    @Autowired
    private IOStreamServers servers;

    @Value("${local.iostream.server.orders.port}")
    private int ordersPort;

    @Autowired
    private Shelves shelves;

    @Autowired
    private Feed feed;

    @Autowired
    private Clock clock;

    @Autowired
    private Timing timing;

    private String ask(String server, String line) throws Exception {
        try (var client = new LineClient(servers.port(server))) {
            client.send(line);
            return client.receive();
        }
    }

    // ---- servers

    @IOStreamServer("length")
    static class LengthHandler implements StreamHandler {
        @Override
        public void handle(IOStream stream) {
            stream.readUntil("\n", 4096, line -> {
                stream.write(line.length - 1 + "\n", () -> handle(stream));
            });
        }
    }

    @Test
    void aHandlerIsBoundToItsServer() throws Exception {
        assertThat(ask("length", "four\n")).isEqualTo("4\n");
    }

    @IOStreamServer("count")
    @Scope(BeanDefinition.SCOPE_PROTOTYPE)
    static class CountingHandler implements StreamHandler {
        private int lines;

        @Override
        public void handle(IOStream stream) {
            stream.readUntil("\n", 4096, line -> {
                lines++;
                stream.write(lines + "\n", () -> handle(stream));
            });
        }
    }

    @Test
    void aHandlerOfItsOwnForEachConnection() throws Exception {
        assertThat(ask("count", "a\n")).isEqualTo("1\n");
        assertThat(ask("count", "b\n")).isEqualTo("1\n");
    }

    @Configuration(proxyBeanMethods = false)
    static class MoreServers {
        @Bean
        ServerBinding admin(IOLoopGroup group) {
            var server = new TCPServer(group, stream -> stream.write("ready\n"), ServerOptions.named("admin"));
            return new ServerBinding(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }

        @Bean
        TCPServerCustomizer smallerMarks() {
            return (name, options) -> options.stream(options.stream().toBuilder()
                    .waterMarks(16 * 1024, 64 * 1024)
                    .build());
        }
    }

    @Test
    void aServerMayBeABean() throws Exception {
        assertThat(ask("admin", "")).isEqualTo("ready\n");
        assertThat(servers.get("orders").options().stream().highWaterMark()).isEqualTo(64 * 1024);
    }

    // ---- listeners

    @Component
    static class Orders {
        @StreamListener(server = "orders", until = "\r\n", maxBytes = "64KB")
        String order(String line) {
            return "accepted " + line;
        }
    }

    @Component
    static class Stock {
        @StreamListener(server = "stock", until = "\n", executor = "applicationTaskExecutor")
        String count(String article) throws InterruptedException {
            // a database that takes its time
            TimeUnit.MILLISECONDS.sleep(1);
            return article + " 17";
        }
    }

    @Component
    static class Timing implements StreamListenerInterceptor {
        private final List<String> log = new CopyOnWriteArrayList<>();

        @Override
        public Object around(StreamMessage message, Call next) throws Exception {
            long start = System.nanoTime();
            try {
                return next.proceed();
            } finally {
                log.add(message.server() + " " + (System.nanoTime() - start));
            }
        }
    }

    @Test
    void listenersAnswer() throws Exception {
        try (var client = new LineClient(ordersPort)) {
            client.send("2 chairs\r\n");
            assertThat(client.receive()).isEqualTo("accepted 2 chairs\r\n");
        }
        assertThat(timing.log).anyMatch(line -> line.startsWith("orders "));
    }

    // ---- clients

    @Component
    static class Shelves {
        private final TCPClient stock;

        Shelves(@IOStreamClient("stock") TCPClient stock) {
            this.stock = stock;
        }

        CompletableFuture<String> count(String article) {
            return stock.connect()
                    .thenCompose(stream -> stream.write(article + "\n")
                            .thenCompose(written -> stream.readUntil("\n"))
                            .whenComplete((line, failure) -> stream.close()))
                    .thenApply(line -> new String(line).strip());
        }
    }

    @Test
    void aClientIsInjectedByItsName() throws Exception {
        assertThat(shelves.count("chairs").get(20, TimeUnit.SECONDS)).isEqualTo("chairs 17");
    }

    @IOStreamClient("feed")
    static class Feed implements ConnectionHandler {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void onUp(IOStream stream) {
            stream.write("subscribe\n");
            next(stream);
        }

        private void next(IOStream stream) {
            stream.readUntil("\n", 4096, line -> {
                lines.add(new String(line).strip());
                next(stream);
            });
        }
    }

    @Component
    static class Alarm {
        private final SupervisedConnection feed;

        Alarm(@IOStreamClient("feed") SupervisedConnection feed) {
            this.feed = feed;
        }

        void ring() {
            feed.current().ifPresent(stream -> stream.write("alarm\n"));
        }
    }

    @Test
    void aConnectionIsKept(@Autowired Alarm alarm) {
        await().atMost(Duration.ofSeconds(20)).until(() -> feed.lines, List.of("9")::equals);
        alarm.ring();
        await().atMost(Duration.ofSeconds(20)).until(() -> feed.lines, List.of("9", "5")::equals);
    }

    @Component
    static class Clock {
        private final IOStreamFactory streams;
        private final IOLoop loop;

        Clock(IOStreamFactory streams, IOLoop loop) {
            this.streams = streams;
            this.loop = loop;
        }

        CompletableFuture<String> read(int port) {
            var time = new CompletableFuture<String>();
            loop.addCallback(() -> {
                IOStream stream = streams.open(loop);
                stream.connect(
                        "localhost",
                        port,
                        null,
                        () -> stream.readUntil("\n", line -> time.complete(new String(line))),
                        (errno, message) -> time.completeExceptionally(new IllegalStateException(message)));
            });
            return time;
        }
    }

    @Test
    void streamsOfTheApplicationsOwn() throws Exception {
        assertThat(clock.read(servers.port("admin")).get(20, TimeUnit.SECONDS)).isEqualTo("ready\n");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({
        LengthHandler.class,
        CountingHandler.class,
        MoreServers.class,
        Orders.class,
        Stock.class,
        Timing.class,
        Shelves.class,
        Feed.class,
        Alarm.class,
        Clock.class
    })
    static class Application {}
}
