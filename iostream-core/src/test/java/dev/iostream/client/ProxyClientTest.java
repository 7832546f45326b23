package dev.iostream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.loop.IOLoop;
import dev.iostream.proxy.ProxyHeader;
import dev.iostream.proxy.ProxyProtocol;
import dev.iostream.proxy.ProxySsl;
import dev.iostream.proxy.ProxyTlv;
import dev.iostream.server.Admission;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.IOStream;
import dev.iostream.tls.TestCertificates;
import dev.iostream.tls.TlsOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that connects for somebody else, and a server that believes it, in virtual time. */
class ProxyClientTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000);
    private static final InetSocketAddress CALLER = new InetSocketAddress("192.0.2.1", 51234);
    private static final InetSocketAddress FRONT = new InetSocketAddress("198.51.100.2", 443);

    private final SimulatedWorld world = new SimulatedWorld();
    private final IOLoop loop = world.simulation.loop();
    private final List<IOStream> served = new ArrayList<>();
    private final TCPClient.Builder builder = world.client().target(SERVER);
    private TCPServer server;

    private void serve(ServerOptions options) {
        server = new TCPServer(
                loop,
                stream -> {
                    served.add(stream);
                    SimulatedWorld.echo(stream);
                },
                options.network(world.simulation.network())
                        .admission(Admission.defaults().proxyProtocol(ProxyProtocol.from("127.0.0.1"))));
        server.listen(SERVER);
    }

    @AfterEach
    void nothingIsLeft() {
        server.close();
        world.run(Duration.ofSeconds(1));
        world.assertNothingIsLeft();
    }

    private void ask(TCPClient client) {
        CompletableFuture<byte[]> answer = client.connect()
                .thenCompose(stream -> stream.write("hello\n").thenCompose(written -> stream.readUntil("\n")));
        world.run(Duration.ofSeconds(1));
        assertThat(answer)
                .isCompletedWithValueMatching(line -> new String(line, StandardCharsets.UTF_8).equals("hello\n"));
    }

    @Test
    void itSaysWhomItConnectsFor() {
        serve(ServerOptions.named("back"));
        ProxyHeader header = ProxyHeader.of(CALLER, FRONT)
                .with(new ProxySsl(true, false, false, "TLSv1.3", null, null, null, null).tlv())
                .with(ProxyTlv.checksum());
        TCPClient client = builder.build();

        ask(client.introducing(header));
        ask(client.on(loop).introducing(ProxyHeader.ofLocal()));

        assertThat(served.get(0).remoteAddress()).isEqualTo(CALLER);
        assertThat(served.get(0).attribute(ProxyHeader.class)).isEqualTo(header);
        assertThat(served.get(1).attribute(ProxyHeader.class)).isEqualTo(ProxyHeader.ofLocal());
        assertThat(client.stats().streams().opened()).as("counted together").isEqualTo(2);
        client.close();
    }

    @Test
    void itSaysSoBeforeTls() {
        serve(ServerOptions.named("back").tls(TlsOptions.server(TestCertificates.server())));
        TCPClient client =
                builder.tls(TlsOptions.client(TestCertificates.client())).build();
        ask(client.introducing(ProxyHeader.of(CALLER, FRONT)));
        assertThat(served.get(0).remoteAddress()).isEqualTo(CALLER);
        client.close();
    }

    @Test
    void itSaysSoEachTimeAConnectionIsMadeAgain() {
        serve(ServerOptions.named("back"));
        TCPClient client = builder.build();
        SupervisedConnection connection = client.introducing(ProxyHeader.of(CALLER, FRONT))
                .supervise(stream -> CompletableFuture.completedFuture(null));
        connection.start();
        world.run(Duration.ofSeconds(1));
        served.get(0).close();
        world.run(Duration.ofMinutes(1));
        assertThat(served).hasSize(2);
        assertThat(served).extracting(IOStream::remoteAddress).containsOnly(CALLER);
        client.close();
    }

    @Test
    void whoSaysNothingIsRefused() {
        serve(ServerOptions.named("back"));
        TCPClient client = builder.build();
        client.connect(
                stream -> {
                    stream.setCloseCallback(() -> world.happened("closed"));
                    stream.write("hello\n");
                    SimulatedWorld.echo(stream);
                },
                (errno, message) -> world.happened("failed"));
        world.run(Duration.ofSeconds(1));
        assertThat(world.events()).containsExactly("0.000 closed");
        assertThat(served).isEmpty();
        client.close();
    }
}
