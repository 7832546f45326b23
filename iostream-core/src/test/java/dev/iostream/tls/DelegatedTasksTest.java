package dev.iostream.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseCause;
import dev.iostream.event.CloseReason;
import dev.iostream.event.Stage;
import dev.iostream.loop.IOLoop;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.transport.Network;
import dev.iostream.transport.Transport;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The slow parts of handshakes, done elsewhere: that the loop does not wait, and what happens when they fail. */
class DelegatedTasksTest {
    private final Simulation simulation = new Simulation(Link.perfect());
    private final IOLoop loop = simulation.loop();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Network.Accepted> accepted = new ArrayList<>();
    private End client;
    private End server;

    /** One end, which goes on with its handshake whenever it is told to. */
    private static final class End {
        final Transport transport;
        Stage stage;
        IOException failure;

        End(Transport transport) throws IOException {
            this.transport = transport;
            transport.attach(unused -> go());
            go();
        }

        void go() {
            try {
                if (failure == null) {
                    stage = transport.establish();
                }
            } catch (IOException e) {
                failure = e;
                transport.close();
            }
        }
    }

    @BeforeEach
    void open() throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000);
        simulation.network().listen(address, 1, loop, () -> loop, accepted::add);
    }

    private void connect(SSLContext context, Executor executor) throws IOException {
        Transport wire = simulation
                .network()
                .connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000),
                        null,
                        TransportOptions.defaults(),
                        loop);
        TlsOptions options = TlsOptions.client(context).handshakeTimeout(Duration.ofSeconds(5));
        client = new End(Tls.over(wire, options, "localhost", 7000, loop, executor));
        simulation.run(Duration.ZERO);
        server = new End(
                Tls.over(accepted.get(0).transport(), TlsOptions.server(TestCertificates.server()), null, 0, loop));
    }

    @AfterEach
    void nothingIsLeft() {
        client.transport.close();
        server.transport.close();
        simulation.run();
        assertThat(loop.stats().timers()).isZero();
        assertThat(RawTls.buffersTaken(loop)).isZero();
        loop.close();
    }

    @Test
    void theLoopGoesOnWhileATaskRuns() throws IOException {
        connect(TestCertificates.client(), tasks::add);
        simulation.run(Duration.ofSeconds(1));
        assertThat(client.stage).isEqualTo(Stage.SECURING);
        assertThat(tasks).hasSize(1);
        while (!tasks.isEmpty()) {
            tasks.poll().run();
            simulation.run(Duration.ofMillis(1));
        }
        assertThat(client.stage).isEqualTo(Stage.READY);
        assertThat(server.stage).isEqualTo(Stage.READY);
    }

    @Test
    void aTaskThatNeverEndsMeetsTheDeadline() throws IOException {
        connect(TestCertificates.client(), tasks::add);
        simulation.run(Duration.ofSeconds(6));
        assertThat(client.failure).isInstanceOf(TlsException.class).hasMessageContaining("within 5s");
        assertThat(((CloseCause) client.failure).reason()).isEqualTo(CloseReason.HANDSHAKE_DEADLINE);
        // it ends after all, when nobody cares any more
        tasks.forEach(Runnable::run);
    }

    @Test
    void aFullExecutorIsTriedAgain() throws IOException {
        var refusals = new int[] {10};
        connect(TestCertificates.client(), task -> {
            if (refusals[0]-- > 0) {
                throw new RejectedExecutionException();
            }
            loop.execute(task);
        });
        simulation.run(Duration.ofSeconds(1));
        assertThat(client.stage).isEqualTo(Stage.READY);
        assertThat(server.stage).isEqualTo(Stage.READY);
    }

    @Test
    void whoClosesWhileItWaitsForAThreadWaitsNoMore() throws IOException {
        connect(TestCertificates.client(), task -> {
            throw new RejectedExecutionException();
        });
        simulation.run(Duration.ofSeconds(1));
        assertThat(client.stage).isEqualTo(Stage.SECURING);
        client.transport.close();
        server.transport.close();
        assertThat(loop.stats().timers()).isZero();
    }

    @Test
    void aTrustManagerThatThrowsFailsTheHandshake() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Broken()}, null);
        connect(context, loop);
        simulation.run(Duration.ofSeconds(1));
        assertThat(client.failure).isInstanceOf(TlsException.class).hasStackTraceContaining("broken here");
        assertThat(((CloseCause) client.failure).reason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(server.failure).isNotNull();
    }

    @Test
    void whatComesWhileATaskRunsIsLeftToTheWire() throws IOException {
        connect(TestCertificates.client(), tasks::add);
        Transport wire = simulation
                .network()
                .connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000),
                        null,
                        TransportOptions.defaults(),
                        loop);
        simulation.run(Duration.ZERO);
        Transport slow = Tls.over(
                accepted.get(1).transport(), TlsOptions.server(TestCertificates.server()), null, 0, loop, tasks::add);
        var end = new End(slow);
        wire.write(ByteBuffer.wrap(HandMade.inRecord(ScriptedTls.HANDSHAKE, HandMade.clientHello("localhost"))));
        wire.write(ByteBuffer.allocate(200 * 1024));
        simulation.run(Duration.ofSeconds(1));
        assertThat(end.stage).isEqualTo(Stage.SECURING);
        assertThat(RawTls.held(slow)).isLessThanOrEqualTo(17 * 1024);
        wire.close();
        slow.close();
    }

    // ---- handshakes that begin again

    /** Both ends secured with TLS 1.2, one of them by hand; then the latter begins another handshake. */
    private Transport askedToBeginAgain(boolean byClient) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000);
        Transport near = simulation.network().connect(address, null, TransportOptions.defaults(), loop);
        simulation.run(Duration.ZERO);
        Transport far = accepted.get(0).transport();
        TlsOptions options =
                byClient ? TlsOptions.server(TestCertificates.server()) : TlsOptions.client(TestCertificates.client());
        Transport ours =
                Tls.over(byClient ? far : near, options, byClient ? null : "localhost", 7000, loop, this::runAndCount);
        SSLEngine engine = byClient
                ? TestCertificates.client().createSSLEngine("localhost", 7000)
                : TestCertificates.server().createSSLEngine();
        engine.setUseClientMode(byClient);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        End end = new End(ours);
        client = end;
        server = end;
        var peer = new RawTls(byClient ? near : far, engine);
        simulation.run(Duration.ofMillis(100));
        assertThat(peer.secured()).isTrue();
        assertThat(end.stage).isEqualTo(Stage.READY);
        tasksRun = 0;
        peer.beginAgain();
        simulation.run(Duration.ofMillis(100));
        peer.close();
        return ours;
    }

    private int tasksRun;

    private void runAndCount(Runnable task) {
        tasksRun++;
        loop.execute(task);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRenegotiationIsRefusedBeforeItsTaskIsRun(boolean byClient) throws IOException {
        Transport asked = askedToBeginAgain(byClient);
        assertThatThrownBy(() -> asked.read(ByteBuffer.allocate(100)))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("it asked for a renegotiation, which is refused");
        assertThat(tasksRun).isZero();
    }

    private static final class Broken implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("broken here");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("broken here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
