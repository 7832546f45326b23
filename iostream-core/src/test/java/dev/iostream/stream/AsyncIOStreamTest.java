package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.IOLoopGroup;
import dev.iostream.simulation.Link;
import dev.iostream.simulation.Simulation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AsyncIOStreamTest {
    private final Simulation simulation = new Simulation(Link.perfect());
    private final Simulation.Peers peers = simulation.connect();
    private final IOStream client = peers.client();
    private final AsyncIOStream server = peers.server().async();

    private static void assertHolds(CompletableFuture<byte[]> future, String expected) {
        assertThat(future).isCompletedWithValueMatching(data -> new String(data).equals(expected), expected);
    }

    @Test
    void everyReadGivesAFuture() {
        CompletableFuture<byte[]> line = server.readUntil("\n");
        client.write("line\nGET /\r\n12345678into");
        simulation.run();
        assertHolds(line, "line\n");
        assertHolds(completed(server.readUntilPattern(java.util.regex.Pattern.compile("\\r?\\n"))), "GET /\r\n");
        assertHolds(completed(server.readBytes(4)), "1234");
        assertHolds(completed(server.readPartial(4)), "5678");
        ByteBuffer destination = ByteBuffer.allocate(4);
        assertThat(completed(server.readInto(destination))).isCompletedWithValue(4);
        CompletableFuture<byte[]> rest = server.readUntilClose();
        client.write("the rest");
        client.close();
        assertHolds(completed(rest), "the rest");
    }

    private <T> CompletableFuture<T> completed(CompletableFuture<T> future) {
        simulation.run();
        return future;
    }

    @Test
    void eachWriteCompletesWhenItsOwnBytesHaveLeft() {
        CompletableFuture<Void> first = server.write("first");
        CompletableFuture<Void> second = server.write(new byte[1_000_000]);
        simulation.run();
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        client.readBytes(1_000_005, data -> {});
        simulation.run();
        assertThat(second).isCompleted();
    }

    @Test
    void whatTheCloseMakesImpossibleFails() {
        CompletableFuture<byte[]> read = server.readUntil("\n");
        CompletableFuture<Void> write = server.write(new byte[1_000_000]);
        simulation.run();
        peers.server().abort();
        simulation.run();
        assertThatThrownBy(read::join)
                .hasCauseInstanceOf(StreamClosedException.class)
                .hasMessageContaining("ABORTED");
        assertThatThrownBy(write::join).hasCauseInstanceOf(StreamClosedException.class);
        assertThatThrownBy(server.readBytes(1)::join).hasCauseInstanceOf(StreamClosedException.class);
    }

    @Test
    void aReadThatWasCompleteBeforeTheCloseDoesNotFail() {
        CompletableFuture<byte[]> read = server.readUntilClose();
        client.write("all");
        client.close();
        simulation.run();
        assertHolds(read, "all");
    }

    @Test
    void readUntilCloseFailsWhenTheStreamDidNotEndInAnOrdinaryWay() {
        CompletableFuture<byte[]> read = server.readUntilClose();
        client.write("some");
        simulation.run();
        peers.server().write("buffered by a stream that nobody reads");
        simulation.run();
        peers.server().write("and left in the connection");
        simulation.run();
        peers.client().abort();
        simulation.run();
        assertThat(peers.server().closeReason()).isEqualTo(CloseReason.PEER_RESET);
        assertThatThrownBy(read::join).hasCauseInstanceOf(StreamClosedException.class);
    }

    @Test
    void aSecondReadFailsAndTheFirstGoesOn() {
        CompletableFuture<byte[]> first = server.readUntil("\n");
        assertThatThrownBy(server.readBytes(1)::join).hasCauseInstanceOf(IllegalStateException.class);
        client.write("fine\n");
        assertHolds(completed(first), "fine\n");
    }

    @Test
    void aCancelledReadLosesNothing() {
        CompletableFuture<byte[]> cancelled = server.readUntil("\n");
        client.write("abc");
        simulation.run();
        cancelled.cancel(true);
        assertHolds(completed(server.readBytes(3)), "abc");
    }

    @Test
    void aReadWhoseBytesWereTakenCannotBeCancelled() {
        client.write("abc\ndef");
        simulation.run();
        CompletableFuture<byte[]> first = server.readUntil("\n");
        CompletableFuture<byte[]> second = server.readBytes(1);
        assertThat(first.cancel(true)).isFalse();
        assertThat(first.completeExceptionally(new IllegalStateException("too late")))
                .isFalse();
        assertThat(first.complete(new byte[0])).isFalse();
        assertThat(first.completeAsync(() -> new byte[0], Runnable::run)).isNotDone();
        simulation.run();
        assertHolds(first, "abc\n");
        assertHolds(second, "d");
        assertHolds(completed(server.readBytes(2)), "ef");
    }

    @Test
    void bytesThatComeForACancelledReadAreLeftForTheNext() {
        CompletableFuture<byte[]> cancelled = server.readUntil("\n", 4);
        client.write("abc\ndef");
        var other = new Thread(() -> cancelled.cancel(true));
        simulation.loop().addCallback(() -> {
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        simulation.run();
        assertThat(cancelled).isCancelled();
        assertHolds(completed(server.readBytes(7)), "abc\ndef");
    }

    @Test
    void aReadThatIsCompletedFromOutsideTakesNothing() {
        byte[] value = {};
        List<Consumer<CompletableFuture<byte[]>>> outsiders = List.of(
                read -> read.complete(value),
                read -> read.completeExceptionally(new IllegalStateException("outside")),
                read -> read.completeAsync(() -> value, Runnable::run),
                read -> read.completeAsync(
                        () -> {
                            throw new IllegalStateException("outside");
                        },
                        Runnable::run));
        for (Consumer<CompletableFuture<byte[]>> outsider : outsiders) {
            CompletableFuture<byte[]> read = completed(server.readUntil("\n"));
            outsider.accept(read);
            assertThat(read).isDone();
            assertThat(peers.server().reading()).isFalse();
            client.write("abc\n");
            assertHolds(completed(server.readUntil("\n")), "abc\n");
        }
    }

    @Test
    void whoHearsThatAReadWasCompletedFromOutsideMayReadNext() {
        CompletableFuture<byte[]> here = completed(server.readUntil("\n"));
        CompletableFuture<byte[]> next = here.thenCompose(value -> server.readUntil("\n"));
        here.complete(new byte[0]);
        client.write("abc\ndef\n");
        assertHolds(completed(next), "abc\n");

        CompletableFuture<byte[]> elsewhere = completed(server.readBytes(100));
        CompletableFuture<byte[]> afterwards = elsewhere.exceptionallyCompose(failure -> server.readUntil("\n"));
        simulation
                .loop()
                .addCallback(() -> StreamHarness.elsewhere(
                        () -> elsewhere.completeExceptionally(new IllegalStateException("outside"))));
        assertHolds(completed(afterwards), "def\n");
    }

    @Test
    void aReadIntoABufferThatIsCompletedFromOutsideTakesNoMore() {
        ByteBuffer destination = ByteBuffer.allocate(4);
        CompletableFuture<Integer> read = server.readInto(destination);
        client.write("ab");
        simulation.run();
        read.complete(2);
        client.write("cdef");
        assertHolds(completed(server.readBytes(4)), "cdef");
        assertThat(destination.position()).isEqualTo(2);
    }

    @Test
    void aReadUntilCloseThatIsCompletedFromOutsideLeavesTheRestToTheNext() {
        completed(server.readUntilClose()).complete(new byte[0]);
        CompletableFuture<byte[]> rest = server.readUntilClose();
        client.write("the rest");
        client.close();
        assertHolds(completed(rest), "the rest");
    }

    @Test
    void whatAReadGivesCannotBeObtruded() {
        CompletableFuture<byte[]> read = server.readUntil("\n");
        assertThatThrownBy(() -> read.obtrudeValue(new byte[0])).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> read.obtrudeException(new IllegalStateException()))
                .isInstanceOf(UnsupportedOperationException.class);
        client.write("abc\n");
        assertHolds(completed(read), "abc\n");
    }

    @Test
    void closeCompletesWithTheReason() {
        CompletableFuture<CloseReason> closed = server.close();
        client.close();
        simulation.run();
        assertThat(closed).isCompletedWithValue(CloseReason.LOCAL);
        assertThat(completed(server.close())).isCompletedWithValue(CloseReason.LOCAL);
    }

    @Test
    void waitingOnTheLoopsThreadIsRefused() {
        CompletableFuture<byte[]> read = server.readBytes(1);
        CompletableFuture<String> derived = read.thenApply(String::new);
        var refused = new CompletableFuture<Throwable>();
        simulation.loop().addCallback(() -> {
            try {
                derived.join();
            } catch (IllegalStateException e) {
                refused.complete(e);
            }
        });
        simulation.run();
        assertThat(refused.join()).hasMessageContaining("loop 'simulation'");
    }

    @Test
    void worksFromAnyThread() throws Exception {
        IOLoopGroup group = IOLoopGroup.of(1, "async-");
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            IOLoop loop = group.next();
            var near = new IOStream(SocketChannel.open(listener.getLocalAddress()), loop).async();
            var far = new IOStream(listener.accept(), loop).async();
            group.start();
            CompletableFuture<byte[]> line = far.readUntil("\n");
            near.write("hello\n").get(30, TimeUnit.SECONDS);
            assertThat(line.get(30, TimeUnit.SECONDS)).isEqualTo("hello\n".getBytes());
            CompletableFuture<byte[]> never = far.readBytes(1);
            group.close();
            assertThatThrownBy(() -> never.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("LOOP_CLOSED");
            assertThatThrownBy(() -> far.readBytes(1).get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        }
    }
}
