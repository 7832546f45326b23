package dev.iostream.client;

import static dev.iostream.client.SimulatedWorld.A;
import static dev.iostream.client.SimulatedWorld.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.dns.Resolver;
import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.event.Errno;
import dev.iostream.event.IOListener;
import dev.iostream.event.StreamInfo;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.ContextCarrier;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import dev.iostream.transport.Acceptor;
import dev.iostream.transport.ListenOptions;
import dev.iostream.transport.Network;
import dev.iostream.transport.Slots;
import dev.iostream.transport.Transport;
import dev.iostream.transport.TransportOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connecting once, in virtual time. */
class TCPClientTest {
    private final SimulatedWorld world = new SimulatedWorld();

    private <T> CompletableFuture<T> completed(CompletableFuture<T> future) {
        world.simulation.run();
        return future;
    }

    private static DialException failure(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        return (DialException) future.handle((value, failure) -> failure).join();
    }

    @Test
    void aFutureGivesTheFacadeOfAConnectedStream() {
        world.echo(A);
        TCPClient client = world.client().target("10.0.0.1:7000").build();
        AsyncIOStream stream = completed(client.connect()).join();
        stream.write("hello\n");
        assertThat(completed(stream.readUntil("\n")).join()).isEqualTo("hello\n".getBytes());
        assertThat(stream.stream().info().endpoint()).isEqualTo("orders");
        assertThat(client.stats().streams().active()).isEqualTo(1);
        assertThat(client.stats().connects()).isEqualTo(1);
        assertThat(client.stats().connecting()).isZero();
        assertThat(client.stats().failures()).isZero();
    }

    @Test
    void aCallbackIsGivenTheStreamOnItsLoop() {
        world.echo(A);
        world.client()
                .target(A)
                .build()
                .connect(
                        stream -> {
                            assertThat(stream.loop().inLoop()).isTrue();
                            world.happened("connected to " + stream.remoteAddress());
                        },
                        (errno, message) -> world.happened("failed"));
        assertThat(world.events).isEmpty();
        world.simulation.run();
        assertThat(world.events()).containsExactly("0.000 connected to /10.0.0.1:7000");
    }

    @Test
    void aFailureIsADialExceptionAndIsCounted() {
        TCPClient client = world.client().target(A).build();
        DialException failure = failure(completed(client.connect()));
        assertThat(failure.errno()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(failure).hasMessageContaining("10.0.0.1:7000");
        client.connect(stream -> world.happened("connected"), (errno, message) -> world.happened("failed " + errno));
        world.simulation.run();
        assertThat(world.events()).containsExactly("0.000 failed 111");
        assertThat(client.stats().failuresByErrno()).isEqualTo(Map.of(Errno.ECONNREFUSED, 2L));
        assertThat(client.stats().failuresByReason()).isEqualTo(Map.of(CloseReason.CONNECT_FAILED, 2L));
        world.assertNothingIsLeft();
    }

    @Test
    void theLastFailureIsToldUntilATargetIsConnectedTo() {
        TCPClient client = world.client().target(A).build();
        assertThat(client.stats().lastFailure()).isNull();
        DialException failure = failure(completed(client.connect()));
        assertThat(client.stats().lastFailure()).isSameAs(failure);

        world.simulation.blackHole(A);
        client.connect().cancel(true);
        world.simulation.run();
        assertThat(client.stats().lastFailure())
                .as("who cancels does not know whether it would have succeeded")
                .isSameAs(failure);

        world.simulation.restore(A);
        world.echo(A);
        completed(client.connect()).join();
        assertThat(client.stats().lastFailure()).isNull();
    }

    @Test
    void targetsAreTriedInOrderEachWithItsOwnDeadline() {
        world.simulation.blackHole(A);
        world.echo(B);
        TCPClient client = world.client().target(A).target(B).build();
        client.connect(stream -> world.happened("to " + stream.remoteAddress()), (errno, message) -> {});
        world.simulation.run();
        assertThat(world.events()).containsExactly("10.000 to /10.0.0.2:7000");
        assertThat(client.stats().failuresByReason()).isEqualTo(Map.of(CloseReason.CONNECT_DEADLINE, 1L));
    }

    @Test
    void afterAFailureTheNextTargetComesFirst() {
        world.echo(A);
        world.echo(B);
        TCPClient client = world.client().target(A).target(B).build();
        assertThat(completed(client.connect()).join().stream().remoteAddress()).isEqualTo(A);
        assertThat(completed(client.connect()).join().stream().remoteAddress()).isEqualTo(A);
        world.simulation.refuse(A);
        assertThat(completed(client.connect()).join().stream().remoteAddress()).isEqualTo(B);
        assertThat(client.stats().target()).isEqualTo(B);
        world.simulation.restore(A);
        assertThat(completed(client.connect()).join().stream().remoteAddress()).isEqualTo(B);
        assertThat(client.stats().failures()).isEqualTo(1);
    }

    @Test
    void whenAllTargetsFailTheMessageTellsOfEach() {
        TCPClient client =
                world.client().target(A).target("nowhere.example", 7000).build();
        DialException failure = failure(completed(client.connect()));
        assertThat(failure)
                .hasMessageContaining("client 'orders'")
                .hasMessageContaining("10.0.0.1:7000")
                .hasMessageContaining("nowhere.example");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.errno()).isEqualTo(Errno.EAI_NONAME);
    }

    private void assertFailedOnceAndIsAsGoodAsNew(TCPClient client) {
        assertThat(client.stats().connecting()).isZero();
        assertThat(client.stats().failures()).isEqualTo(1);
        world.assertNothingIsLeft();
        assertThat(client.stop()).isCompleted();
        assertThat(completed(client.connect())).isCompleted();
    }

    @Test
    void anErrorOfTheResolverFailsTheAttemptAndLeavesNothing() {
        TCPClient client = world.clientWithoutAThreadForItsFirstName(A);

        DialException failure = failure(completed(client.connect()));

        assertThat(failure)
                .hasMessageContaining("service.example")
                .hasMessageContaining("native thread")
                .hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(failure.errno()).isEqualTo(Errno.EAI_AGAIN);
        assertThat(world.events()).containsExactly("0.000 reported unable to create native thread");
        assertFailedOnceAndIsAsGoodAsNew(client);
    }

    @Test
    void anErrorOfTheNetworkFailsTheAttemptAtItsTarget() {
        world.echo(A);
        world.echo(B);
        world.simulation.name("service.example", A.getAddress());
        world.tellWhatIsReported();
        Network network = world.simulation.network();
        TCPClient client = world.client()
                .target("service.example:7000")
                .target(B)
                .dial(world.simulation.dialOptions().network(new Network() {
                    @Override
                    public Transport connect(
                            SocketAddress address,
                            @Nullable SocketAddress source,
                            TransportOptions options,
                            IOLoop loop)
                            throws IOException {
                        if (address.equals(A)) {
                            throw new OutOfMemoryError("no room for a socket");
                        }
                        return network.connect(address, source, options, loop);
                    }

                    @Override
                    public Acceptor listen(SocketAddress address, ListenOptions options, IOLoop loop, Slots slots) {
                        throw new AssertionError("a client does not listen");
                    }
                }))
                .build();

        CompletableFuture<AsyncIOStream> connected = completed(client.connect());

        assertThat(connected).isCompleted();
        assertThat(connected.join().stream().remoteAddress()).isEqualTo(B);
        assertThat(world.events()).containsExactly("0.000 reported no room for a socket");
        assertThat(client.stats().failuresByReason()).isEqualTo(Map.of(CloseReason.CONNECT_FAILED, 1L));
        assertThat(client.stats().lastFailure()).isNull();
    }

    @Test
    void anErrorOfAListenerIsReportedAndFailsNothing() {
        world.echo(A);
        world.tellWhatIsReported();
        var dials = new AtomicInteger();
        var listener = new IOListener() {
            @Override
            public void streamDialled(StreamInfo stream, SocketAddress target) {
                if (dials.getAndIncrement() == 0) {
                    throw new AssertionError("heard wrongly");
                }
            }
        };
        TCPClient client = world.client().target(A).stream(
                        StreamOptions.builder().listener(listener).build())
                .build();

        client.connect(stream -> world.happened("connected"), (errno, message) -> world.happened("failed " + message));
        world.simulation.run();

        assertThat(world.events()).containsExactly("0.000 reported heard wrongly", "0.000 connected");
        assertThat(client.stats().failures()).isZero();
    }

    @Test
    void anAttemptThatCannotBeBegunFails() {
        world.echo(A);
        world.tellWhatIsReported();
        var begun = new AtomicInteger();
        ContextCarrier carrier = () -> {
            // the first capture is that of the call, the second that of the stream
            if (begun.incrementAndGet() == 2) {
                throw new StackOverflowError("captured too deep");
            }
            return null;
        };
        TCPClient client = world.client().target(A).stream(
                        StreamOptions.builder().context(carrier).build())
                .build();

        client.connect(stream -> world.happened("connected"), (errno, message) -> world.happened("failed " + message));
        world.simulation.run();

        assertThat(world.events())
                .containsExactly(
                        "0.000 reported captured too deep",
                        "0.000 failed Could not connect to /10.0.0.1:7000: captured too deep");
        assertFailedOnceAndIsAsGoodAsNew(client);
    }

    @Test
    void namesAreResolvedAnewForEachAttempt() {
        world.echo(A);
        world.echo(B);
        TCPClient client = world.client().target("service.example:7000").build();
        world.simulation.name("service.example", A.getAddress());
        assertThat(completed(client.connect()).join().stream().remoteAddress()).isEqualTo(A);
        world.simulation.name("service.example", B.getAddress());
        assertThat(completed(client.connect()).join().stream().remoteAddress()).isEqualTo(B);
    }

    @Test
    void aCancelledFutureCancelsTheAttempt() {
        world.simulation.blackHole(A);
        TCPClient client = world.client().target(A).target(B).build();
        CompletableFuture<AsyncIOStream> future = client.connect();
        world.run(Duration.ofSeconds(1));
        assertThat(client.stats().connecting()).isEqualTo(1);
        future.cancel(true);
        world.run(Duration.ofSeconds(1));
        assertThat(client.stats().failuresByErrno()).isEqualTo(Map.of(Errno.ECANCELED, 1L));
        world.assertNothingIsLeft();
    }

    @Test
    void aFutureThatIsCancelledWhenTheStreamIsThereClosesIt() {
        world.echo(A);
        TCPClient client = world.client().target(A).build();
        CompletableFuture<AsyncIOStream> future = client.connect();
        world.simulation.loop().addCallback(() -> world.simulation.loop().addCallback(() -> future.cancel(true)));
        world.simulation.run();
        world.assertNothingIsLeft();
        assertThat(future).isCancelled();
    }

    @Test
    void whatTheCallbackThrowsClosesItsStream() {
        world.echo(A);
        world.simulation.loop().setExceptionHandler(failure -> world.happened("reported " + failure.getMessage()));
        TCPClient client = world.client().target(A).build();
        client.connect(
                stream -> {
                    throw new IllegalStateException("thrown");
                },
                (errno, message) -> world.happened("failed"));
        world.simulation.run();
        assertThat(world.events()).containsExactly("0.000 reported thrown");
        assertThat(client.stats().streams().closed(CloseReason.CALLBACK_FAILED)).isEqualTo(1);
    }

    @Test
    void closeEndsStreamsAfterWhatTheyHaveWritten() {
        world.echo(A);
        TCPClient client = world.client().target(A).build();
        IOStream stream = completed(client.connect()).join().stream();
        stream.write("bye\n");
        client.close();
        assertThat(stream.closed()).isTrue();
        assertThat(client.closed()).isNotDone();
        world.simulation.run();
        assertThat(client.closed()).isCompleted();
        assertThat(client.stats().streams().sent()).isEqualTo(4);
        assertThat(client.stats().streams().closed()).isEqualTo(Map.of(CloseReason.LOCAL, 1L));
        world.assertNothingIsLeft();
    }

    @Test
    void closeCancelsAttemptsAndTellsOfIt() {
        world.simulation.blackHole(A);
        TCPClient client = world.client().target(A).target(B).build();
        CompletableFuture<AsyncIOStream> future = client.connect();
        client.connect(stream -> world.happened("connected"), (errno, message) -> world.happened("failed " + errno));
        world.run(Duration.ofSeconds(1));
        client.close();
        client.close();
        world.run(Duration.ofSeconds(1));
        assertThat(failure(future).errno()).isEqualTo(Errno.ECANCELED);
        assertThat(world.events()).containsExactly("1.000 failed 125");
        assertThat(client.closed()).isCompleted();
        world.assertNothingIsLeft();
    }

    @Test
    void aStoppedClientHasNoStreamAndConnectsAgain() {
        world.echo(A);
        TCPClient client = world.client().target(A).build();
        AsyncIOStream stream = completed(client.connect()).join();
        CompletableFuture<Void> written = stream.write("last words\n");

        CompletableFuture<Void> stopped = client.stop();

        assertThat(stopped).isNotDone();
        assertThat(client.stop()).isNotDone();
        assertThat(completed(stopped)).isCompleted();
        assertThat(written).isCompleted();
        assertThat(stream.stream().closeReason()).isEqualTo(CloseReason.LOCAL);
        world.assertNothingIsLeft();
        assertThat(client.stop()).isCompleted();
        assertThat(completed(client.connect())).isCompleted();
        assertThat(client.closed()).isNotDone();
    }

    @Test
    void aStopFailsAttemptsThatAreUnderWayWithoutTryingTheOtherTargets() {
        world.simulation.blackHole(A);
        world.echo(B);
        TCPClient client = world.client().target(A).target(B).build();
        CompletableFuture<AsyncIOStream> connecting = client.connect();
        world.run(Duration.ofSeconds(1));

        CompletableFuture<Void> stopped = client.stop();

        assertThat(completed(stopped)).isCompleted();
        assertThat(failure(connecting).errno()).isEqualTo(Errno.ECANCELED);
        assertThat(client.stats().target()).isEqualTo(A);
        world.assertNothingIsLeft();
    }

    @Test
    void aClosedClientConnectsNoMore() {
        TCPClient client = world.client().target(A).build();
        client.close();
        assertThat(client.closed()).isCompleted();
        DialException failure = failure(completed(client.connect()));
        assertThat(failure.errno()).isEqualTo(Errno.ECANCELED);
        assertThat(failure).hasMessageContaining("client 'orders' is closed");
        client.connect(stream -> world.happened("connected"), (errno, message) -> world.happened("failed " + errno));
        world.simulation.run();
        assertThat(world.events()).containsExactly("0.000 failed 125");
        assertThatIllegalStateException().isThrownBy(() -> client.supervise(stream -> {}));
    }

    @Test
    void aClosedLoopFailsTheFutureAndRefusesTheCallbacks() {
        TCPClient client = world.client().target(A).build();
        CompletableFuture<AsyncIOStream> before = client.connect();
        world.simulation.loop().close();
        assertThat(failure(before)).isNotNull();
        assertThat(failure(client.connect()).reason()).isEqualTo(CloseReason.LOOP_CLOSED);
        assertThatThrownBy(() -> client.connect(stream -> {}, (errno, message) -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aLoopThatClosesWhileConnectingFailsTheFuture() {
        world.simulation.blackHole(A);
        CompletableFuture<AsyncIOStream> future =
                world.client().target(A).target(B).build().connect();
        world.run(Duration.ofSeconds(1));
        world.simulation.loop().close();
        assertThat(failure(future).errno()).isEqualTo(Errno.ECANCELED);
    }

    @Test
    void theSameClientCanBeBoundToALoop() {
        var first = new IOLoop();
        var second = new IOLoop();
        TCPClient client =
                TCPClient.builder(IOLoopGroup.of(first, second)).target(A).build();
        assertThat(List.of(
                        client.supervise(stream -> {}).loop(),
                        client.supervise(stream -> {}).loop()))
                .containsExactly(first, second);
        TCPClient bound = client.on(second);
        assertThat(bound.supervise(stream -> {}).loop()).isSameAs(second);
        assertThat(bound.supervise(stream -> {}).loop()).isSameAs(second);
        assertThat(client.stats().connections()).hasSize(4);
        bound.close();
        assertThat(client.closed()).isCompleted();
        first.close();
        second.close();
    }

    @Test
    void theUsersListenerHearsOfTheStreams() {
        world.echo(A);
        var listener = new IOListener() {
            @Override
            public void streamOpened(StreamInfo stream) {
                world.happened("opened " + stream.endpoint());
            }

            @Override
            public void streamClosed(StreamInfo stream, CloseReason reason, @Nullable Throwable cause) {
                world.happened("closed " + reason);
            }

            @Override
            public void callbackFailed(StreamInfo stream, Throwable failure) {
                world.happened("failed " + failure.getMessage());
            }
        };
        world.simulation.loop().setExceptionHandler(failure -> {});
        world.client().target(A).stream(
                        StreamOptions.builder().listener(listener).build())
                .build()
                .connect(
                        stream -> {
                            throw new IllegalStateException("thrown");
                        },
                        (errno, message) -> {});
        world.simulation.run();
        assertThat(world.events())
                .containsExactly("0.000 opened orders", "0.000 failed thrown", "0.000 closed CALLBACK_FAILED");
    }

    @Test
    void whatIsWrongIsRefusedWhenTheClientIsMade() {
        TCPClient.Builder builder = world.client();
        assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("'orders' has no target");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.target("no-port"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.target("host", 0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.target(new InetSocketAddress("127.0.0.1", 0)));
    }

    @Test
    void theResolverAndDeadlinesAreThoseOfTheDialOptions() {
        world.echo(A);
        TCPClient client = world
                .client()
                .target("service.example:7000")
                .dial(world.simulation
                        .dialOptions()
                        .resolver(Resolver.overriding(
                                Map.of("service.example", List.of(A.getAddress())), Resolver.system())))
                .stream(StreamOptions.builder()
                        .idleTimeout(Duration.ofSeconds(5))
                        .build())
                .build();
        IOStream stream = completed(client.connect()).join().stream();
        assertThat(stream.closeReason()).isEqualTo(CloseReason.IDLE_DEADLINE);
    }
}
