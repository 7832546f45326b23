package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a stream is made of, and what it has when nothing is said. */
class ConstructionTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final IOLoop loop = new IOLoop();
    private final List<String> events = new ArrayList<>();
    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        loop.close();
    }

    private InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    private void exchange(IOStream stream, IOLoop on) throws IOException {
        try (SocketChannel peer = listener.accept()) {
            stream.write("ping");
            stream.readUntil("\n", line -> {
                events.add(new String(line, UTF_8));
                on.stop();
            });
            peer.write(UTF_8.encode("pong\n"));
            on.runSync(LIMIT, () -> {});
        }
        assertThat(events).contains("pong\n");
    }

    @Test
    void aConnectedChannelIsTakenOverAndMadeNonBlocking() throws IOException {
        SocketChannel channel = SocketChannel.open(address());
        var stream = new IOStream(channel, loop);
        assertThat(channel.isBlocking()).isFalse();
        assertThat(stream.remoteAddress()).isEqualTo(address());
        assertThat(stream.loop()).isSameAs(loop);
        exchange(stream, loop);
        stream.abort();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anUnconnectedChannelCanBeConnected() throws IOException {
        SocketChannel channel = SocketChannel.open();
        var stream = new IOStream(channel, loop, 4096);
        assertThat(channel.isBlocking()).isFalse();
        assertThat(loop.stats().streams()).as("nothing is watched before").isZero();
        stream.connect(
                address().getHostString(),
                address().getPort(),
                null,
                () -> events.add("connected"),
                (errno, message) -> events.add(message));
        exchange(stream, loop);
        assertThat(events).containsExactly("connected", "pong\n");
    }

    @Test
    void aChannelThatIsClosedIsRefused() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.close();
        assertThatThrownBy(() -> new IOStream(channel, loop))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(ClosedChannelException.class);
        assertThat(loop.stats().streams()).isZero();
    }

    @Test
    void withoutALoopTheGlobalOneIsUsed() throws IOException {
        IOLoop global = IOLoop.instance();
        var stream = new IOStream(SocketChannel.open(address()));
        assertThat(stream.loop()).isSameAs(global);
        exchange(stream, global);
        global.close();
        assertThat(stream.closed()).isTrue();
    }

    @Test
    void withoutALimitItIsThatOfTheOriginalInBothDirections() {
        StreamOptions options = StreamOptions.defaults();
        assertThat(IOStream.DEFAULT_MAX_BUFFER_SIZE).isEqualTo(104_857_600);
        assertThat(options.maxBufferSize().bytes()).isEqualTo(104_857_600);
        assertThat(options.maxWriteBufferSize().bytes()).isEqualTo(104_857_600);
        assertThatThrownBy(() -> IOStream.open(loop, options).write(new byte[104_857_601]))
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("104857600 bytes");
    }

    @Test
    void theLimitOfTheConstructorHoldsInBothDirections() throws IOException {
        var stream = new IOStream(SocketChannel.open(address()), loop, 10);
        assertThatThrownBy(() -> stream.write("12345678901"))
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("10 bytes");
        try (SocketChannel peer = listener.accept()) {
            stream.readUntil("\n", line -> {});
            stream.setCloseCallback(loop::stop);
            peer.write(UTF_8.encode("12345678901"));
            loop.runSync(LIMIT, () -> {});
        }
        assertThat(stream.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
        assertThatIllegalArgumentException().isThrownBy(() -> new IOStream(SocketChannel.open(), loop, 0));
    }

    @Test
    void theDnsTimeoutIsThirtySecondsUnlessItIsSet() {
        assertThat(StreamOptions.defaults().dial().dnsTimeout()).isEqualTo(Duration.ofSeconds(30));
        StreamOptions options =
                StreamOptions.builder().dnsTimeout(Duration.ofSeconds(3)).build();
        assertThat(options.dial().dnsTimeout()).isEqualTo(Duration.ofSeconds(3));
    }
}
