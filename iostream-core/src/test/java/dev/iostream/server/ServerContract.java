package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.stream.IOStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every server does, whatever its network: whom it serves and where it listens, and by inheritance whom it lets
 * in, how it is held back and how it ends.
 */
abstract class ServerContract extends DrainContract {
    // ---- serving

    @Test
    void aHandlerIsGivenEachStream() {
        TCPServer server = listeningEchoServer();
        client(server).isServed();
        client(server).isServed();
        assertThat(served).hasSize(2).doesNotHaveDuplicates();
        assertThat(server.stats().accepted()).isEqualTo(2);
        assertThat(server.stats().opened()).isEqualTo(2);
        assertThat(server.stats().active()).isEqualTo(2);
    }

    @Test
    void aSubclassServesByOverridingHandle() {
        var server = new TCPServer(loop(), options().build()) {
            @Override
            protected void handle(IOStream stream) {
                echo(stream);
            }
        };
        closedAfterTheTest(server).listen(ANY_PORT);
        client(server).isServed();
    }

    @Test
    void aSubclassThatOverridesNothingIsToldWhatToDo() {
        var server = new TCPServer(loop(), options().build()) {};
        closedAfterTheTest(server).listen(ANY_PORT);
        client(server).isClosed();
        assertThat(reported)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("override handle(IOStream)"));
    }

    /** D-24 of the original: an exception in the handler removed the listener for good. */
    @Test
    void aHandlerThatThrowsClosesItsStreamAndTheNextIsServed() {
        var failure = new IllegalStateException("in the handler");
        TCPServer server = server(options(), stream -> {
            if (served.isEmpty()) {
                served.add(stream);
                throw failure;
            }
            echo(stream);
        });
        server.listen(ANY_PORT);

        client(server).isClosed();
        client(server).isServed();

        assertThat(reported).containsExactly(failure);
        assertThat(server.stats().closed(CloseReason.CALLBACK_FAILED)).isEqualTo(1);
    }

    @Test
    void whateverAHandlerThrowsIsReported() {
        List<Throwable> failures = List.of(
                new IOException("checked"), new IllegalStateException("unchecked"), new AssertionError("error"));
        var left = new ArrayList<>(failures);
        TCPServer server = server(options(), stream -> throwIt(left.remove(0)));
        server.listen(ANY_PORT);
        for (int i = 0; i < failures.size(); i++) {
            client(server).isClosed();
        }
        assertThat(reported).isEqualTo(failures);
        assertThat(server.stats().closed(CloseReason.CALLBACK_FAILED)).isEqualTo(failures.size());
    }

    private static void throwIt(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    @Test
    void aConnectionThatIsGoneBeforeItIsAcceptedDoesNoHarm() {
        TCPServer server = listeningEchoServer();
        client(server).stream.abort();
        client(server).isServed();
        runUntil(() -> server.stats().connections() == 1);
        assertThat(reported).isEmpty();
    }

    // ---- listening

    @Test
    void listensAtSeveralAddressesOfSeveralCalls() {
        TCPServer server = listeningEchoServer();
        server.listen(ANY_PORT);
        assertThat(server.localAddresses()).hasSize(2).doesNotHaveDuplicates();
        for (SocketAddress address : server.localAddresses()) {
            client(address).isServed();
        }
    }

    @Test
    void anAddressGivenTwiceCountsOnce() {
        TCPServer server = echoServer();
        server.listen(ANY_PORT, ANY_PORT);
        assertThat(server.localAddresses()).hasSize(1);
    }

    @Test
    void thePortThatWasChosenIsTold() {
        SocketAddress address = listeningEchoServer().localAddresses().get(0);
        assertThat(((InetSocketAddress) address).getPort()).isPositive();
    }

    @Test
    void aTakenAddressIsRefusedAndNothingOfTheCallIsListenedAt() {
        SocketAddress taken = listeningEchoServer().localAddresses().get(0);
        TCPServer first = echoServer(ServerOptions.builder("first").network(network()));
        first.listen(ANY_PORT);
        SocketAddress free = first.localAddresses().get(0);
        first.stop();
        runUntilQuiet();
        TCPServer other = echoServer(ServerOptions.builder("other").network(network()));
        assertThatThrownBy(() -> other.listen(free, taken))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Server 'other' could not listen at " + taken)
                .hasMessageContaining("Address already in use")
                .hasCauseInstanceOf(BindException.class);
        runUntilQuiet();
        assertThat(other.localAddresses()).isEmpty();
        assertThat(other.stats().state()).isEqualTo(ServerState.STOPPED);
        assertThat(refuses(free)).isTrue();
        other.listen(free);
        client(free).isServed();
    }

    @Test
    void listeningNowhereIsRefused() {
        TCPServer server = echoServer();
        assertThatIllegalArgumentException().isThrownBy(server::listen).withMessageContaining("contract");
    }

    // ---- bind and start

    @Test
    void whatIsBoundIsAcceptedFromTheStartOn() {
        TCPServer server = echoServer();
        server.bind(ANY_PORT);
        assertThat(server.stats().state()).isEqualTo(ServerState.BOUND);
        Client early = client(server).says("ping\n");
        early.hearsNothing();

        server.start();

        early.hears("ping\n");
        assertThat(server.stats().state()).isEqualTo(ServerState.ACCEPTING);
    }

    /** D-25 of the original: to bind after the start crashed. */
    @Test
    void bindAfterTheStartAcceptsAtOnce() {
        TCPServer server = echoServer();
        server.start();
        server.bind(ANY_PORT);
        client(server).isServed();
    }

    @Test
    void listenNeedsNoStart() {
        TCPServer server = echoServer();
        server.bind(ANY_PORT);
        server.listen(ANY_PORT);
        client(server.localAddresses().get(0)).isServed();
        Client waiting = client(server.localAddresses().get(1)).says("ping\n");
        waiting.hearsNothing();
    }

    @Test
    void startingTwiceIsRefused() {
        TCPServer server = echoServer();
        server.start();
        assertThatIllegalStateException().isThrownBy(server::start).withMessageContaining("started already");
    }

    /** D-25 of the original: a server that was stopped could not be started again. */
    @Test
    void startsAgainAfterAStop() {
        TCPServer server = echoServer();
        server.bind(ANY_PORT);
        server.start();
        server.stop();
        server.bind(ANY_PORT);
        server.start();
        client(server).isServed();
    }

    // ---- stop and close

    @Test
    void aStopLeavesStreamsOpenAndFreesTheAddress() {
        TCPServer server = listeningEchoServer();
        SocketAddress address = server.localAddresses().get(0);
        Client client = client(server).isServed();

        server.stop();
        server.stop();
        runUntilQuiet();

        client.says("more\n").hears("ping\nmore\n");
        assertThat(refuses(address)).isTrue();
        assertThat(server.localAddresses()).isEmpty();
        assertThat(server.stats().state()).isEqualTo(ServerState.STOPPED);
    }

    @Test
    void listensAgainAtTheSameAddressAfterAStop() {
        TCPServer server = listeningEchoServer();
        SocketAddress address = server.localAddresses().get(0);
        for (int i = 0; i < 20; i++) {
            client(server).isServed();
            server.stop();
            runUntilQuiet();
            server.listen(address);
        }
        assertThat(server.stats().opened()).as("counts survive").isEqualTo(20);
        assertThat(server.stats().received()).isEqualTo(100);
        assertThat(server.stats().sent()).isEqualTo(100);
    }

    @Test
    void stoppingWithoutHavingListenedIsFine() {
        TCPServer server = echoServer();
        server.stop();
        server.close();
        server.listen(ANY_PORT);
        client(server).isServed();
    }

    @Test
    void aStopBeforeTheLoopRunsLeavesNothingBehind() {
        TCPServer server = listeningEchoServer();
        SocketAddress address = server.localAddresses().get(0);
        server.stop();
        runUntilQuiet();
        assertThat(refuses(address)).isTrue();
    }

    @Test
    void aHandlerMayStopItsServer() {
        TCPServer[] server = new TCPServer[1];
        server[0] = server(options(), stream -> {
            server[0].stop();
            echo(stream);
        });
        server[0].listen(ANY_PORT);
        client(server[0]).isServed();
        assertThat(reported).isEmpty();
    }

    @Test
    void aCloseClosesTheOpenStreams() {
        TCPServer server = listeningEchoServer();
        Client client = client(server).isServed();
        server.close();
        client.isClosed();
        assertThat(server.stats().closed(CloseReason.ABORTED)).isEqualTo(1);
    }
}
