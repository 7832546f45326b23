package dev.iostream.stream;

import static dev.iostream.tls.HandMade.answerTo;
import static dev.iostream.tls.HandMade.clientHello;
import static dev.iostream.tls.HandMade.inRecord;
import static dev.iostream.tls.HandMade.join;
import static dev.iostream.tls.ScriptedTls.HANDSHAKE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.tls.RawTls;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that begin a handshake and never end it, at either end, and that nobody else notices. */
class HandshakeStallTest extends TlsFixture {
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration JUST_BEFORE = Duration.ofMillis(2_980);
    private static final Duration JUST_AFTER = Duration.ofMillis(40);

    private Canary canary;

    @BeforeEach
    void release() {
        canary = new Canary(simulation);
    }

    @AfterEach
    void nobodyElseHasNoticed() {
        canary.isUnharmed();
    }

    /** The first bytes of what the peer has to say: all but the last so many when the number is negative. */
    private static byte[] part(byte[] whole, int offset) {
        return Arrays.copyOf(whole, offset < 0 ? whole.length + offset : offset);
    }

    private void isClosedAtTheDeadline(IOStream stream) {
        assertThat(stream.closed()).isFalse();
        assertThat(RawTls.held(stream.driver().transport())).isLessThan(2048);
        simulation.run(JUST_AFTER);
        assertThat(stream.closeReason()).isEqualTo(CloseReason.HANDSHAKE_DEADLINE);
        assertThat(stream.error()).hasMessageContaining("within 3s").hasMessageContaining("SECURING");
        assertThat(stream.driver().isFinished()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 50, 200, -1})
    void aClientThatStallsIsClosedAtTheDeadline(int offset) {
        serve(serverOptions().handshakeTimeout(LIMIT), TlsFixture::echo);
        plainClient().write(part(inRecord(HANDSHAKE, clientHello("localhost")), offset));
        simulation.run(JUST_BEFORE);
        isClosedAtTheDeadline(served.get(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 50, 200, -1})
    void aServerThatStallsIsClosedAtTheDeadline(int offset) {
        servePlain(server -> server.readBytes(5, header -> {
            int length = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
            server.readBytes(length, hello -> server.write(part(answerTo(join(header, hello)), offset)));
        }));
        SSLIOStream client = connect(clientOptions().handshakeTimeout(LIMIT), "localhost");
        simulation.run(JUST_BEFORE);
        isClosedAtTheDeadline(client);
        assertThat(events).hasSize(2).last().isEqualTo("closed");
        assertThat(events.get(0)).startsWith("failed -1 The TLS handshake with localhost:7000");
    }

    @Test
    void aClientThatDripsIsClosedAtTheSameDeadline() {
        serve(serverOptions().handshakeTimeout(LIMIT), TlsFixture::echo);
        IOStream client = plainClient();
        byte[] hello = inRecord(HANDSHAKE, clientHello("localhost"));
        for (int i = 0; i < hello.length; i++) {
            byte[] one = {hello[i]};
            simulation.loop().addTimeout(Duration.ofMillis(100L * i), () -> drip(client, one));
        }
        simulation.run(JUST_BEFORE);
        isClosedAtTheDeadline(served.get(0));
        // the rest of the drops
        simulation.run(Duration.ofMillis(100L * hello.length));
    }

    private static void drip(IOStream client, byte[] drop) {
        if (!client.closed()) {
            client.write(drop);
        }
    }

    @Test
    void aServerThatIsSilentIsToldAfterTenSecondsUnlessSet() {
        servePlain(stream -> stream.readUntilClose(null));
        SSLIOStream client = connect(clientOptions(), "localhost");
        simulation.run(Duration.ofSeconds(11));
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).startsWith("failed -1 The TLS handshake with localhost:7000 did not end within 10s");
        assertThat(client.closeReason()).isEqualTo(CloseReason.HANDSHAKE_DEADLINE);
    }
}
