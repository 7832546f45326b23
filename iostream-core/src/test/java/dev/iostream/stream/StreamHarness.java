package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two connected streams and a loop to run them, whatever carries their bytes. Each transport has a subclass of
 * {@link StreamContract} that connects them.
 */
abstract class StreamHarness {
    /** Two connected streams on one loop. */
    record Pair(IOStream client, IOStream server) {}

    final Endpoint endpoint = new Endpoint("contract");
    final List<Throwable> reported = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    boolean loopClosed;
    IOStream client;
    IOStream server;

    abstract IOLoop loop();

    /** Two streams, connected to each other; the server's end with these options. */
    abstract Pair connect(StreamOptions clientOptions, StreamOptions serverOptions) throws IOException;

    /** Bytes that are many for this transport: far more than it holds by itself, yet soon carried. */
    abstract int much();

    /** Whether one direction can be ended alone. */
    boolean halfCloses() {
        return true;
    }

    /** Whether a connection can be reset, so that its peer does not see an ordinary end. */
    boolean resets() {
        return true;
    }

    /** Why a stream closes whose peer has let go of the connection in the middle: by a reset, or by an end that says so. */
    Set<CloseReason> brokenOff() {
        return Set.of(CloseReason.PEER_RESET);
    }

    /** Runs the loop until the condition holds, and fails when it never does. */
    abstract void runUntil(BooleanSupplier condition);

    /** Runs the loop until it has done all that it can do without further events. */
    abstract void runUntilQuiet();

    @BeforeEach
    void open() throws IOException {
        loop().setExceptionHandler(reported::add);
        connect(options());
    }

    @AfterEach
    void nothingIsLeftOpen() {
        if (!loopClosed) {
            client.abort();
            server.abort();
            runUntilQuiet();
        }
        assertThat(endpoint.stats().active()).as("open streams").isZero();
        assertThat(endpoint.stats().readBuffer()).as("unread bytes counted").isZero();
        assertThat(endpoint.stats().writeBuffer()).as("unsent bytes counted").isZero();
        assertThat(loop().stats().streams()).as("streams of the loop").isZero();
        assertThat(loop().stats().timers()).as("timers of the loop").isZero();
        loop().close();
    }

    StreamOptions.Builder options() {
        return StreamOptions.builder().endpoint(endpoint);
    }

    void connect(StreamOptions.Builder serverOptions) throws IOException {
        if (client != null) {
            client.abort();
            server.abort();
        }
        Pair pair = connect(StreamOptions.defaults(), serverOptions.build());
        client = pair.client();
        server = pair.server();
    }

    void record(byte[] data) {
        events.add(new String(data, ISO_8859_1));
    }

    /** Has the server receive and buffer the text, with no read pending. */
    void receive(String text) {
        long count = server.bufferedBytes() + text.length();
        client.write(text);
        server.readBytes((int) count + 1, data -> events.add("more than was sent"));
        runUntil(() -> server.bufferedBytes() == count);
        server.cancelRead();
    }

    void expect(String... expected) {
        runUntil(() -> events.size() >= expected.length);
        runUntilQuiet();
        assertThat(events).containsExactly(expected);
    }

    void whenClosed(IOStream stream, String event) {
        stream.setCloseCallback(() -> events.add(event));
    }

    /** Runs it on another thread, and returns when it has. */
    static void elsewhere(Runnable task) {
        var other = new Thread(task, "elsewhere");
        other.start();
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
