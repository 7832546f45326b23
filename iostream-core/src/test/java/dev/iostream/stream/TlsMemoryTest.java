package dev.iostream.stream;

import static dev.iostream.tls.HandMade.clientHello;
import static dev.iostream.tls.HandMade.inRecord;
import static dev.iostream.tls.ScriptedTls.HANDSHAKE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.tls.RawTls;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much of the heap a TLS stream takes at our end while nothing happens, the simulated link counted in. */
class TlsMemoryTest extends TlsFixture {
    private static final int FEW = 20;
    private static final int MANY = 100;
    private static final Duration SOON = Duration.ofMillis(20);
    private static final int MOST_IDLE = 8 * 1024;
    private static final int MOST_BEGINNING = 24 * 1024;

    /** They remember no sessions, which would count as our memory, and resume none. */
    private static final SSLContext PEER_CLIENT = TestCertificates.client();

    private static final SSLContext PEER_SERVER = TestCertificates.server();

    static {
        PEER_CLIENT.getClientSessionContext().setSessionCacheSize(1);
        PEER_SERVER.getServerSessionContext().setSessionCacheSize(1);
    }

    /** What is on the heap when everything that can go has gone. */
    private static long liveBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    private interface Peer {
        void connect() throws IOException;
    }

    private long bytesEach(Peer peer) throws IOException {
        for (int i = 0; i < FEW; i++) {
            peer.connect();
        }
        long before = liveBytes();
        for (int i = 0; i < MANY; i++) {
            peer.connect();
        }
        return (liveBytes() - before) / MANY;
    }

    /** A peer by hand that talks once, and then only holds its end of the wire. */
    private static SSLEngine engine(boolean client, String protocol) {
        SSLEngine engine = client ? PEER_CLIENT.createSSLEngine() : PEER_SERVER.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(new String[] {protocol});
        return engine;
    }

    private void talkOnce(RawTls peer) throws IOException {
        simulation.run(SOON);
        assertThat(peer.secured()).isTrue();
        peer.send("hello\n");
        simulation.run(SOON);
        peer.fallSilent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void anIdleStreamOfAServerTakesLittle(String protocol) throws IOException {
        serve(serverOptions(), TlsFixture::echo);
        long bytes = bytesEach(() -> talkOnce(new RawTls(wire(), engine(true, protocol))));
        assertThat(bytes).isLessThanOrEqualTo(MOST_IDLE);
        assertThat(RawTls.buffersTaken(simulation.loop())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void anIdleStreamOfAClientTakesLittle(String protocol) throws IOException {
        List<Transport> accepted = new ArrayList<>();
        listen(each -> accepted.add(each.transport()));
        TlsOptions tls = clientOptions();
        long bytes = bytesEach(() -> {
            SSLIOStream stream = SSLIOStream.over(wire(), tls, simulation.loop(), StreamOptions.defaults());
            clients.add(stream);
            simulation.run(SOON);
            talkOnce(new RawTls(accepted.remove(0), engine(false, protocol)));
        });
        assertThat(bytes).isLessThanOrEqualTo(MOST_IDLE);
        assertThat(RawTls.buffersTaken(simulation.loop())).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 64, 300})
    void aHandshakeThatHasHardlyBegunTakesLittle(int sent) throws IOException {
        serve(serverOptions().handshakeTimeout(Duration.ofHours(1)), TlsFixture::echo);
        byte[] beginning = Arrays.copyOf(inRecord(HANDSHAKE, clientHello("localhost")), sent);
        List<Transport> wires = new ArrayList<>();
        long bytes = bytesEach(() -> {
            Transport wire = wire();
            wires.add(wire);
            wire.attach(unused -> {});
            simulation.run(SOON);
            wire.establish();
            wire.write(ByteBuffer.wrap(beginning));
            simulation.run(SOON);
        });
        assertThat(bytes).isLessThanOrEqualTo(MOST_BEGINNING);
        wires.forEach(Transport::close);
    }
}
