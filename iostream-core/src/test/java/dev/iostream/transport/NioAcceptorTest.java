package dev.iostream.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.Warnings;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.ScriptedChannel;
import dev.iostream.loop.ScriptedPoller;
import dev.iostream.loop.ScriptedSelectorProvider;
import dev.iostream.loop.ScriptedServerChannel;
import dev.iostream.stream.IOStream;
import dev.iostream.stream.StreamOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can go wrong with accepting, in virtual time. */
class NioAcceptorTest {
    private static final String NO_DESCRIPTORS = "Too many open files";
    private static final long MILLI = 1_000_000;

    private final ScriptedSelectorProvider provider = new ScriptedSelectorProvider();
    private final ScriptedPoller poller = ScriptedPoller.at(0);
    private final IOLoop loop = poller.loop();
    private final ScriptedServerChannel server = provider.openServerSocketChannel();
    private final List<Network.Accepted> accepted = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();
    private final Warnings warnings = new Warnings(NioAcceptor.class);
    private NioAcceptor acceptor;

    @BeforeEach
    void listen() throws IOException {
        loop.setExceptionHandler(reported::add);
        acceptor = listen(server, loop, loop, accepted::add);
        loop.start();
    }

    @AfterEach
    void close() {
        warnings.close();
        loop.close();
    }

    private static NioAcceptor listen(
            ScriptedServerChannel channel, IOLoop loop, IOLoop place, Consumer<Network.Accepted> accepted)
            throws IOException {
        channel.configureBlocking(false);
        NioAcceptor acceptor = NioAcceptor.start(
                channel, null, ListenOptions.backlog(16), loop, new UnlimitedSlots(() -> place, accepted));
        acceptor.resume();
        return acceptor;
    }

    private void offer(int connections) {
        for (int i = 0; i < connections; i++) {
            server.offers(provider.openSocketChannel());
        }
    }

    @Test
    void everyConnectionThatWaitsIsAccepted() {
        offer(3);
        loop.start();
        assertThat(accepted).hasSize(3);
    }

    @Test
    void aBurstIsAcceptedInPartsSoThatStreamsAreServedInBetween() {
        offer(3 * NioAcceptor.BATCH);
        var sizes = new ArrayList<Integer>();
        poller.duringPoll = () -> sizes.add(accepted.size());
        loop.start();
        assertThat(sizes).containsExactly(0, NioAcceptor.BATCH, 2 * NioAcceptor.BATCH, 3 * NioAcceptor.BATCH);
    }

    @Test
    void withoutDescriptorsItPausesFor5MillisecondsDoublingUpToASecond() {
        server.fails(11, NO_DESCRIPTORS);
        offer(1);
        poller.polls.clear();
        loop.start();
        assertThat(poller.polls)
                .filteredOn(nanos -> nanos > 0 && nanos < Long.MAX_VALUE)
                .containsExactly(
                        5 * MILLI,
                        10 * MILLI,
                        20 * MILLI,
                        40 * MILLI,
                        80 * MILLI,
                        160 * MILLI,
                        320 * MILLI,
                        640 * MILLI,
                        1000 * MILLI,
                        1000 * MILLI,
                        1000 * MILLI);
        assertThat(accepted).hasSize(1);
        assertThat(server.accepts())
                .as("11 that failed, 1 connection and 1 that found none")
                .isEqualTo(13);
    }

    @Test
    void withoutDescriptorsItWarnsOnceAndSaysWhatItDoes() {
        server.fails(11, NO_DESCRIPTORS);
        loop.start();
        assertThat(warnings.messages())
                .singleElement()
                .satisfies(message -> assertThat(message)
                        .contains(NO_DESCRIPTORS)
                        .contains(String.valueOf(acceptor.localAddress()))
                        .contains("5 ms"));
        assertThat(reported).isEmpty();
    }

    @Test
    void onceItHasRecoveredTheNextPauseIsShortAgain() {
        server.fails(5, NO_DESCRIPTORS);
        offer(1);
        loop.start();
        poller.polls.clear();
        server.fails(1, NO_DESCRIPTORS);
        loop.start();
        assertThat(poller.polls).contains(5 * MILLI).doesNotContain(10 * MILLI);
    }

    @Test
    void descriptorsThatComeAndGoAreWarnedOfOnceInFiveSeconds() {
        for (int i = 0; i < 100; i++) {
            server.fails(1, NO_DESCRIPTORS);
            offer(1);
            loop.start();
        }
        assertThat(accepted).hasSize(100);
        assertThat(warnings.messages()).hasSize(1);
        loop.addTimeout(NioAcceptor.BETWEEN_WARNINGS, () -> server.fails(1, NO_DESCRIPTORS));
        loop.start();
        assertThat(warnings.messages()).hasSize(2);
    }

    @Test
    void openStreamsAreNotDisturbedByThePause() {
        ScriptedChannel peer = provider.openSocketChannel();
        var stream = new IOStream(peer, loop, StreamOptions.defaults());
        echo(stream);
        server.fails(1000, NO_DESCRIPTORS);
        poller.duringPoll = () -> {
            if (poller.polls.size() % 2 == 0) {
                peer.gives("ping\n");
            }
            if (poller.polls.size() == 100) {
                loop.stop();
            }
        };
        poller.polls.clear();
        loop.start();
        assertThat(peer.written().length()).isGreaterThan(200);
        assertThat(stream.closed()).isFalse();
        assertThat(accepted).isEmpty();
    }

    private static void echo(IOStream stream) {
        stream.readUntil("\n", line -> {
            stream.write(line);
            echo(stream);
        });
    }

    @Test
    void aConnectionThatItsPeerGaveUpDoesNotKeepOthersWaiting() {
        // what Linux, macOS and Windows call it
        server.fails(1, "Software caused connection abort");
        server.fails(1, "An established connection was aborted by the software in your host machine");
        server.fails(1, "Protocol error");
        offer(1);
        poller.polls.clear();
        loop.start();
        assertThat(accepted).hasSize(1);
        assertThat(poller.polls).as("no pause").containsOnly(Long.MAX_VALUE);
        assertThat(warnings.messages()).isEmpty();
    }

    @Test
    void aReceiverThatThrowsIsReportedAndTheNextConnectionIsAccepted() throws IOException {
        var other = provider.openServerSocketChannel();
        var failure = new IllegalStateException("in the receiver");
        listen(other, loop, loop, connection -> {
            accepted.add(connection);
            throw failure;
        });
        other.offers(provider.openSocketChannel());
        other.offers(provider.openSocketChannel());
        loop.start();
        assertThat(accepted).hasSize(2);
        assertThat(reported).containsExactly(failure, failure);
    }

    @Test
    void aConnectionWhoseLoopHasClosedIsClosed() throws IOException {
        IOLoop closed = ScriptedPoller.at(0).loop();
        closed.close();
        var other = provider.openServerSocketChannel();
        listen(other, loop, closed, accepted::add);
        ScriptedChannel connection = provider.openSocketChannel();
        other.offers(connection);
        loop.start();
        assertThat(connection.isOpen()).isFalse();
        assertThat(accepted).isEmpty();
        assertThat(reported).isEmpty();
    }

    @Test
    void closingDuringAPauseEndsThePause() {
        server.fails(1000, NO_DESCRIPTORS);
        loop.addTimeout(NioAcceptor.FIRST_PAUSE.dividedBy(2), acceptor::close);
        loop.start();
        assertThat(server.isOpen()).isFalse();
        assertThat(loop.stats().timers()).isZero();
        assertThat(server.accepts()).isEqualTo(1);
    }

    @Test
    void aCloseCompletesOnlyWhenTheSelectorHasLetGo() {
        ScriptedServerChannel channel = provider.openServerSocketChannel();
        IOLoop real = provider.loop();
        var descriptors = new ArrayList<Integer>();
        int before = provider.descriptors();
        real.runSync(NioAcceptor.LONGEST_PAUSE.multipliedBy(30), () -> {
            try {
                NioAcceptor closing = listen(channel, real, real, accepted::add);
                real.addCallback(() -> {
                    CompletableFuture<Void> closed = closing.close();
                    closed.thenRun(() -> {
                        descriptors.add(provider.descriptors());
                        real.stop();
                    });
                });
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(descriptors).containsExactly(before - 1);
        real.close();
    }

    @Test
    void closingAfterTheLoopHasClosedFreesTheAddressAtOnce() {
        loop.close();
        assertThat(acceptor.close()).isCompleted();
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void aListenerEndsWithItsLoop() {
        assertThat(acceptor.isClosed()).isFalse();
        loop.close();
        assertThat(server.isOpen()).isFalse();
        assertThat(acceptor.isClosed()).isTrue();
        assertThat(acceptor.close()).isCompleted();
        assertThat(warnings.messages()).isEmpty();
        assertThat(reported).isEmpty();
    }

    @Test
    void aListenerOfALoopThatDiesIsClosedAndMissed() {
        poller.duringPoll = () -> {
            throw new IllegalStateException("broken");
        };
        assertThatThrownBy(loop::start).hasMessage("broken");
        assertThat(server.isOpen()).isFalse();
        assertThat(warnings.messages())
                .singleElement()
                .satisfies(message -> assertThat(message)
                        .contains(String.valueOf(acceptor.localAddress()))
                        .contains("'scripted' died"));
    }

    @Test
    void aListenerThatHasClosedIsNotHeldByItsLoop() {
        acceptor.close();
        loop.start();
        poller.duringPoll = () -> {
            throw new IllegalStateException("broken");
        };
        assertThatThrownBy(loop::start).hasMessage("broken");
        assertThat(warnings.messages()).isEmpty();
    }

    @Test
    void aListenerThatComesWhileItsLoopEndsIsClosed() {
        var late = provider.openServerSocketChannel();
        List<NioAcceptor> listening = new ArrayList<>();
        loop.addCallback(() -> {
            try {
                listening.add(listen(late, loop, loop, accepted::add));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        loop.close();
        assertThat(listening).hasSize(1);
        assertThat(late.isOpen()).isFalse();
        assertThat(reported).isEmpty();
    }

    @Test
    void aListenerThatCannotBeWatchedIsClosedAndReported() throws IOException {
        IOLoop real = provider.loop();
        real.setExceptionHandler(reported::add);
        var twice = provider.openServerSocketChannel();
        twice.configureBlocking(false);
        real.register(twice, ready -> {});
        NioAcceptor refused = listen(twice, real, real, accepted::add);
        real.runSync(NioAcceptor.LONGEST_PAUSE.multipliedBy(30), () -> real.addCallback(real::stop));
        assertThat(refused.isClosed()).isTrue();
        assertThat(twice.isOpen()).isFalse();
        assertThat(reported)
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining("Could not accept at"));
        real.close();
    }

    @Test
    void closingTwiceIsFine() {
        CompletableFuture<Void> first = acceptor.close();
        CompletableFuture<Void> second = acceptor.close();
        loop.start();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }
}
