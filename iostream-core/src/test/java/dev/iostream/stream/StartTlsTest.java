package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Endpoint;
import dev.iostream.event.Errno;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import dev.iostream.tls.TlsException;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams that go on with TLS. */
class StartTlsTest extends TlsFixture {
    private static final String ATTACK = "STARTTLS\r\nEVIL\r\n";

    private final Endpoint endpoint = new Endpoint("starttls");
    private SSLIOStream securedServer;

    @BeforeEach
    void serveStartTls() {
        StreamOptions options = StreamOptions.builder().endpoint(endpoint).build();
        listen(accepted -> served.add(IOStream.over(accepted.transport(), simulation.loop(), options, stream -> {
            stream.setAttribute(String.class, "mine");
            stream.setCloseCallback(() -> events.add("server closed"));
            stream.readUntil("\r\n", line -> {
                record(line);
                stream.write("220 go on\r\n");
                SSLIOStream.startTls(
                        stream,
                        serverOptions(),
                        secured -> {
                            securedServer = secured;
                            served.add(secured);
                            commands(secured);
                        },
                        this::failed);
            });
        })));
    }

    @Test
    void whatIsLostAfterwardsIsAResetAsItIsInPlain() {
        IOStream client = IOStream.open(simulation.loop(), options());
        client.connect("localhost", PORT, null, () -> upgrade(client), this::failed);
        simulation.run();
        IOStream secured = clients.get(0);
        secured.readUntilClose(data -> {});
        securedServer.write(new byte[1_000_000]);
        securedServer.abort();
        simulation.run();
        assertThat(secured.closeReason()).isEqualTo(CloseReason.PEER_RESET);
    }

    private void commands(IOStream stream) {
        stream.readUntil("\r\n", line -> {
            record(line);
            stream.write("250 ok\r\n");
            commands(stream);
        });
    }

    private IOStream upgrade(IOStream client) {
        client.write("STARTTLS\r\n");
        client.readUntil("\r\n", answer -> {
            record(answer);
            SSLIOStream.startTls(
                    client,
                    clientOptions(),
                    secured -> {
                        clients.add(secured);
                        secured.write("MAIL\r\n");
                        secured.readUntil("\r\n", this::record);
                    },
                    this::failed);
        });
        return client;
    }

    @Test
    void bothGoOnEncryptedOnTheSameConnection() {
        IOStream client = IOStream.open(simulation.loop(), options());
        client.setCloseCallback(() -> events.add("client closed"));
        client.connect("localhost", PORT, null, () -> upgrade(client), this::failed);
        simulation.run();
        assertThat(events).containsExactly("STARTTLS", "220 go on", "MAIL", "250 ok");
        IOStream former = served.get(0);
        assertThat(former.closeReason()).isEqualTo(CloseReason.DETACHED);
        assertThatThrownBy(() -> former.write("x"))
                .isInstanceOf(StreamClosedException.class)
                .hasMessageContaining("DETACHED");
        assertThatThrownBy(() -> former.readBytes(1, this::record)).isInstanceOf(StreamClosedException.class);
        assertThat(securedServer.attribute(String.class)).isEqualTo("mine");
        assertThat(securedServer.info().id()).isEqualTo(former.info().id());
        assertThat(clients.get(0).driver().transport().host()).isEqualTo("localhost");
        assertThat(securedServer.driver().transport().host()).isNull();
        assertThat(endpoint.stats().opened()).isEqualTo(1);
        assertThat(endpoint.stats().active()).isEqualTo(1);
        clients.forEach(IOStream::close);
        simulation.run();
        assertThat(events).hasSize(6).contains("client closed", "server closed");
        assertThat(endpoint.stats().active()).isZero();
        assertThat(endpoint.stats().closed(CloseReason.PEER_END)).isEqualTo(1);
    }

    @Test
    void whoClosesTheFormerStreamClosesTheOneThatHasTakenOver() {
        IOStream client = upgrade(plainClient());
        simulation.run();
        IOStream secured = clients.get(1);
        secured.write("QUIT\r\n");

        client.close();

        assertThat(secured.closed()).isTrue();
        simulation.run();
        assertThat(secured.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(client.closeReason()).isEqualTo(CloseReason.DETACHED);
        assertThat(events).contains("QUIT", "server closed");
        assertThat(endpoint.stats().active()).isZero();
    }

    @Test
    void whoAbortsTheFormerStreamAbortsTheOneThatHasTakenOver() {
        IOStream client = upgrade(plainClient());
        simulation.run();
        client.abort();
        assertThat(clients.get(1).closeReason()).isEqualTo(CloseReason.ABORTED);
        assertThat(client.closeReason()).isEqualTo(CloseReason.DETACHED);
    }

    @Test
    void eachStreamTellsWhichOneHasTheConnection() {
        IOStream client = upgrade(plainClient());
        assertThat(client.latest()).isSameAs(client);
        simulation.run();
        IOStream secured = clients.get(1);
        assertThat(client.latest()).isSameAs(secured);
        assertThat(secured.latest()).isSameAs(secured);
        secured.close();
        simulation.run();
        assertThat(client.latest()).isSameAs(secured);
    }

    @Test
    void aCallbackThatThrowsAfterItHasStartedTlsClosesTheConnection() {
        List<Throwable> thrown = new ArrayList<>();
        simulation.loop().setExceptionHandler(thrown::add);
        IOStream client = plainClient();
        client.write("STARTTLS\r\n");
        client.readUntil("\r\n", answer -> {
            SSLIOStream.startTls(client, clientOptions(), secured -> events.add("never"), this::failed);
            throw new IllegalStateException("thrown");
        });

        simulation.run();

        assertThat(thrown)
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessage("thrown"));
        assertThat(client.latest()).isNotSameAs(client);
        assertThat(client.latest().closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
        assertThat(events)
                .doesNotContain("never")
                .filteredOn(event -> event.startsWith("failed"))
                .hasSize(2);
        assertThat(endpoint.stats().active()).isZero();
    }

    @Test
    void anotherThreadThatClosesWhileTlsStartsClosesTheConnection() {
        List<IOStream> plain = new ArrayList<>();
        var asked = new AtomicInteger();
        IOStream client = over(seen(wire(), "host", () -> {
            asked.incrementAndGet();
            onAnotherThread(plain.get(0)::close);
        }));
        plain.add(client);
        client.write("STARTTLS\r\n");
        client.readUntil(
                "\r\n",
                answer -> SSLIOStream.startTls(client, clientOptions(), secured -> events.add("never"), this::failed));

        simulation.run();

        assertThat(asked).as("when TLS starts").hasValue(1);
        assertThat(client.latest()).isInstanceOf(SSLIOStream.class);
        assertThat(client.latest().closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(events).doesNotContain("never").contains("server closed");
    }

    /** The transport, but that something is done whenever it is called so. */
    private static Transport seen(Transport wire, String call, Runnable then) {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(call)) {
                        then.run();
                    }
                    try {
                        return method.invoke(wire, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private IOStream over(Transport transport) {
        try {
            IOStream stream = IOStream.over(transport, simulation.loop(), StreamOptions.defaults());
            clients.add(stream);
            return stream;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anotherThreadThatClosesBeforeTlsStartsIsNoFailureOfTheCallback() {
        IOStream client = plainClient();
        client.write("STARTTLS\r\n");
        client.readUntil("\r\n", answer -> {
            onAnotherThread(client::close);
            SSLIOStream.startTls(client, clientOptions(), secured -> events.add("never"), this::failed);
        });
        simulation.run();
        assertThat(client.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(events).doesNotContain("never");
    }

    private static void onAnotherThread(Runnable task) {
        var thread = new Thread(task);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theClientVerifiesTheHostThatItHadDialled() {
        IOStream client = IOStream.open(simulation.loop(), options());
        client.connect("wrong.example", PORT, null, () -> upgrade(client), this::failed);
        simulation.run();
        assertThat(events).anyMatch(event -> event.startsWith("failed -1") && event.contains("not for wrong.example"));
        assertThat(events).doesNotContain("MAIL");
    }

    static IntStream splits() {
        return IntStream.rangeClosed(0, ATTACK.length());
    }

    @ParameterizedTest
    @MethodSource("splits")
    void whatIsPutInBehindTheCommandIsNeverACommand(int split) {
        var canary = new Canary(simulation);
        IOStream attacker = plainClient();
        attacker.write(ATTACK.substring(0, split));
        simulation.run(Duration.ofMillis(split % 2 == 0 ? 0 : 20));
        if (!attacker.closed()) {
            attacker.write(ATTACK.substring(split));
        }
        simulation.run(Duration.ofSeconds(1));
        assertThat(events).contains("STARTTLS").doesNotContain("EVIL", "250 ok").contains("server closed");
        assertThat(events).filteredOn(event -> event.startsWith("failed -1")).hasSize(1);
        assertThat(endpoint.stats().active()).isZero();
        assertThat(attacker.closed()).isTrue();
        canary.isUnharmed();
    }

    @ParameterizedTest
    @MethodSource("splits")
    void whatIsPutInBehindTheAnswerIsNeverAnAnswer(int split) {
        var canary = new Canary(simulation);
        String answer = "220 go ok\r\nEVIL\r\n";
        listenAgain(stream -> stream.readUntil("\r\n", command -> {
            stream.write(
                    answer.substring(0, split),
                    () -> simulation
                            .loop()
                            .addTimeout(
                                    Duration.ofMillis(split % 2 == 0 ? 0 : 20), () -> sendRest(stream, answer, split)));
        }));
        IOStream client = IOStream.open(simulation.loop(), options());
        client.connect("127.0.0.1", PORT + 1, null, () -> upgrade(client), this::failed);
        simulation.run(Duration.ofSeconds(1));
        assertThat(events).contains("220 go ok").doesNotContain("EVIL");
        assertThat(events).filteredOn(event -> event.startsWith("failed -1")).hasSize(1);
        assertThat(clients).isEmpty();
        canary.isUnharmed();
    }

    private static void sendRest(IOStream stream, String answer, int split) {
        if (!stream.closed()) {
            stream.write(answer.substring(split));
        }
    }

    @Test
    void howeverTheBytesArriveNothingPutInIsACommand() {
        for (long seed = 0; seed < 300; seed++) {
            var world = new Simulation(Link.perfect().randomChunks(12).latency(Duration.ofMillis(1)), seed);
            List<String> commands = new ArrayList<>();
            Simulation.Peers peers = world.connect();
            peers.server().readUntil("\r\n", line -> {
                commands.add(new String(line, UTF_8).trim());
                SSLIOStream.startTls(
                        peers.server(),
                        serverOptions(),
                        secured -> secured.readUntil("\r\n", each -> commands.add("injected")),
                        (errno, message) -> commands.add("failed"));
            });
            peers.client().write(ATTACK);
            peers.client().readUntilClose(null);
            world.run();
            assertThat(commands).as("seed %d", seed).containsExactly("STARTTLS", "failed");
        }
    }

    @Test
    void aPendingReadClosesTheStream() {
        IOStream client = plainClient();
        simulation.run();
        client.readUntil("\r\n", this::record);
        SSLIOStream.startTls(client, clientOptions(), secured -> events.add("never"), this::failed);
        assertThat(client.closeReason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(client.error()).hasMessageContaining("a read in plain is pending");
        simulation.run();
        assertThat(events).filteredOn(event -> event.startsWith("failed -1")).hasSize(1);
        assertThat(events).doesNotContain("never");
    }

    @Test
    void aStreamThatIsNotOpenIsRefused() {
        IOStream client = IOStream.open(simulation.loop(), options());
        assertThatIllegalStateException()
                .isThrownBy(() -> SSLIOStream.startTls(client, clientOptions(), secured -> {}, null))
                .withMessageContaining("not open");
        client.close();
    }

    @Test
    void aPeerThatStallsIsClosedAtTheDeadline() {
        var canary = new Canary(simulation);
        IOStream client = plainClient();
        client.write("STARTTLS\r\n");
        client.readUntil("\r\n", this::record);
        simulation.run(Duration.ofSeconds(9));
        assertThat(client.closed()).isFalse();
        simulation.run(Duration.ofSeconds(2));
        assertThat(client.closed()).isTrue();
        assertThat(events).anyMatch(event -> event.startsWith("failed -1") && event.contains("did not end within 10s"));
        assertThat(endpoint.stats().closed(CloseReason.HANDSHAKE_DEADLINE)).isEqualTo(1);
        canary.isUnharmed();
    }

    @Test
    void aFutureGivesTheStreamThatHasTakenOver() {
        IOStream client = plainClient();
        simulation.run();
        AsyncIOStream plain = client.async();
        plain.write("STARTTLS\r\n");
        CompletableFuture<byte[]> answer = plain.readUntil("\r\n")
                .thenCompose(line -> plain.startTls(clientOptions().serverName("localhost")))
                .thenCompose(secured -> {
                    clients.add(secured.stream());
                    secured.write("MAIL\r\n");
                    return secured.readUntil("\r\n");
                });
        simulation.run();
        assertThat(answer).isCompleted();
        assertThat(answer.join()).asString().isEqualTo("250 ok\r\n");
        assertThat(client.closeReason()).isEqualTo(CloseReason.DETACHED);
    }

    @Test
    void aFutureFailsWithWhatHasGoneWrong() {
        listenAgain(stream -> stream.readUntilClose(null));
        IOStream client = IOStream.open(simulation.loop(), options());
        CompletableFuture<AsyncIOStream> late = client.async()
                .connect("127.0.0.1", PORT + 1)
                .thenCompose(connected -> client.async().startTls(clientOptions()));
        AsyncIOStream reading = plainClient().async();
        simulation.run(Duration.ofMillis(10));
        CompletableFuture<byte[]> pending = reading.readUntil("\r\n");
        CompletableFuture<AsyncIOStream> tooSoon = reading.startTls(clientOptions());
        simulation.run();
        assertThat(late).isCompletedExceptionally();
        DialException deadline = failure(late);
        assertThat(deadline.reason()).isEqualTo(CloseReason.HANDSHAKE_DEADLINE);
        assertThat(deadline.errno()).isEqualTo(Errno.TLS);
        assertThat(deadline).hasMessageContaining("did not end within 10s").hasCauseInstanceOf(TlsException.class);
        assertThat(pending).isCompletedExceptionally();
        assertThat(failure(tooSoon).reason()).isEqualTo(CloseReason.TLS_FAILED);
        assertThat(failure(tooSoon)).hasMessageContaining("a read in plain is pending");
    }

    private static DialException failure(CompletableFuture<?> future) {
        Throwable failure = future.handle((value, thrown) -> thrown).join();
        return (DialException) (failure instanceof CompletionException ? failure.getCause() : failure);
    }

    @Test
    void whatWasWrittenBeforeIsSentFirstHoweverMuchItIs() {
        byte[] much = new byte[2_000_000];
        listenAgain(stream -> {
            stream.write(much);
            SSLIOStream.startTls(
                    stream,
                    serverOptions(),
                    secured -> {
                        served.add(secured);
                        secured.write("secured\n");
                    },
                    this::failed);
        });
        IOStream client = IOStream.open(simulation.loop(), options());
        client.connect(
                "127.0.0.1",
                PORT + 1,
                null,
                () -> client.readBytes(much.length, data -> {
                    events.add("plain " + data.length);
                    SSLIOStream.startTls(
                            client,
                            clientOptions(),
                            secured -> {
                                clients.add(secured);
                                secured.readUntil("\n", this::record);
                            },
                            this::failed);
                }),
                this::failed);
        simulation.run();
        assertThat(events).containsExactly("plain " + much.length, "secured");
    }

    /** Serves in plain at another port as well. */
    private void listenAgain(StreamCallback handler) {
        var other = new InetSocketAddress(loopback(), PORT + 1);
        try {
            simulation.network().listen(other, 1, simulation.loop(), simulation::loop, accepted -> {
                try {
                    served.add(
                            IOStream.over(accepted.transport(), simulation.loop(), StreamOptions.defaults(), handler));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
