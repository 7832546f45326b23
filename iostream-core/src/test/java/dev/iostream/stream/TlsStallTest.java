package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.simulation.Link;
import dev.iostream.tls.HandMade;
import dev.iostream.tls.RawTls;
import dev.iostream.tls.ScriptedTls;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** Peers that take nothing of what was encrypted for them: such bytes are as unsent as those that were only written. */
class TlsStallTest extends TlsFixture {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration A_LITTLE = Duration.ofMillis(10);
    /** Two records: the peer takes the first and no more, since nobody reads. */
    private static final int WRITTEN = 30_000;

    private IOStream server;

    TlsStallTest() {
        super(Link.perfect().window(4_000));
    }

    private void writeToAPeerThatDoesNotRead(StreamOptions.Builder options) {
        listen(accepted -> served.add(
                SSLIOStream.over(accepted.transport(), serverOptions(), simulation.loop(), options.build(), stream -> {
                    server = stream;
                    stream.write(new byte[WRITTEN]);
                })));
        connect(clientOptions(), "localhost");
        simulation.run(A_LITTLE);
        assertThat(events).containsExactly("connected");
        assertThat(server.writing()).as("all of it is encrypted").isFalse();
        assertThat(server.driver().transport().unflushed()).isPositive();
    }

    @Test
    void theWriteStallDeadlineSeesThem() {
        writeToAPeerThatDoesNotRead(StreamOptions.builder().writeStallTimeout(LIMIT));
        simulation.run(LIMIT.minus(A_LITTLE.multipliedBy(2)));
        assertThat(server.closed()).isFalse();
        simulation.run(A_LITTLE.multipliedBy(3));
        assertThat(server.closeReason()).isEqualTo(CloseReason.WRITE_STALL);
    }

    @Test
    void aCloseThatCannotSendThemEndsWithItsDeadline() {
        writeToAPeerThatDoesNotRead(StreamOptions.builder().closeTimeout(LIMIT));
        server.close();
        simulation.run(LIMIT.plus(A_LITTLE));
        assertThat(server.closeReason()).isEqualTo(CloseReason.CLOSE_DEADLINE);
    }

    @Test
    void theyAreCountedAsMemory() {
        writeToAPeerThatDoesNotRead(StreamOptions.builder());
        int encrypted = server.driver().transport().unflushed();
        assertThat(server.driver().writeBuffer()).isEqualTo(encrypted);
        server.abort();
        assertThat(server.driver().writeBuffer()).isZero();
    }

    /** The wire of a client whose handshake has ended, with a server that reads lines. */
    private Transport securedWire(StreamOptions.Builder options) throws IOException {
        listen(accepted -> served.add(SSLIOStream.over(
                accepted.transport(), serverOptions(), simulation.loop(), options.build(), stream -> {
                    server = stream;
                    stream.readUntil("\n", line -> events.add("line"));
                })));
        SSLEngine engine = pairs().client().createSSLEngine("localhost", PORT);
        engine.setUseClientMode(true);
        Transport wire = wire();
        var peer = new RawTls(wire, engine);
        simulation.run(A_LITTLE);
        assertThat(peer.secured()).isTrue();
        return wire;
    }

    /** A client that begins a record, and sends a byte of it each second. */
    private void dripARecord(StreamOptions.Builder options, int seconds) throws IOException {
        Transport wire = securedWire(options);
        wire.write(ByteBuffer.wrap(new byte[] {ScriptedTls.DATA, 3, 3, 0x3f, 0}));
        for (int i = 0; i < seconds; i++) {
            wire.write(ByteBuffer.wrap(new byte[1]));
            simulation.run(Duration.ofSeconds(1));
        }
    }

    @Test
    void aRecordThatIsDrippedIsAMessageThatHasBegun() throws IOException {
        dripARecord(StreamOptions.builder().readTimeout(LIMIT), 9);
        assertThat(server.closed()).isFalse();
        simulation.run(Duration.ofSeconds(1).plus(A_LITTLE));
        assertThat(server.closeReason()).isEqualTo(CloseReason.READ_DEADLINE);
    }

    @Test
    void aRecordThatIsDrippedIsNoIdleness() throws IOException {
        dripARecord(StreamOptions.builder().idleTimeout(LIMIT), 15);
        assertThat(server.closed()).isFalse();
        simulation.run(LIMIT);
        assertThat(server.closeReason()).isEqualTo(CloseReason.IDLE_DEADLINE);
    }

    @Test
    void aRecordThatIsNotWholeIsCountedAsMemory() throws IOException {
        dripARecord(StreamOptions.builder(), 3);
        assertThat(server.driver().readBuffer()).isEqualTo(8);
        assertThat(simulation.loop().held()).isEqualTo(8);
        server.abort();
        assertThat(simulation.loop().held()).isZero();
    }

    @Test
    void whatIsNoRecordAtAllIsNotWaitedFor() throws IOException {
        Transport wire = securedWire(StreamOptions.builder());
        wire.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)));
        simulation.run(A_LITTLE);
        assertThat(server.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(server.error()).hasMessageContaining("no record of TLS");
    }

    @Test
    void soAreTheFirstBytesOfAHandshake() throws IOException {
        serve(serverOptions(), TlsFixture::echo);
        Transport wire = wire();
        simulation.run(A_LITTLE);
        wire.write(ByteBuffer.wrap(HandMade.recordBegun(16_000, new byte[100])));
        simulation.run(A_LITTLE);
        assertThat(simulation.loop().held()).isEqualTo(105);
    }
}
