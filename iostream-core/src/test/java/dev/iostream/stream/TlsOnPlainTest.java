package dev.iostream.stream;

import static dev.iostream.tls.HandMade.alert;
import static dev.iostream.tls.HandMade.clientHello;
import static dev.iostream.tls.HandMade.inRecord;
import static dev.iostream.tls.ScriptedTls.HANDSHAKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that speak TLS to a stream in plain: that it says so, however it ends. */
class TlsOnPlainTest {
    private static final String WORDS = "the peer began TLS, and this end is plain";
    private static final String NEVER = "a delimiter that does not come";
    private static final byte[] HELLO = inRecord(HANDSHAKE, clientHello("localhost"));

    private final Simulation simulation = new Simulation(Link.perfect().latency(Duration.ofMillis(1)));
    private IOStream client;
    private IOStream server;

    private void connect(StreamOptions.Builder options) {
        Simulation.Peers peers = simulation.connect(StreamOptions.defaults(), options.build());
        client = peers.client();
        server = peers.server();
    }

    private void connect() {
        connect(StreamOptions.builder());
    }

    @AfterEach
    void close() {
        client.abort();
        server.abort();
        simulation.run();
        simulation.loop().close();
    }

    private void sends(byte[] bytes) {
        client.write(bytes);
        simulation.run(Duration.ofMillis(10));
    }

    private void ended(CloseReason reason, Class<? extends Throwable> type) {
        assertThat(server.closeReason()).isEqualTo(reason);
        assertThat(server.error()).isInstanceOf(type).hasMessageContaining(WORDS);
    }

    @Test
    void byALimit() {
        connect();
        server.readUntil(NEVER, 100, data -> {});
        sends(HELLO);
        ended(CloseReason.READ_LIMIT, BufferFullException.class);
        assertThat(server.error()).hasMessageContaining("100");
    }

    @Test
    void byTheLimitOfTheStream() {
        connect(StreamOptions.builder().maxBufferSize(64));
        server.readUntil(NEVER, data -> {});
        sends(HELLO);
        ended(CloseReason.READ_LIMIT, BufferFullException.class);
    }

    @Test
    void byTheBudgetOfAPattern() {
        connect();
        server.readUntilPattern("(?s)(.*.*.*.*)+z{9}", data -> {});
        sends(HELLO);
        ended(CloseReason.PATTERN_BUDGET, PatternBudgetException.class);
    }

    @Test
    void byTheDeadlineOfAMessage() {
        connect(StreamOptions.builder().readTimeout(Duration.ofSeconds(1)));
        server.readUntil(NEVER, data -> {});
        sends(HELLO);
        simulation.run(Duration.ofSeconds(2));
        ended(CloseReason.READ_DEADLINE, SocketTimeoutException.class);
    }

    @Test
    void byIdling() {
        connect(StreamOptions.builder().idleTimeout(Duration.ofSeconds(1)));
        server.readUntil(NEVER, data -> {});
        sends(HELLO);
        simulation.run(Duration.ofSeconds(2));
        ended(CloseReason.IDLE_DEADLINE, SocketTimeoutException.class);
    }

    @Test
    void byTheClientThatHasWaitedInVain() {
        connect();
        server.readUntil(NEVER, data -> {});
        sends(HELLO);
        client.close();
        simulation.run();
        ended(CloseReason.PEER_END, IOException.class);
    }

    @Test
    void byAReset() {
        connect();
        server.readUntil(NEVER, data -> {});
        sends(HELLO);
        client.driver().transport().close();
        server.write("anybody there?");
        simulation.run();
        ended(CloseReason.PEER_RESET, IOException.class);
    }

    @Test
    void toAPlainClientOfAServerThatWantsTls() {
        connect();
        client.write("hello\n");
        client.readUntil("\n", answer -> {});
        simulation.run(Duration.ofMillis(10));
        server.write(alert(2, 40));
        server.close();
        simulation.run();
        assertThat(client.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(client.error()).hasMessageContaining("the peer answered with an alert of TLS");
    }

    @Test
    void futuresSaySo() {
        connect();
        var line = server.async().readUntil(NEVER);
        sends(HELLO);
        client.close();
        simulation.run();
        assertThatThrownBy(line::join)
                .hasCauseInstanceOf(StreamClosedException.class)
                .hasStackTraceContaining(WORDS);
    }

    @Test
    void notWhenAllOfItWasWanted() {
        connect();
        var all = server.async().readUntilClose();
        sends(HELLO);
        client.close();
        simulation.run();
        assertThat(all).isCompleted();
        assertThat(all.join()).isEqualTo(HELLO);
        assertThat(server.error()).isNull();
    }

    @Test
    void notWhenAllOfItWasWantedUntilAReset() {
        connect();
        var all = server.async().readUntilClose();
        sends(HELLO);
        client.driver().transport().close();
        server.write("anybody there?");
        simulation.run();
        assertThatThrownBy(all::join).hasCauseInstanceOf(StreamClosedException.class);
        assertThat(server.error().getMessage()).doesNotContain("TLS");
    }

    @Test
    void notWhenItIsPassedOn() {
        connect();
        Simulation.Peers onwards = simulation.connect();
        server.pipeTo(onwards.client());
        sends(HELLO);
        client.close();
        simulation.run();
        assertThat(server.closed()).isTrue();
        assertThat(server.error()).isNull();
        onwards.client().abort();
        onwards.server().abort();
    }

    @Test
    void notWhenItSpeaksSomethingElse() {
        connect();
        server.readUntil(NEVER, 100, data -> {});
        sends("x".repeat(200).getBytes());
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_LIMIT);
        assertThat(server.error().getMessage()).doesNotContain("TLS");
    }

    @Test
    void notWhenSomebodyHasUseForIt() {
        connect();
        server.readPartial(10_000, hello -> {});
        sends(HELLO);
        client.close();
        simulation.run();
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(server.error()).isNull();
    }

    @Test
    void notWhenItIsClosedHere() {
        connect();
        server.readUntil(NEVER, data -> {});
        sends(HELLO);
        server.close();
        simulation.run();
        assertThat(server.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(server.error()).isNull();
    }
}
