package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.event.CloseReason;
import dev.iostream.stream.IOStream;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a server comes to its end without cutting anybody off. */
abstract class DrainContract extends LimitsContract {
    private static final Duration SOON = Duration.ofMillis(300);

    @Test
    void aDrainClosesIdleStreamsAndStopsAccepting() {
        TCPServer server = listeningEchoServer();
        SocketAddress address = server.localAddresses().get(0);
        Client client = client(server).isServed();

        CompletableFuture<Drained> drained = server.drain(NEVER);

        assertThat(server.stats().state()).isEqualTo(ServerState.DRAINING);
        assertThat(resultOf(drained)).isEqualTo(new Drained(1, 0));
        client.isClosed();
        assertThat(client.stream.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(server.stats().closed(CloseReason.DRAINED)).isEqualTo(1);
        assertThat(server.stats().state()).isEqualTo(ServerState.STOPPED);
        assertThat(refuses(address)).isTrue();
    }

    @Test
    void aDrainOfNothingIsSoonOver() {
        assertThat(resultOf(listeningEchoServer().drain(NEVER))).isEqualTo(new Drained(0, 0));
        assertThat(resultOf(echoServer().drain(NEVER))).isEqualTo(new Drained(0, 0));
    }

    @Test
    void aStreamInTheMiddleOfARequestIsServedBeforeItCloses() {
        TCPServer server = listeningEchoServer();
        Client client = client(server).says("half");
        runUntil(() -> served.size() == 1 && served.get(0).bufferedBytes() == 4);

        CompletableFuture<Drained> drained = server.drain(NEVER);
        for (int i = 0; i < 10; i++) {
            loop().runSync(NEVER, loop()::stop);
        }
        assertThat(client.stream.closed()).isFalse();
        client.says(" a line\n").hears("half a line\n");

        assertThat(resultOf(drained)).isEqualTo(new Drained(1, 0));
        assertThat(server.stats().closed(CloseReason.DRAINED)).isEqualTo(1);
    }

    @Test
    void whatIsOpenAtTheDeadlineIsClosed() {
        TCPServer server = listeningEchoServer();
        Client busy = client(server).says("half");
        client(server).isServed();
        runUntil(() -> served.stream().mapToLong(IOStream::bufferedBytes).sum() == 4);

        assertThat(resultOf(server.drain(SOON))).isEqualTo(new Drained(1, 1));

        busy.isClosed();
        assertThat(server.stats().closed(CloseReason.DRAINED)).isEqualTo(1);
        assertThat(server.stats().closed(CloseReason.DRAIN_DEADLINE)).isEqualTo(1);
    }

    @Test
    void aLimitOfZeroClosesAtOnce() {
        TCPServer server = listeningEchoServer();
        client(server).says("half");
        runUntil(() -> served.size() == 1 && served.get(0).bufferedBytes() == 4);
        assertThat(resultOf(server.drain(Duration.ZERO))).isEqualTo(new Drained(0, 1));
    }

    @Test
    void whatWaitsToBeAcceptedIsServedFirst() {
        TCPServer server = listeningEchoServer();
        server.pause();
        runUntilQuiet();
        Client waiting = client(server).says("ping\n");
        runUntilQuiet();

        CompletableFuture<Drained> drained = server.drain(NEVER);

        assertThat(resultOf(drained)).isEqualTo(new Drained(1, 0));
        waiting.hears("ping\n");
        assertThat(waiting.stream.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(server.stats().closed(CloseReason.DRAINED)).isEqualTo(1);
    }

    @Test
    void whatWaitsAtAServerThatNeverStartedIsNotServed() {
        TCPServer server = echoServer();
        server.bind(ANY_PORT);
        Client waiting = client(server).says("ping\n");
        runUntilQuiet();
        assertThat(resultOf(server.drain(NEVER))).isEqualTo(new Drained(0, 0));
        waiting.isClosed();
        assertThat(served).isEmpty();
    }

    @Test
    void aHandlerMayEndItsStreamInItsOwnWay() {
        TCPServer server = server(options(), new StreamHandler() {
            @Override
            public void handle(IOStream stream) {
                echo(stream);
            }

            @Override
            public void drain(IOStream stream) {
                stream.write("going down\n");
                stream.close();
            }
        });
        server.listen(ANY_PORT);
        Client client = client(server).isServed();

        assertThat(resultOf(server.drain(NEVER))).isEqualTo(new Drained(1, 0));

        client.hears("ping\ngoing down\n");
        assertThat(server.stats().closed(CloseReason.LOCAL)).isEqualTo(1);
    }

    @Test
    void aHandlerMayHoldItsStreamUntilItHasAnswered() {
        TCPServer server = server(options(), new StreamHandler() {
            @Override
            public void handle(IOStream stream) {
                served.add(stream);
            }

            @Override
            public void drain(IOStream stream) {
                stream.loop().addTimeout(SOON, () -> {
                    stream.write("the answer\n");
                    stream.close();
                });
            }
        });
        server.listen(ANY_PORT);
        Client client = client(server);
        runUntil(() -> served.size() == 1);

        assertThat(resultOf(server.drain(NEVER))).isEqualTo(new Drained(1, 0));

        client.hears("the answer\n");
    }

    @Test
    void aSubclassMayEndItsStreamsInItsOwnWay() {
        var server = new TCPServer(loop(), options().build()) {
            @Override
            protected void handle(IOStream stream) {
                echo(stream);
            }

            @Override
            protected void drain(IOStream stream) {
                stream.close();
            }
        };
        closedAfterTheTest(server).listen(ANY_PORT);
        client(server).isServed();
        assertThat(resultOf(server.drain(NEVER))).isEqualTo(new Drained(1, 0));
        assertThat(server.stats().closed(CloseReason.LOCAL)).isEqualTo(1);
    }

    @Test
    void aHandlerThatThrowsInADrainLosesItsStreamOnly() {
        var failure = new IllegalStateException("in the drain");
        TCPServer server = server(options(), new StreamHandler() {
            @Override
            public void handle(IOStream stream) {
                echo(stream);
            }

            @Override
            public void drain(IOStream stream) {
                if (stream == served.get(0)) {
                    throw failure;
                }
                stream.close();
            }
        });
        server.listen(ANY_PORT);
        client(server).isServed();
        client(server).isServed();

        assertThat(resultOf(server.drain(NEVER))).isEqualTo(new Drained(2, 0));

        assertThat(reported).containsExactly(failure);
        assertThat(served.get(0).error()).isSameAs(failure);
        assertThat(server.stats().closed(CloseReason.CALLBACK_FAILED)).isEqualTo(1);
        assertThat(server.stats().closed(CloseReason.LOCAL)).isEqualTo(1);
    }

    @Test
    void whileItDrainsItListensNowhereElse() {
        TCPServer server = listeningEchoServer();
        client(server).says("half");
        runUntil(() -> served.size() == 1 && served.get(0).bufferedBytes() == 4);
        CompletableFuture<Drained> drained = server.drain(NEVER);

        assertThatIllegalStateException()
                .isThrownBy(() -> server.listen(ANY_PORT))
                .withMessageContaining("draining");
        assertThatIllegalStateException().isThrownBy(server::start);
        assertThat(server.drain(Duration.ZERO)).as("a second drain").isSameAs(drained);

        server.close();
        assertThat(resultOf(drained)).as("a close ends it").isEqualTo(new Drained(1, 0));
    }

    @Test
    void listensAgainAfterADrain() {
        TCPServer server = listeningEchoServer();
        client(server).isServed();
        resultOf(server.drain(NEVER));
        server.listen(ANY_PORT);
        Client client = client(server).isServed();
        assertThat(resultOf(server.drain(NEVER)))
                .as("the first drain's are not counted again")
                .isEqualTo(new Drained(1, 0));
        client.isClosed();
    }

    @Test
    void otherServersOfTheLoopGoOn() {
        TCPServer server = listeningEchoServer();
        TCPServer other = echoServer(ServerOptions.builder("other").network(network()));
        other.listen(ANY_PORT);
        client(server).isServed();
        Client theirs = client(other).isServed();
        resultOf(server.drain(NEVER));
        theirs.says("more\n").hears("ping\nmore\n");
    }
}
