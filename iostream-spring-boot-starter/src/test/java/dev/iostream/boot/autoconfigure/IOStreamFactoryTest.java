package dev.iostream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.Handlers;
import dev.iostream.boot.IOStreamFactory;
import dev.iostream.boot.IOStreamServers;
import dev.iostream.dns.Resolver;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.server.StreamHandler;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Streams that an application makes itself, and what they are made with. */
class IOStreamFactoryTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(IOStreamAutoConfiguration.class, IOStreamServerAutoConfiguration.class))
            .withBean("echo", StreamHandler.class, Handlers::echo)
            .withPropertyValues(
                    "iostream.loop.count=2", "iostream.server.echo.port=0", "iostream.server.echo.address=127.0.0.1");

    @Test
    void streamsHaveTheGlobalLimitsAndDeadlines() {
        runner.withPropertyValues(
                        "iostream.max-buffer-size=4KB", "iostream.max-write-buffer-size=8KB", "iostream.dns-timeout=7")
                .run(context -> {
                    var options = context.getBean(IOStreamFactory.class).options();
                    assertThat(options.maxBufferSize()).hasToString("4096 bytes (iostream.max-buffer-size)");
                    assertThat(options.maxWriteBufferSize()).hasToString("8192 bytes (iostream.max-write-buffer-size)");
                    assertThat(options.dial().dnsTimeout()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(options.readTimeout()).isEqualTo(Duration.ofSeconds(30));
                    assertThat(options.endpoint().name()).isEqualTo("default");
                });
    }

    @Test
    void aStreamThatIsOpenedConnects() {
        runner.run(context -> {
            var streams = context.getBean(IOStreamFactory.class);
            int port = context.getBean(IOStreamServers.class).port("echo");
            String answer = onLoop(context.getBean(IOLoop.class), loop -> {
                IOStream stream = streams.open(loop);
                stream.connect("127.0.0.1", port, null, null, null);
                return stream;
            });
            assertThat(answer).isEqualTo("hello\n");
            assertThat(streams.options().endpoint().stats().received()).isEqualTo(6);
        });
    }

    @Test
    void aChannelIsWrapped() {
        runner.run(context -> {
            var streams = context.getBean(IOStreamFactory.class);
            int port = context.getBean(IOStreamServers.class).port("echo");
            var channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            assertThat(onLoop(context.getBean(IOLoop.class), loop -> streams.wrap(channel, loop)))
                    .isEqualTo("hello\n");
        });
    }

    @Test
    void theLoopIsTheFirstOfTheGroup() {
        runner.run(context -> assertThat(context.getBean(IOLoop.class))
                .isSameAs(context.getBean(IOLoopGroup.class).loops().get(0)));
    }

    @Test
    void aResolverOfTheApplicationIsAskedForNames() {
        Resolver mine = Resolver.overriding(
                Map.of("echo.internal", List.of(InetAddress.getLoopbackAddress())), Resolver.system());
        runner.withBean(Resolver.class, () -> mine).run(context -> {
            var streams = context.getBean(IOStreamFactory.class);
            int port = context.getBean(IOStreamServers.class).port("echo");
            String answer = onLoop(context.getBean(IOLoop.class), loop -> {
                IOStream stream = streams.open(loop);
                stream.connect("echo.internal", port, null, null, null);
                return stream;
            });
            assertThat(answer).isEqualTo("hello\n");
        });
    }

    /** What the peer answers to a stream that is made on the loop. */
    private static String onLoop(IOLoop loop, Function<IOLoop, IOStream> maker) throws Exception {
        var answer = new CompletableFuture<String>();
        loop.addCallback(() -> {
            IOStream stream = maker.apply(loop);
            stream.setCloseCallback(() -> answer.completeExceptionally(
                    stream.error() == null ? new IOException("closed: " + stream.closeReason()) : stream.error()));
            stream.write("hello\n");
            stream.readUntil("\n", line -> {
                answer.complete(new String(line));
                stream.close();
            });
        });
        return answer.get(20, TimeUnit.SECONDS);
    }
}
