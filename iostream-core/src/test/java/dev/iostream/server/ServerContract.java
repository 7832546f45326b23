package dev.iostream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server does on one loop that its clients share, over any network. */
abstract class ServerContract {
    private static final SocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final List<String> events = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();
    private TCPServer server;

    abstract IOLoop loop();

    abstract ServerOptions options(String name);

    /** A client's stream; fails when nobody listens. */
    abstract IOStream connect(SocketAddress address) throws IOException;

    abstract void runUntil(BooleanSupplier condition);

    abstract void runUntilQuiet();

    @BeforeEach
    void open() {
        loop().setExceptionHandler(reported::add);
        server = new TCPServer(loop(), ServerContract::echo, options("echo"));
    }

    @AfterEach
    void close() {
        server.close();
        loop().close();
        assertThat(server.stats().active()).isZero();
        assertThat(loop().stats().streams()).isZero();
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    private SocketAddress listen() {
        server.listen(ANY_PORT);
        return server.localAddresses().get(0);
    }

    private void ask(IOStream client, String question) {
        int before = events.size();
        client.write(question + "\n");
        client.readUntil("\n", line -> events.add(new String(line, UTF_8).trim()));
        runUntil(() -> events.size() > before);
        assertThat(events.get(before)).isEqualTo(question);
    }

    @Test
    void aConnectionIsServed() throws IOException {
        IOStream client = connect(listen());
        ask(client, "one");
        ask(client, "two");
        assertThat(server.stats().opened()).isEqualTo(1);
        assertThat(server.stats().active()).isEqualTo(1);
    }

    @Test
    void severalAddressesAreServed() throws IOException {
        server.listen(ANY_PORT, ANY_PORT);
        server.listen(ANY_PORT);
        assertThat(server.localAddresses()).hasSize(3).doesNotHaveDuplicates();
        for (SocketAddress address : server.localAddresses()) {
            ask(connect(address), address.toString());
        }
        assertThat(server.stats().opened()).isEqualTo(3);
    }

    @Test
    void thePortThatWasChosenIsTold() {
        assertThat(((InetSocketAddress) listen()).getPort()).isPositive();
    }

    @Test
    void anAddressInUseFailsWithAMessageThatNamesServerAndAddress() {
        SocketAddress taken = listen();
        var second = new TCPServer(loop(), ServerContract::echo, options("second"));
        assertThatThrownBy(() -> second.listen(taken))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Server 'second' could not listen at " + taken)
                .hasMessageContaining("Address already in use")
                .hasCauseInstanceOf(java.net.BindException.class);
        assertThat(second.localAddresses()).isEmpty();
    }

    @Test
    void whenOneAddressOfSeveralFailsNoneIsListenedAt() throws IOException {
        SocketAddress taken = listen();
        var first = new TCPServer(loop(), ServerContract::echo, options("first"));
        first.listen(ANY_PORT);
        SocketAddress free = first.localAddresses().get(0);
        first.stop();
        runUntilQuiet();
        var second = new TCPServer(loop(), ServerContract::echo, options("second"));
        assertThatThrownBy(() -> second.listen(free, taken)).isInstanceOf(UncheckedIOException.class);
        runUntilQuiet();
        assertThatThrownBy(() -> connect(free)).hasStackTraceContaining("Connection refused");
        second.listen(free);
        ask(connect(free), "free again");
        second.close();
    }

    @Test
    void streamsSurviveTheStopAndNoConnectionIsAcceptedAfterIt() throws IOException {
        SocketAddress address = listen();
        IOStream client = connect(address);
        ask(client, "before");
        server.stop();
        runUntilQuiet();
        assertThat(server.localAddresses()).isEmpty();
        assertThatThrownBy(() -> connect(address)).hasStackTraceContaining("Connection refused");
        ask(client, "after");
        assertThat(server.stats().active()).isEqualTo(1);
    }

    @Test
    void aStoppedServerListensAgainAtTheSameAddress() throws IOException {
        SocketAddress address = listen();
        for (int i = 0; i < 20; i++) {
            ask(connect(address), "round " + i);
            server.stop();
            runUntilQuiet();
            server.listen(address);
        }
        assertThat(server.stats().opened()).isEqualTo(20);
    }

    @Test
    void aHandlerThatThrowsClosesItsStreamAndIsReportedAndTheServerGoesOn() throws IOException {
        List<Throwable> failures = List.of(
                new IOException("checked"), new IllegalStateException("unchecked"), new AssertionError("error"));
        var left = new ArrayList<>(failures);
        server = new TCPServer(
                loop(),
                stream -> {
                    if (left.isEmpty()) {
                        echo(stream);
                    } else {
                        throwIt(left.remove(0));
                    }
                },
                options("failing"));
        SocketAddress address = listen();
        for (int i = 1; i <= failures.size(); i++) {
            int count = i;
            IOStream client = connect(address);
            runUntil(() -> reported.size() == count && client.closed());
        }
        assertThat(reported).isEqualTo(failures);
        assertThat(server.stats().closed(CloseReason.CALLBACK_FAILED)).isEqualTo(failures.size());
        ask(connect(address), "served");
    }

    private static void throwIt(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    @Test
    void countersSurviveAStop() throws IOException {
        IOStream client = connect(listen());
        ask(client, "12345");
        server.stop();
        client.close();
        runUntil(() -> server.stats().active() == 0);
        assertThat(server.stats().opened()).isEqualTo(1);
        assertThat(server.stats().received()).isEqualTo(6);
        assertThat(server.stats().sent()).isEqualTo(6);
    }

    @Test
    void stoppingTwiceOrWithoutHavingListenedIsFine() {
        server.stop();
        listen();
        server.stop();
        server.stop();
        assertThat(server.localAddresses()).isEmpty();
    }
}
