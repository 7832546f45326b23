package dev.iostream.client;

import static dev.iostream.client.SimulatedWorld.A;
import static dev.iostream.client.SimulatedWorld.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.SSLIOStream;
import dev.iostream.tls.ClientAuth;
import dev.iostream.tls.SslContexts;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Clients whose streams are encrypted, in virtual time. */
class TlsClientTest {
    private static final TestCertificates CA = TestCertificates.CA;
    private static final TestCertificates SERVER =
            CA.issue("server").dns("orders.internal").ip("10.0.0.2").create();

    private final SimulatedWorld world = new SimulatedWorld();
    private final List<X509Certificate> seen = new ArrayList<>();

    private static TlsOptions server() {
        return TlsOptions.server(SslContexts.server(SERVER.key()));
    }

    private static TlsOptions trusting() {
        return TlsOptions.client(TestCertificates.client());
    }

    private TCPServer serve(InetSocketAddress address, TlsOptions tls) {
        var server = new TCPServer(
                world.simulation.loop(),
                stream -> {
                    ((SSLIOStream) stream).onSecured(() -> seen.addAll(((SSLIOStream) stream).peerCertificates()));
                    SimulatedWorld.echo(stream);
                },
                ServerOptions.named("echo").network(world.simulation.network()).tls(tls));
        server.listen(address);
        return server;
    }

    private TCPClient.Builder client() {
        world.simulation.name("orders.internal", A.getAddress());
        return world.client().tls(trusting());
    }

    private <T> CompletableFuture<T> completed(CompletableFuture<T> future) {
        world.simulation.run();
        return future;
    }

    private static DialException failure(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        return (DialException) future.handle((value, failure) -> failure).join();
    }

    @Test
    void isConnectedWhenTheServerIsVerified() {
        serve(A, server());
        TCPClient client = client().target("orders.internal:7000").build();
        AsyncIOStream stream = completed(client.connect()).join();
        assertThat(stream.stream()).isInstanceOf(SSLIOStream.class);
        assertThat(((SSLIOStream) stream.stream()).peerCertificates()).first().isEqualTo(SERVER.certificate());
        stream.write("hello\n");
        assertThat(completed(stream.readUntil("\n")).join()).isEqualTo("hello\n".getBytes());
        client.close();
        world.simulation.run();
        assertThat(client.closed()).isCompleted();
    }

    @Test
    void anotherServerThanTheOneThatWasAskedForIsAFailure() {
        serve(A, server());
        world.simulation.name("other.internal", A.getAddress());
        TCPClient client = client().target("other.internal:7000").build();
        DialException failure = failure(completed(client.connect()));
        assertThat(failure.errno()).isEqualTo(Errno.TLS);
        assertThat(failure.reason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(failure)
                .hasMessageContaining("other.internal:7000")
                .hasMessageContaining("not for other.internal")
                .hasMessageContaining("orders.internal");
        assertThat(client.stats().failuresByReason()).isEqualTo(Map.of(CloseReason.TLS_FAILED, 1L));
        world.assertNothingIsLeft();
    }

    @Test
    void aTargetThatCannotBeVerifiedIsFollowedByTheNext() {
        serve(A, server());
        serve(B, server());
        TCPClient client = client().target(A).target(B).build();
        assertThat(completed(client.connect()).join().stream().remoteAddress())
                .as("the certificate names only the second address")
                .isEqualTo(B);
        assertThat(client.stats().target()).isEqualTo(B);
    }

    @Test
    void aPlainServerIsToldFromOneThatSpeaksTls() {
        world.echo(A);
        TCPClient client = client().target("orders.internal:7000").build();
        DialException failure = failure(completed(client.connect()));
        assertThat(failure.getMessage()).contains("orders.internal:7000");
        assertThat(failure.reason()).isIn(CloseReason.PLAINTEXT_ON_TLS, CloseReason.HANDSHAKE_DEADLINE);
    }

    @Test
    void theClientsOwnCertificateIsShown() {
        TestCertificates own = CA.issue("term-7").create();
        serve(A, TlsOptions.server(SslContexts.server(SERVER.key(), CA.trust())).clientAuth(ClientAuth.NEED));
        TCPClient client = client().tls(TlsOptions.client(SslContexts.client(CA.trust(), own.key())))
                .target("orders.internal:7000")
                .build();
        completed(client.connect()).join();
        assertThat(seen).first().isEqualTo(own.certificate());
    }

    @Test
    void aSupervisedConnectionLogsInAfterTheHandshakeEachTime() {
        serve(A, server());
        TCPClient client = client().target("orders.internal:7000").build();
        SupervisedConnection connection = client.supervise(new ConnectionHandler() {
            @Override
            public void logIn(IOStream stream, Runnable done) {
                stream.write("hello\n");
                stream.readUntil("\n", answer -> done.run());
            }

            @Override
            public void onUp(IOStream stream) {
                world.happened("up with " + ((SSLIOStream) stream).session().getProtocol());
            }
        });
        connection.start();
        world.run(Duration.ofSeconds(1));
        connection.current().orElseThrow().stream().close(CloseReason.ABORTED);
        world.run(Duration.ofSeconds(20));
        assertThat(world.events).hasSize(2).allMatch(event -> event.contains("up with TLSv1.3"));
        assertThat(client.stats().reconnects()).isEqualTo(1);
        client.close();
        world.simulation.run();
        world.assertNothingIsLeft();
    }

    @Test
    void newConnectionsUseAReloadedContextAndOpenOnesAreOutdated() {
        serve(A, server());
        TCPClient client = client().tls(TlsOptions.client(SslContexts.client(
                        TestCertificates.authority("Other CA").trust())))
                .target("orders.internal:7000")
                .build();
        assertThat(failure(completed(client.connect())).reason()).isEqualTo(CloseReason.TLS_FAILED);
        client.reload(TestCertificates.client());
        AsyncIOStream first = completed(client.connect()).join();
        assertThat(client.stats().outdatedTls()).isZero();
        client.reload(trusting().protocols("TLSv1.2"));
        assertThat(client.tlsOptions().protocols()).containsExactly("TLSv1.2");
        AsyncIOStream second = completed(client.connect()).join();
        assertThat(((SSLIOStream) second.stream()).session().getProtocol()).isEqualTo("TLSv1.2");
        assertThat(client.stats().outdatedTls()).isEqualTo(1);
        first.stream().close();
        world.simulation.run();
        assertThat(client.stats().outdatedTls()).isZero();
        client.close();
        world.simulation.run();
        assertThat(client.stats().outdatedTls()).isZero();
    }

    @Test
    void whatIsWrongIsRefusedAtOnce() {
        TCPClient plain = world.client().target(A).build();
        SSLContext context = TestCertificates.client();
        assertThatIllegalStateException()
                .isThrownBy(() -> plain.reload(context))
                .withMessageContaining("'orders' has no TLS");
        assertThat(plain.tlsOptions()).isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> world.client().tls(server()))
                .withMessageContaining("use TlsOptions.client");
        TCPClient secure = client().target(A).build();
        assertThatIllegalArgumentException().isThrownBy(() -> secure.reload(server()));
    }
}
