package dev.iostream.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.transport.Transport;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Engines that make no progress, and how much of nothing a peer may send. */
class ProgressTest {
    private static final SSLEngineResult NOTHING = result(0, 0);
    private static final SSLEngineResult BARREN = result(27, 0);
    private static final SSLEngineResult DATA = result(100, 50);

    private final Simulation simulation = new Simulation(Link.perfect());
    private Progress progress;

    private static SSLEngineResult result(int consumed, int produced) {
        return new SSLEngineResult(Status.OK, HandshakeStatus.NOT_HANDSHAKING, consumed, produced);
    }

    @BeforeEach
    void secured() throws IOException {
        var nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        Transport wire = simulation.network().connect(nobody, null, TransportOptions.defaults(), simulation.loop());
        TlsOptions options = TlsOptions.server(TestCertificates.server());
        progress = new Progress(
                simulation.loop(), options, new HandshakeReport(options, TlsPeer.of(options, null, 0), wire));
    }

    @AfterEach
    void close() {
        simulation.run();
        simulation.loop().close();
    }

    private void receive(int times, SSLEngineResult result) throws SSLException {
        for (int i = 0; i < times; i++) {
            progress.received(result);
        }
    }

    @Test
    void anEngineThatTwiceDoesNothingIsNotAskedForEver() throws SSLException {
        progress.received(NOTHING);
        progress.received(DATA);
        progress.received(NOTHING);
        assertThatThrownBy(() -> progress.received(NOTHING))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("takes nothing and gives nothing");
    }

    @Test
    void aHandshakeMayHaveManyRecordsButNotEndlesslyMany() throws SSLException {
        receive(4096, BARREN);
        assertThatThrownBy(() -> progress.received(BARREN)).hasMessageContaining("more than 4096 records");
    }

    @Test
    void aHandshakeMayNotGoToAndFroForEver() throws SSLException {
        for (int i = 0; i < 16; i++) {
            progress.received(BARREN);
            progress.answered();
            progress.answered();
        }
        progress.received(BARREN);
        assertThatThrownBy(() -> progress.answered()).hasMessageContaining("to and fro");
    }

    @Test
    void whatCountsForAMinuteCountsAnewInTheNext() throws SSLException {
        progress.handshakeEnded();
        for (int minute = 0; minute < 5; minute++) {
            for (int i = 0; i < 64; i++) {
                receive(1, BARREN);
                receive(1, DATA);
                progress.answered();
            }
            simulation.run(Duration.ofMinutes(1));
        }
        receive(32, BARREN);
        receive(1, DATA);
        receive(32, BARREN);
        receive(1, DATA);
        assertThatThrownBy(() -> progress.received(BARREN)).hasMessageContaining("65 records within a minute");
    }

    @Test
    void aLargeRecordThatBringsNoDataIsOneTooMany() {
        progress.handshakeEnded();
        assertThatCode(() -> progress.received(result(4096, 0))).doesNotThrowAnyException();
        assertThatThrownBy(() -> progress.received(BARREN)).hasMessageContaining("4123 bytes of records");
    }
}
