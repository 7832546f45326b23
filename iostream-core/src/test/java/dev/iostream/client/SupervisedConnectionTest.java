package dev.iostream.client;

import static dev.iostream.client.ConnectionState.CLOSED;
import static dev.iostream.client.ConnectionState.CONNECTING;
import static dev.iostream.client.ConnectionState.GAVE_UP;
import static dev.iostream.client.ConnectionState.IDLE;
import static dev.iostream.client.ConnectionState.LOGGING_IN;
import static dev.iostream.client.ConnectionState.UP;
import static dev.iostream.client.ConnectionState.WAITING;
import static dev.iostream.client.SimulatedWorld.A;
import static dev.iostream.client.SimulatedWorld.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.event.DialException;
import dev.iostream.server.ServerOptions;
import dev.iostream.server.TCPServer;
import dev.iostream.stream.AsyncIOStream;
import dev.iostream.stream.IOStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Staying connected, in virtual time. */
class SupervisedConnectionTest {
    private final SimulatedWorld world = new SimulatedWorld();

    /** Tells the world what happens, and reads for ever. */
    private class Telling implements ConnectionHandler {
        @Override
        public void onUp(IOStream stream) throws Exception {
            world.happened("up " + stream.remoteAddress());
            stream.readUntilClose(data -> {});
        }

        @Override
        public void onDown(CloseReason reason, @Nullable Throwable cause, @Nullable Duration nextDelay) {
            world.happened("down " + reason + " " + (nextDelay == null ? "for good" : nextDelay.toMillis()));
        }
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private SupervisedConnection started(TCPClient client, ConnectionHandler handler) {
        SupervisedConnection connection = client.supervise(handler);
        assertThat(connection.state()).isEqualTo(IDLE);
        connection.start();
        return connection;
    }

    private SupervisedConnection toA() {
        return started(world.client().target(A).build(), new Telling());
    }

    @Test
    void connectsAtOnceAndIsUp() {
        world.echo(A);
        SupervisedConnection connection = toA();
        world.run(seconds(1));
        assertThat(world.events()).containsExactly("0.000 up /10.0.0.1:7000");
        assertThat(connection.state()).isEqualTo(UP);
        assertThat(connection.current()).isPresent();
        ConnectionStatus status = connection.status();
        assertThat(status).isEqualTo(new ConnectionStatus(UP, status.since(), A, 0, null, null, null));
        connection.start();
        world.run(seconds(1));
        assertThat(world.events()).isEmpty();
    }

    @Test
    void theStatusTellsSinceWhenItIsSo() {
        Instant before = Instant.now();
        world.echo(A);
        SupervisedConnection connection = toA();
        Instant idleSince = connection.status().since();
        world.run(seconds(1));
        assertThat(connection.state()).isEqualTo(UP);
        assertThat(connection.status().since()).isBetween(before, Instant.now()).isAfterOrEqualTo(idleSince);
        assertThat(connection.status().since()).isEqualTo(connection.status().since());
    }

    @Test
    void theDelaysGrowUntilItIsUp() {
        SupervisedConnection connection = toA();
        world.run(seconds(40));
        assertThat(world.events())
                .containsExactly(
                        "0.000 down CONNECT_FAILED 500",
                        "0.500 down CONNECT_FAILED 1000",
                        "1.500 down CONNECT_FAILED 2000",
                        "3.500 down CONNECT_FAILED 4000",
                        "7.500 down CONNECT_FAILED 8000",
                        "15.500 down CONNECT_FAILED 16000",
                        "31.500 down CONNECT_FAILED 30000");
        assertThat(connection.status())
                .extracting(ConnectionStatus::state, ConnectionStatus::failures, ConnectionStatus::nextDelay)
                .containsExactly(WAITING, 7, seconds(30));
        assertThat(connection.current()).isEmpty();
        world.echo(A);
        world.run(seconds(30));
        assertThat(world.events()).containsExactly("61.500 up /10.0.0.1:7000");
    }

    @Test
    void chanceSpreadsTheDelays() {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        List<Duration> delays = new ArrayList<>();
        TCPClient client = world.client().target(A).random(random::nextDouble).build();
        started(client, new Telling() {
            @Override
            public void onDown(CloseReason reason, @Nullable Throwable cause, @Nullable Duration nextDelay) {
                delays.add(nextDelay);
            }
        });
        world.run(Duration.ofHours(5));
        assertThat(delays).as("seed %d", seed).hasSizeGreaterThan(500);
        assertThat(delays.get(0)).as("seed %d", seed).isBetween(Duration.ofMillis(400), Duration.ofMillis(600));
        assertThat(delays.subList(6, delays.size()))
                .as("seed %d", seed)
                .allSatisfy(delay -> assertThat(delay).isBetween(seconds(24), seconds(36)))
                .anySatisfy(delay -> assertThat(delay).isLessThan(seconds(27)))
                .anySatisfy(delay -> assertThat(delay).isGreaterThan(seconds(33)));
    }

    @Test
    void aConnectionThatHasLastedLetsTheDelaysBeginAnew() {
        SupervisedConnection connection = toA();
        world.run(seconds(4));
        TCPServer server = world.echo(A);
        world.run(seconds(46));
        world.events();
        server.close();
        world.run(Duration.ofMillis(900));
        assertThat(world.events()).containsExactly("50.000 down PEER_END 500", "50.500 down CONNECT_FAILED 500");
        assertThat(connection.status().failures()).isEqualTo(1);
    }

    @Test
    void aConnectionThatDoesNotLastIsAFailure() {
        var server = new TCPServer(
                world.simulation.loop(),
                IOStream::close,
                ServerOptions.named("hostile").network(world.simulation.network()));
        server.listen(A);
        toA();
        world.run(seconds(5));
        assertThat(world.events())
                .containsExactly(
                        "0.000 up /10.0.0.1:7000",
                        "0.000 down PEER_END 500",
                        "0.500 up /10.0.0.1:7000",
                        "0.500 down PEER_END 1000",
                        "1.500 up /10.0.0.1:7000",
                        "1.500 down PEER_END 2000",
                        "3.500 up /10.0.0.1:7000",
                        "3.500 down PEER_END 4000");
    }

    @Test
    void severalTargetsAreTriedInTurnBeforeTheDelay() {
        TCPServer a = world.echo(A);
        TCPServer b = world.echo(B);
        TCPClient client = world.client().target(A).target(B).build();
        started(client, new Telling());
        world.run(seconds(1));
        a.close();
        world.run(seconds(1));
        b.close();
        world.echo(A);
        world.run(seconds(2));
        assertThat(world.events())
                .containsExactly(
                        "0.000 up /10.0.0.1:7000",
                        "1.000 down PEER_END 500",
                        "1.500 up /10.0.0.2:7000",
                        "2.000 down PEER_END 1000",
                        "3.000 up /10.0.0.1:7000");
        assertThat(client.stats().reconnects()).isEqualTo(2);
        assertThat(client.stats().failures()).isZero();
        assertThat(client.stats().connections().get(0).target()).isEqualTo(A);
        assertThat(client.stats().state()).isEqualTo(UP);
    }

    @Test
    void namesAreResolvedAnewForEachAttempt() {
        TCPServer a = world.echo(A);
        world.echo(B);
        world.simulation.name("service.example", A.getAddress());
        started(world.client().target("service.example:7000").build(), new Telling());
        world.run(seconds(1));
        world.simulation.name("service.example", B.getAddress());
        a.close();
        world.run(seconds(1));
        assertThat(world.events())
                .containsExactly("0.000 up /10.0.0.1:7000", "1.000 down PEER_END 500", "1.500 up /10.0.0.2:7000");
    }

    @Test
    void anErrorOfTheResolverIsAFailureLikeOthers() {
        TCPClient client = world.clientWithoutAThreadForItsFirstName(A);
        SupervisedConnection connection = started(client, new Telling());
        CompletableFuture<AsyncIOStream> up = connection.whenUp();

        world.run(Duration.ofMillis(100));

        assertThat(world.events())
                .containsExactly("0.000 reported unable to create native thread", "0.000 down CONNECT_FAILED 500");
        assertThat(connection.state()).isEqualTo(WAITING);
        assertThat(connection.status().lastCause()).hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(client.stats().connecting()).isZero();
        assertThat(world.simulation.loop().stats().streams()).isZero();
        assertThat(world.simulation.loop().stats().timers())
                .as("that of the next attempt")
                .isEqualTo(1);
        world.run(seconds(1));
        assertThat(world.events()).containsExactly("0.500 up /10.0.0.1:7000");
        assertThat(up).isCompleted();
        client.close();
        world.simulation.run();
        assertThat(client.closed()).isCompleted();
        world.assertNothingIsLeft();
    }

    @Test
    void whatIsWrittenInOnUpLeavesBeforeWhatOthersWrite() {
        List<String> received = new ArrayList<>();
        var server = new TCPServer(
                world.simulation.loop(),
                stream -> stream.readUntilClose(data -> received.add(new String(data))),
                ServerOptions.named("sink").network(world.simulation.network()));
        server.listen(A);
        SupervisedConnection connection =
                started(world.client().target(A).build(), stream -> stream.write("HELLO me;"));
        connection.whenUp().thenAccept(stream -> stream.write("first;"));
        connection.whenUp().thenAccept(stream -> stream.write("second;"));
        world.run(seconds(1));
        connection.current().orElseThrow().write("third;");
        connection.close();
        world.simulation.run();
        assertThat(received).containsExactly("HELLO me;first;second;third;");
    }

    @Test
    void aLogInThatWaitsForItsAnswerKeepsTheConnectionFromUse() {
        world.echo(A);
        SupervisedConnection connection = started(world.client().target(A).build(), new Telling() {
            @Override
            public void logIn(IOStream stream, Runnable done) {
                stream.write("secret\n");
                stream.readUntil(
                        "\n",
                        answer -> world.simulation.loop().addTimeout(seconds(2), () -> {
                            done.run();
                            done.run();
                        }));
            }
        });
        CompletableFuture<AsyncIOStream> up = connection.whenUp();
        world.run(seconds(1));
        assertThat(connection.state()).isEqualTo(LOGGING_IN);
        assertThat(connection.current()).isEmpty();
        assertThat(up).isNotDone();
        world.run(seconds(20));
        assertThat(world.events()).containsExactly("2.000 up /10.0.0.1:7000");
        assertThat(up).isCompleted();
        assertThat(connection.current()).isPresent();
    }

    @Test
    void aPeerThatDoesNotAnswerTheLogInIsLeft() {
        world.echo(A);
        SupervisedConnection connection = started(world.client().target(A).build(), new Telling() {
            @Override
            public void logIn(IOStream stream, Runnable done) {
                stream.readUntilClose(data -> {});
            }
        });
        world.run(seconds(10));
        assertThat(world.events()).containsExactly("10.000 down ABORTED 500");
        assertThat(connection.status().lastCause())
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("10.0.0.1:7000")
                .hasMessageContaining("logInTimeout");
    }

    @Test
    void aLogInThatComesToItsEndTooLateDoesNotCount() {
        world.echo(A);
        List<Runnable> late = new ArrayList<>();
        SupervisedConnection connection = started(world.client().target(A).build(), new Telling() {
            @Override
            public void logIn(IOStream stream, Runnable done) {
                late.add(done);
            }
        });
        world.run(Duration.ofMillis(10_600));
        assertThat(late).hasSize(2);
        late.get(0).run();
        world.run(Duration.ofMillis(100));
        assertThat(connection.state()).isEqualTo(LOGGING_IN);
        late.get(1).run();
        world.run(Duration.ofMillis(100));
        assertThat(connection.state()).isEqualTo(UP);
    }

    @Test
    void aHandlerThatThrowsIsReportedAndTriedAgain() {
        world.echo(A);
        world.simulation.loop().setExceptionHandler(failure -> world.happened("reported " + failure.getMessage()));
        SupervisedConnection connection = started(world.client().target(A).build(), new Telling() {
            @Override
            public void onUp(IOStream stream) throws Exception {
                if (world.events.isEmpty()) {
                    throw new IllegalStateException("thrown");
                }
                super.onUp(stream);
            }
        });
        world.run(seconds(1));
        assertThat(world.events())
                .containsExactly("0.000 reported thrown", "0.000 down CALLBACK_FAILED 500", "0.500 up /10.0.0.1:7000");
        assertThat(connection.status().lastCause()).hasMessage("thrown");
    }

    @Test
    void aHandlerThatThrowsLaterThanTheConnectionClosesItAllTheSame() {
        world.echo(A);
        world.simulation.loop().setExceptionHandler(failure -> world.happened("reported " + failure.getCause()));
        started(world.client().target(A).build(), new Telling() {
            @Override
            public void logIn(IOStream stream, Runnable done) {
                world.simulation.loop().addTimeout(seconds(1), done);
            }

            @Override
            public void onUp(IOStream stream) throws Exception {
                throw new Exception("thrown");
            }
        });
        world.run(Duration.ofMillis(1_400));
        assertThat(world.events())
                .containsExactly("1.000 reported java.lang.Exception: thrown", "1.000 down ABORTED 500");
    }

    @Test
    void aStreamThatItsUserClosesIsReplaced() {
        world.echo(A);
        SupervisedConnection connection = toA();
        world.run(seconds(1));
        connection.current().orElseThrow().close();
        world.run(seconds(1));
        assertThat(world.events())
                .containsExactly("0.000 up /10.0.0.1:7000", "1.000 down LOCAL 500", "1.500 up /10.0.0.1:7000");
    }

    @Test
    void theUsersCloseCallbackIsNotTaken() {
        TCPServer server = world.echo(A);
        started(world.client().target(A).build(), new Telling() {
            @Override
            public void onUp(IOStream stream) throws Exception {
                super.onUp(stream);
                stream.setCloseCallback(() -> world.happened("closed"));
            }
        });
        world.run(seconds(1));
        server.close();
        world.run(Duration.ofMillis(100));
        assertThat(world.events())
                .containsExactlyInAnyOrder("0.000 up /10.0.0.1:7000", "1.000 closed", "1.000 down PEER_END 500");
    }

    @Test
    void afterTheLastAttemptItGivesUpAndCanBeStartedAgain() {
        TCPClient client = world.client()
                .target(A)
                .reconnect(ReconnectPolicy.defaults().maxAttempts(3))
                .build();
        SupervisedConnection connection = started(client, new Telling());
        CompletableFuture<AsyncIOStream> up = connection.whenUp();
        world.simulation.run();
        assertThat(world.events())
                .containsExactly(
                        "0.000 down CONNECT_FAILED 500",
                        "0.500 down CONNECT_FAILED 1000",
                        "1.500 down CONNECT_FAILED for good");
        assertThat(connection.state()).isEqualTo(GAVE_UP);
        assertThatThrownBy(up::join)
                .hasCauseInstanceOf(DialException.class)
                .hasMessageContaining("gave up after 3 attempts")
                .hasMessageContaining("10.0.0.1:7000");
        CompletableFuture<AsyncIOStream> later = connection.whenUp();
        world.simulation.run();
        assertThat(later).isCompletedExceptionally();
        world.assertNothingIsLeft();
        world.echo(A);
        connection.start();
        world.run(seconds(1));
        assertThat(connection.state()).isEqualTo(UP);
    }

    @Test
    void stopWhileWaitingLeavesNothingAndItCanBeStartedAgain() {
        SupervisedConnection connection = toA();
        CompletableFuture<AsyncIOStream> up = connection.whenUp();
        world.run(seconds(1));
        assertThat(connection.state()).isEqualTo(WAITING);
        connection.stop();
        world.simulation.run();
        assertThat(connection.state()).isEqualTo(IDLE);
        assertThatThrownBy(up::join).hasMessageContaining("was stopped");
        world.assertNothingIsLeft();
        world.echo(A);
        world.events();
        connection.start();
        world.run(seconds(1));
        assertThat(world.events()).hasSize(1);
        assertThat(connection.state()).isEqualTo(UP);
    }

    @Test
    void stopWhileConnectingLeavesNothing() {
        world.simulation.blackHole(A);
        SupervisedConnection connection = toA();
        world.run(seconds(1));
        assertThat(connection.state()).isEqualTo(CONNECTING);
        connection.stop();
        connection.stop();
        world.simulation.run();
        assertThat(connection.state()).isEqualTo(IDLE);
        assertThat(world.events()).isEmpty();
        world.assertNothingIsLeft();
    }

    @Test
    void stopWhileUpClosesTheStream() {
        world.echo(A);
        SupervisedConnection connection = toA();
        world.run(seconds(1));
        connection.stop();
        world.simulation.run();
        assertThat(world.events()).containsExactly("0.000 up /10.0.0.1:7000", "1.000 down LOCAL for good");
        assertThat(connection.current()).isEmpty();
        world.assertNothingIsLeft();
    }

    @Test
    void stopAndStartAtOnceMakeANewConnection() {
        world.echo(A);
        SupervisedConnection connection = toA();
        world.run(seconds(1));
        connection.stop();
        connection.start();
        world.run(seconds(1));
        assertThat(world.events())
                .containsExactly("0.000 up /10.0.0.1:7000", "1.000 down LOCAL for good", "1.000 up /10.0.0.1:7000");
        assertThat(connection.state()).isEqualTo(UP);
        assertThat(connection.current()).isPresent();
    }

    @Test
    void stopOfTheClientStopsItsConnectionsAndTheyCanBeStartedAgain() {
        world.echo(A);
        TCPClient client = world.client().target(A).build();
        SupervisedConnection connection = started(client, new Telling());
        world.run(seconds(1));

        CompletableFuture<Void> stopped = client.stop();
        world.run(seconds(1));

        assertThat(stopped).isCompleted();
        assertThat(connection.state()).isEqualTo(IDLE);
        assertThat(world.events()).containsExactly("0.000 up /10.0.0.1:7000", "1.000 down LOCAL for good");
        world.assertNothingIsLeft();
        connection.start();
        world.run(seconds(1));
        assertThat(connection.state()).isEqualTo(UP);
    }

    @Test
    void closeOfTheClientClosesItsConnectionsWhileTheyWait() {
        TCPClient client = world.client().target(A).build();
        SupervisedConnection connection = started(client, new Telling());
        world.run(seconds(1));
        client.close();
        world.simulation.run();
        assertThat(connection.state()).isEqualTo(CLOSED);
        assertThat(client.stats().connections()).isEmpty();
        assertThat(client.closed()).isCompleted();
        assertThatIllegalStateException().isThrownBy(connection::start).withMessageContaining("closed");
        CompletableFuture<AsyncIOStream> up = connection.whenUp();
        world.simulation.run();
        assertThat(up).isCompletedExceptionally();
        world.assertNothingIsLeft();
    }

    @Test
    void closeOfTheClientClosesItsConnectionsWhileTheyAreUp() {
        world.echo(A);
        TCPClient client = world.client().target(A).build();
        SupervisedConnection connection = started(client, new Telling());
        world.run(seconds(1));
        client.close();
        world.simulation.run();
        assertThat(connection.state()).isEqualTo(CLOSED);
        assertThat(world.events()).containsExactly("0.000 up /10.0.0.1:7000", "1.000 down LOCAL for good");
        assertThat(client.closed()).isCompleted();
        world.assertNothingIsLeft();
    }

    @Test
    void theEndOfTheLoopEndsItInEveryState() {
        SupervisedConnection waiting = toA();
        CompletableFuture<AsyncIOStream> up = waiting.whenUp();
        world.simulation.blackHole(B);
        SupervisedConnection connecting = started(world.client().target(B).build(), stream -> {});
        world.run(seconds(1));
        world.echo(A);
        SupervisedConnection connected = toA();
        SupervisedConnection idle = world.client().target(A).build().supervise(stream -> {});
        world.run(Duration.ofMillis(100));
        assertThat(connected.state()).isEqualTo(UP);
        assertThat(world.simulation.loop().stats().streams()).isEqualTo(3);
        world.events();
        world.simulation.loop().close();
        assertThat(List.of(waiting.state(), connecting.state(), connected.state()))
                .containsOnly(CLOSED);
        assertThat(up).isCompletedExceptionally();
        assertThat(world.events())
                .containsExactly("1.100 down LOOP_CLOSED for good", "1.100 down LOOP_CLOSED for good");
        assertThatIllegalStateException().isThrownBy(idle::start);
        assertThat(connected.current()).isEmpty();
        assertThat(connected.whenUp()).isCompletedExceptionally();
        connected.stop();
        connected.close();
    }
}
