package dev.iostream.client;

import static dev.iostream.client.ConnectionState.IDLE;
import static dev.iostream.client.ConnectionState.LOGGING_IN;
import static dev.iostream.client.ConnectionState.UP;
import static dev.iostream.client.SimulatedWorld.A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients whose streams begin in plain and go on with TLS, in virtual time. */
class StartTlsClientTest {
    private static final TestCertificates SERVER =
            TestCertificates.CA.issue("server").dns("orders.internal").create();

    private final SimulatedWorld world = new SimulatedWorld();
    private final List<IOStream> served = new ArrayList<>();

    /** A server that goes on with TLS when anything is asked of it, and then answers each line with the same line. */
    @BeforeEach
    void serve() {
        var server = new TCPServer(
                world.simulation.loop(),
                stream -> stream.readUntil("\n", command -> {
                    stream.write("go ahead\n");
                    SSLIOStream.startTls(
                            stream,
                            TlsOptions.server(SslContexts.server(SERVER.key())),
                            secured -> {
                                served.add(secured);
                                SimulatedWorld.echo(secured);
                            },
                            (errno, message) -> {});
                }),
                ServerOptions.named("server").network(world.simulation.network()));
        server.listen(A);
        world.simulation.name("orders.internal", A.getAddress());
        world.tellWhatIsReported();
    }

    private TCPClient client() {
        return world.client().target("orders.internal:7000").build();
    }

    private void upgrade(IOStream plain, Consumer<? super SSLIOStream> secured) {
        plain.write("STARTTLS\n");
        plain.readUntil(
                "\n",
                answer -> SSLIOStream.startTls(
                        plain,
                        TlsOptions.client(TestCertificates.client()),
                        secured,
                        (errno, message) -> world.happened("failed " + errno)));
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private <T> CompletableFuture<T> completed(CompletableFuture<T> future) {
        world.simulation.run();
        assertThat(future).isCompleted();
        return future;
    }

    private IOStream upgraded(TCPClient client) {
        List<IOStream> secured = new ArrayList<>();
        upgrade(completed(client.connect()).join().stream(), secured::add);
        world.simulation.run();
        assertThat(secured).hasSize(1);
        return secured.get(0);
    }

    // ---- once

    @Test
    void stopEndsAStreamThatWentOnWithTls() {
        TCPClient client = client();
        IOStream secured = upgraded(client);
        assertThat(client.stats().streams().active()).isEqualTo(1);
        secured.write("last words\n");

        CompletableFuture<Void> stopped = client.stop();

        assertThat(secured.closed()).isTrue();
        assertThat(stopped).isNotDone();
        completed(stopped);
        assertThat(secured.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(secured.unsentBytes()).isZero();
        assertThat(client.stats().streams().active()).isZero();
        assertThat(client.stop()).isCompleted();
        world.assertNothingIsLeft();
    }

    @Test
    void stopEndsAStreamThatIsGoingOnWithTls() {
        TCPClient client = client();
        IOStream plain = completed(client.connect()).join().stream();
        plain.write("STARTTLS\n");
        List<CompletableFuture<Void>> stopped = new ArrayList<>();
        plain.readUntil("\n", answer -> {
            SSLIOStream.startTls(
                    plain,
                    TlsOptions.client(TestCertificates.client()),
                    secured -> world.happened("secured"),
                    (errno, message) -> world.happened("failed " + errno));
            stopped.add(client.stop());
        });
        world.simulation.run();
        completed(stopped.get(0));
        assertThat(world.events()).contains("0.000 failed 125").doesNotContain("0.000 secured");
        world.assertNothingIsLeft();
    }

    @Test
    void closeEndsAStreamThatWentOnWithTls() {
        TCPClient client = client();
        IOStream secured = upgraded(client);

        client.close();

        assertThat(client.closed()).isNotDone();
        completed(client.closed());
        assertThat(secured.closeReason()).isEqualTo(CloseReason.LOCAL);
        world.assertNothingIsLeft();
    }

    // ---- supervised

    /** Goes on with TLS to log in. */
    private class Upgrading implements ConnectionHandler {
        @Override
        public void logIn(IOStream stream, Runnable done) throws Exception {
            upgrade(stream, secured -> done.run());
        }

        @Override
        public void onUp(IOStream stream) throws Exception {
            world.happened("up with " + ((SSLIOStream) stream).session().getProtocol());
            SimulatedWorld.echo(stream);
        }

        @Override
        public void onDown(CloseReason reason, @Nullable Throwable cause, @Nullable Duration nextDelay) {
            world.happened("down " + reason + " " + (nextDelay == null ? "for good" : nextDelay.toMillis()));
        }
    }

    private SupervisedConnection started(TCPClient client, ConnectionHandler handler) {
        SupervisedConnection connection = client.supervise(handler);
        connection.start();
        return connection;
    }

    @Test
    void aConnectionThatGoesOnWithTlsToLogInIsUpWithTheNewStream() {
        TCPClient client = client();
        SupervisedConnection connection = started(client, new Upgrading());
        CompletableFuture<AsyncIOStream> up = connection.whenUp();

        world.run(seconds(1));

        assertThat(world.events()).containsExactly("0.000 up with TLSv1.3");
        assertThat(connection.state()).isEqualTo(UP);
        AsyncIOStream current = connection.current().orElseThrow();
        assertThat(current.stream()).isInstanceOf(SSLIOStream.class);
        assertThat(current.stream().closed()).isFalse();
        assertThat(up).isCompletedWithValue(current);
        assertThat(completedWithin(connection.whenUp())).isSameAs(current);
        assertThat(client.stats().streams().active()).isEqualTo(1);
        assertThat(client.stats().state()).isEqualTo(UP);
    }

    /** The connection stays, so the simulation has no end. */
    private <T> T completedWithin(CompletableFuture<T> future) {
        world.run(Duration.ofMillis(100));
        assertThat(future).isCompleted();
        return future.join();
    }

    @Test
    void whenTheNewStreamIsLostAnotherConnectionIsMade() {
        TCPClient client = client();
        SupervisedConnection connection = started(client, new Upgrading());
        world.run(seconds(1));
        IOStream first = connection.current().orElseThrow().stream();

        served.get(0).close();
        world.run(seconds(1));

        assertThat(world.events())
                .containsExactly("0.000 up with TLSv1.3", "1.000 down PEER_END 500", "1.500 up with TLSv1.3");
        assertThat(connection.current().orElseThrow().stream()).isNotSameAs(first);
        assertThat(client.stats().reconnects()).isEqualTo(1);
        assertThat(client.stats().streams().active()).isEqualTo(1);
    }

    @Test
    void stopClosesTheNewStreamAndStartMakesAnother() {
        TCPClient client = client();
        SupervisedConnection connection = started(client, new Upgrading());
        world.run(seconds(1));
        IOStream first = connection.current().orElseThrow().stream();

        connection.stop();
        world.simulation.run();

        assertThat(connection.state()).isEqualTo(IDLE);
        assertThat(first.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(world.events()).containsExactly("0.000 up with TLSv1.3", "1.000 down LOCAL for good");
        world.assertNothingIsLeft();
        connection.start();
        world.run(seconds(1));
        assertThat(connection.state()).isEqualTo(UP);
        assertThat(client.stats().streams().active()).isEqualTo(1);
    }

    @Test
    void aLogInThatIsTooLateAfterItWentOnWithTlsIsClosedAndTriedAgain() {
        TCPClient client = client();
        List<IOStream> secured = new ArrayList<>();
        SupervisedConnection connection = started(client, new Upgrading() {
            @Override
            public void logIn(IOStream stream, Runnable done) {
                upgrade(stream, secured::add);
            }
        });

        world.run(Duration.ofMillis(10_200));

        assertThat(world.events()).containsExactly("10.000 down ABORTED 500");
        assertThat(connection.status().lastCause()).isInstanceOf(SocketTimeoutException.class);
        assertThat(secured).hasSize(1);
        assertThat(secured.get(0).closeReason()).isEqualTo(CloseReason.ABORTED);
        assertThat(client.stats().streams().active()).isZero();
        world.run(seconds(1));
        assertThat(connection.state()).isEqualTo(LOGGING_IN);
        assertThat(secured).hasSize(2);
        assertThat(client.stats().streams().active()).isEqualTo(1);
    }

    @Test
    void aLogInThatThrowsAfterItWentOnWithTlsIsClosedAndTriedAgain() {
        TCPClient client = client();
        List<IOStream> streams = new ArrayList<>();
        started(client, new Upgrading() {
            @Override
            public void logIn(IOStream stream, Runnable done) throws Exception {
                if (streams.isEmpty()) {
                    streams.add(stream);
                    SSLIOStream.startTls(
                            stream,
                            TlsOptions.client(TestCertificates.client()),
                            secured -> world.happened("secured"),
                            (errno, message) -> {});
                    throw new IllegalStateException("thrown");
                }
                super.logIn(stream, done);
            }
        });

        world.run(seconds(1));

        assertThat(world.events())
                .containsExactly("0.000 reported thrown", "0.000 down CALLBACK_FAILED 500", "0.500 up with TLSv1.3");
        assertThat(client.stats().streams().active()).isEqualTo(1);
    }

    @Test
    void oneThatGoesOnWithTlsWhenItIsUpHasTheNewStreamAfterTheHandshake() {
        TCPClient client = client();
        SupervisedConnection connection = started(client, stream -> upgrade(stream, SimulatedWorld::echo));

        world.run(seconds(1));

        assertThat(connection.state()).isEqualTo(UP);
        AsyncIOStream current = connection.current().orElseThrow();
        assertThat(current.stream()).isInstanceOf(SSLIOStream.class);
        assertThat(completedWithin(connection.whenUp())).isSameAs(current);
        connection.stop();
        world.simulation.run();
        assertThat(current.stream().closeReason()).isEqualTo(CloseReason.LOCAL);
        world.assertNothingIsLeft();
    }
}
