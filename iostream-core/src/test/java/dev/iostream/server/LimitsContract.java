package dev.iostream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a server is held back, by whoever runs it and by its limits, and how it tells of its streams. */
abstract class LimitsContract extends AdmissionContract {
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
        runUntil(() -> server.stats().closed(CloseReason.LOCAL) == 1);
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
