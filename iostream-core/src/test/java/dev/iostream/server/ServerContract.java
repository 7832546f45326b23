package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import dev.iostream.stream.IOStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every server does, whatever its network; {@link DrainContract} says how it ends. */
abstract class ServerContract extends DrainContract {
    // ---- serving

    @Test
    void aHandlerIsGivenEachStream() {
        TCPServer server = listeningEchoServer();
        client(server).isServed();
        client(server).isServed();
        assertThat(served).hasSize(2).doesNotHaveDuplicates();
        assertThat(server.stats().accepted()).isEqualTo(2);
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
    void aCheckedExceptionOfAHandlerIsReportedAsWell() {
        var failure = new Exception("checked");
        TCPServer server = server(options(), stream -> {
            throw failure;
        });
        server.listen(ANY_PORT);
        client(server).isClosed();
        assertThat(reported).containsExactly(failure);
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
    void aTakenAddressIsRefusedAndNothingOfTheCallIsListenedAt() {
        SocketAddress taken = listeningEchoServer().localAddresses().get(0);
        TCPServer other = echoServer(ServerOptions.builder("other").network(network()));
        assertThatThrownBy(() -> other.listen(ANY_PORT, taken))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("other")
                .hasMessageContaining(taken.toString())
                .hasMessageContaining("already in use");
        assertThat(other.localAddresses()).isEmpty();
        assertThat(other.stats().state()).isEqualTo(ServerState.STOPPED);
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
        client(server).isServed();
        server.stop();
        runUntilQuiet();
        server.listen(address);
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

    // ---- pause

    @Test
    void whilePausedConnectionsWaitAndStreamsGoOn() {
        TCPServer server = listeningEchoServer();
        Client before = client(server).isServed();
        server.pause();
        runUntilQuiet();
        Client waiting = client(server).says("ping\n");
        waiting.hearsNothing();
        before.says("more\n").hears("ping\nmore\n");
        assertThat(server.stats().state()).isEqualTo(ServerState.PAUSED);

        server.resume();

        waiting.hears("ping\n");
        assertThat(server.stats().state()).isEqualTo(ServerState.ACCEPTING);
    }

    @Test
    void aPauseHoldsForAddressesThatAreAddedMeanwhile() {
        TCPServer server = echoServer();
        server.pause();
        server.listen(ANY_PORT);
        Client waiting = client(server).says("ping\n");
        waiting.hearsNothing();
        server.resume();
        waiting.hears("ping\n");
    }

    @Test
    void aStopEndsThePause() {
        TCPServer server = listeningEchoServer();
        server.pause();
        server.stop();
        server.listen(ANY_PORT);
        client(server).isServed();
    }

    // ---- limits

    @Test
    void connectionsAboveTheLimitWaitUntilOneCloses() {
        TCPServer server = echoServer(options().maxConnections(2));
        server.listen(ANY_PORT);
        Client first = client(server).isServed();
        client(server).isServed();
        Client third = client(server).says("ping\n");
        Client fourth = client(server).says("ping\n");
        third.hearsNothing();
        assertThat(server.stats().full()).isTrue();
        assertThat(server.stats().connections()).isEqualTo(2);
        assertThat(server.stats().accepted()).isEqualTo(2);

        first.stream.close();

        third.hears("ping\n");
        fourth.hearsNothing();
        assertThat(server.stats().connections()).isEqualTo(2);
        assertThat(server.stats().rejected()).isEmpty();
    }

    @Test
    void theLimitHoldsOverAllAddresses() {
        TCPServer server = echoServer(options().maxConnections(1));
        server.listen(ANY_PORT);
        server.listen(ANY_PORT);
        Client first = client(server.localAddresses().get(0)).isServed();
        Client second = client(server.localAddresses().get(1)).says("ping\n");
        second.hearsNothing();
        first.stream.close();
        second.hears("ping\n");
    }

    @Test
    void aPauseIsNotEndedByRoomForAConnection() {
        TCPServer server = echoServer(options().maxConnections(1));
        server.listen(ANY_PORT);
        Client first = client(server).isServed();
        Client second = client(server).says("ping\n");
        second.hearsNothing();
        server.pause();
        first.stream.close();
        second.hearsNothing();
        server.resume();
        second.hears("ping\n");
    }

    @Test
    void aStreamThatNeverWorkedGivesItsPlaceBack() {
        TCPServer server = server(options().maxConnections(1), stream -> {
            if (served.isEmpty()) {
                served.add(stream);
                throw new IllegalStateException("in the handler");
            }
            echo(stream);
        });
        server.listen(ANY_PORT);
        client(server).isClosed();
        client(server).isServed();
    }

    @Test
    void connectionsAboveTheLimitOfTheirPeerAreClosedAtOnce() {
        TCPServer server = echoServer(options().maxConnectionsPerPeer(2));
        server.listen(ANY_PORT);
        Client first = client(server).isServed();
        client(server).isServed();

        client(server).isClosed();

        assertThat(server.stats().rejected(CloseReason.CONNECTION_LIMIT)).isEqualTo(1);
        assertThat(server.stats().rejected()).containsOnlyKeys(CloseReason.CONNECTION_LIMIT);
        assertThat(server.stats().accepted()).isEqualTo(2);
        assertThat(served).hasSize(2);
        first.stream.close();
        runUntil(() -> server.stats().connections() == 1);
        client(server).isServed();
    }

    // ---- its streams

    @Test
    void tellsItsStreamsAndNoOthers() {
        TCPServer server = listeningEchoServer();
        Client first = client(server).isServed();
        client(server).isServed();
        TCPServer other = echoServer(ServerOptions.builder("other").network(network()));
        other.listen(ANY_PORT);
        client(other).isServed();

        List<StreamInfo> streams = resultOf(server.streams(10));

        assertThat(streams)
                .hasSize(2)
                .allSatisfy(stream -> assertThat(stream.endpoint()).isEqualTo("contract"))
                .extracting(StreamInfo::remote)
                .contains(first.stream.localAddress());
        assertThat(resultOf(server.streams(1))).hasSize(1);
        assertThat(resultOf(server.streams(0))).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> server.streams(-1));
    }

    @Test
    void closesOneStreamById() {
        TCPServer server = listeningEchoServer();
        Client first = client(server).isServed();
        Client second = client(server).isServed();
        long id = served.get(0).info().id();

        assertThat(resultOf(server.closeStream(id))).isTrue();

        first.isClosed();
        assertThat(second.stream.closed()).isFalse();
        assertThat(server.stats().closed(CloseReason.LOCAL)).isEqualTo(1);
        assertThat(resultOf(server.closeStream(id))).as("a second time").isFalse();
    }

    @Test
    void doesNotCloseAStreamOfAnotherServer() {
        TCPServer server = listeningEchoServer();
        Client client = client(server).isServed();
        TCPServer other = echoServer(ServerOptions.builder("other").network(network()));
        assertThat(resultOf(other.closeStream(served.get(0).info().id()))).isFalse();
        assertThat(client.stream.closed()).isFalse();
    }
}
