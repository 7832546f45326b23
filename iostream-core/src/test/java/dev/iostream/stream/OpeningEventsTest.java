package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.Endpoint;
import dev.iostream.event.IOListener;
import dev.iostream.event.Stage;
import dev.iostream.event.StreamInfo;
import dev.iostream.tls.TlsOptions;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What observers are told of streams that open, or do not. */
class OpeningEventsTest extends TlsFixture {
    private final Endpoint client = new Endpoint("client");
    private final Endpoint server = new Endpoint("server");
    private final Recorder toClient = new Recorder();
    private final Recorder toServer = new Recorder();

    private static final class Recorder implements IOListener {
        private final List<String> told = new ArrayList<>();
        private final List<String> dialled = new ArrayList<>();
        private final List<StreamInfo> streams = new ArrayList<>();

        @Override
        public void streamDialled(StreamInfo stream, SocketAddress target) {
            dialled.add(stream.state() + " " + target);
        }

        @Override
        public void stageEnded(StreamInfo stream, Stage stage, long nanos, @Nullable Throwable failure) {
            String outcome = failure == null ? "" : " failed";
            told.add(stage + outcome + " after " + Duration.ofNanos(nanos).toMillis() + " ms");
        }

        @Override
        public void streamOpened(StreamInfo stream) {
            told.add("opened");
        }

        @Override
        public void streamFailed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
            told.add("failed " + reason);
        }

        @Override
        public void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
            told.add("closed " + reason);
            streams.add(stream);
        }
    }

    private StreamOptions clientStream() {
        return options().toBuilder().endpoint(client).listener(toClient).build();
    }

    private StreamOptions serverStream() {
        return StreamOptions.builder().endpoint(server).listener(toServer).build();
    }

    private void serveSecurely(TlsOptions tls) {
        listen(accepted -> served.add(
                SSLIOStream.over(accepted.transport(), tls, simulation.loop(), serverStream(), TlsFixture::echo)));
    }

    private IOStream dial(IOStream stream, String host) {
        clients.add(stream);
        stream.connect(host, PORT, null, () -> events.add("connected"), this::failed);
        return stream;
    }

    @Test
    void aDialledStreamTellsHowLongEachStageTook() {
        serveSecurely(serverOptions());
        simulation.slowName("slow.example", Duration.ofMillis(40), loopback());
        dial(
                SSLIOStream.open(simulation.loop(), clientOptions().serverName("localhost"), clientStream()),
                "slow.example");
        simulation.run();
        assertThat(toClient.told)
                .satisfiesExactly(
                        resolving -> assertThat(resolving).isEqualTo("RESOLVING after 40 ms"),
                        connecting -> assertThat(connecting).startsWith("CONNECTING after "),
                        securing -> assertThat(securing)
                                .startsWith("SECURING after ")
                                .isNotEqualTo("SECURING after 0 ms"),
                        opened -> assertThat(opened).isEqualTo("opened"));
        assertThat(toServer.told)
                .as("an accepted stream is only secured")
                .satisfiesExactly(
                        securing -> assertThat(securing).startsWith("SECURING after "),
                        opened -> assertThat(opened).isEqualTo("opened"));
    }

    @Test
    void anAcceptedPlainStreamJustOpens() {
        listen(accepted -> served.add(IOStream.over(accepted.transport(), simulation.loop(), serverStream())));
        dial(IOStream.open(simulation.loop(), clientStream()), "127.0.0.1");
        simulation.run();
        assertThat(toServer.told).containsExactly("opened");
        assertThat(toClient.told).hasSize(2).element(0).asString().startsWith("CONNECTING after ");
    }

    @Test
    void observersAreToldWhatIsDialledBeforeTheCallReturns() {
        IOStream named = IOStream.open(simulation.loop(), clientStream());
        clients.add(named);
        named.connect("nowhere.example", PORT, null, null, null);
        assertThat(toClient.dialled).containsExactly("OPENING nowhere.example/<unresolved>:" + PORT);
        IOStream addressed = IOStream.open(simulation.loop(), clientStream());
        clients.add(addressed);
        addressed.connect(address, null, null);
        assertThat(toClient.dialled).hasSize(2).element(1).isEqualTo("OPENING " + address);
        assertThat(toClient.told).isEmpty();
        simulation.run();
        assertThat(toClient.told).contains("failed CONNECT_FAILED");
    }

    @Test
    void aNameThatIsNotKnownFailsItsStageAndTheStream() {
        dial(IOStream.open(simulation.loop(), clientStream()), "nowhere.example");
        simulation.run();
        assertThat(toClient.told).containsExactly("RESOLVING failed after 0 ms", "failed CONNECT_FAILED");
        assertThat(client.stats().failed(CloseReason.CONNECT_FAILED)).isEqualTo(1);
        assertThat(client.stats().opened()).isZero();
    }

    @Test
    void aRefusedConnectionFailsItsStageAndTheStream() {
        simulation.refuse(address);
        dial(IOStream.open(simulation.loop(), clientStream()), "127.0.0.1");
        simulation.run();
        assertThat(toClient.told)
                .satisfiesExactly(
                        connecting -> assertThat(connecting).startsWith("CONNECTING failed after "),
                        failed -> assertThat(failed).isEqualTo("failed CONNECT_FAILED"));
    }

    @Test
    void aHandshakeThatFailsIsCountedAtBothEnds() {
        serveSecurely(serverOptions());
        dial(SSLIOStream.open(simulation.loop(), clientOptions(), clientStream()), "wrong.example");
        simulation.run();
        assertThat(toClient.told).contains("failed TLS_FAILED").doesNotContain("opened");
        assertThat(toServer.told).last().isEqualTo("failed TLS_FAILED");
        assertThat(client.stats().failed(CloseReason.TLS_FAILED)).isEqualTo(1);
        assertThat(server.stats().failed(CloseReason.TLS_FAILED)).isEqualTo(1);
        assertThat(server.stats().closed()).isEmpty();
    }

    @Test
    void whoClosesWhileItConnectsHasNotFailedAStage() {
        simulation.blackHole(address);
        IOStream stream = dial(IOStream.open(simulation.loop(), clientStream()), "127.0.0.1");
        stream.close();
        simulation.run();
        assertThat(toClient.told).containsExactly("failed LOCAL");
    }

    @Test
    void aStreamThatFailsToGoOnWithTlsHadOpenedAndIsClosed() {
        listen(accepted -> served.add(IOStream.over(
                accepted.transport(),
                simulation.loop(),
                serverStream(),
                stream -> stream.readUntil(
                        "\n",
                        line -> SSLIOStream.startTls(
                                stream, serverOptions(), secured -> events.add("secured"), this::failed)))));
        IOStream stream = dial(IOStream.open(simulation.loop(), clientStream()), "127.0.0.1");
        stream.write("starttls\n");
        simulation.loop().addTimeout(Duration.ofMillis(100), () -> stream.write("GET / HTTP/1.1\r\n"));
        simulation.run();
        assertThat(toServer.told)
                .satisfiesExactly(
                        opened -> assertThat(opened).isEqualTo("opened"),
                        securing -> assertThat(securing).startsWith("SECURING failed after "),
                        closed -> assertThat(closed).isEqualTo("closed PLAINTEXT_ON_TLS"));
        assertThat(server.stats().failed()).isEmpty();
        assertThat(server.stats().active()).isZero();
        assertThat(toServer.dialled).as("it was connected already").isEmpty();
    }

    @Test
    void aClosedStreamTellsHowLongItWasOpenWhatItHeldAndHowItWasEncrypted() {
        serveSecurely(serverOptions());
        IOStream stream = dial(
                SSLIOStream.open(simulation.loop(), clientOptions().protocols("TLSv1.3"), clientStream()), "localhost");
        stream.write("x".repeat(1000));
        simulation.loop().addTimeout(Duration.ofMillis(500), stream::close);
        simulation.run();
        StreamInfo closed = toServer.streams.get(0);
        assertThat(closed.open()).isBetween(Duration.ofMillis(400), Duration.ofMillis(600));
        assertThat(closed.peakBuffered()).as("a line that never ended").isEqualTo(1000);
        assertThat(closed.tlsProtocol()).isEqualTo("TLSv1.3");
        assertThat(closed.identity()).as("no certificate was asked for").isNull();
        StreamInfo near = toClient.streams.get(0);
        assertThat(near.peakUnsent()).as("what waited for the handshake").isEqualTo(1000);
        assertThat(near.identity()).contains("CN=");
    }

    @Test
    void aRefusedWriteIsCounted() {
        StreamOptions small = clientStream().toBuilder().maxWriteBufferSize(10).build();
        IOStream stream = IOStream.open(simulation.loop(), small);
        clients.add(stream);
        simulation.blackHole(address);
        stream.connect("127.0.0.1", PORT, null, null, null);
        assertThatThrownBy(() -> stream.write("more than ten bytes")).isInstanceOf(BufferFullException.class);
        assertThat(client.stats().refusedWrites()).isEqualTo(1);
    }
}
