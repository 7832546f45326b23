package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.iostream.event.CloseReason;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * What every stream does, whatever carries its bytes: how it closes, and by inheritance how it is read and written. Each
 * transport has a subclass that connects two streams and runs their loop.
 */
abstract class StreamContract extends WriteContract {
    // ---- closing

    @Test
    void closeLosesNothingThatWasWritten() {
        byte[] much = new byte[much()];
        client.write(much);
        client.close();
        assertThat(client.closed()).isTrue();
        server.readBytes(much.length, data -> events.add("read " + data.length));
        whenClosed(server, "server closed");
        expect("read " + much.length, "server closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(server.error()).isNull();
    }

    @Test
    void closeWithUnreadInputLosesNothingThatWasWritten() {
        server.write("noise that nobody reads");
        runUntilQuiet();
        client.write("farewell\n");
        client.close();
        server.readUntil("\n", this::record);
        whenClosed(server, "server closed");
        expect("farewell\n", "server closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @Test
    void theCloseCallbackRunsOnceAndLast() {
        whenClosed(client, "closed");
        server.readUntil("\n", line -> server.close());
        client.write("bye\n", () -> events.add("written"));
        client.readUntil("\n", this::record);
        expect("written", "closed");
        client.close();
        client.abort();
        expect("written", "closed");
        assertThat(client.closeReason()).isEqualTo(CloseReason.PEER_END);
    }

    @Test
    void aCloseCallbackSetOnAClosedStreamRunsOnce() {
        client.abort();
        runUntilQuiet();
        whenClosed(client, "closed");
        assertThat(events).isEmpty();
        expect("closed");
    }

    @Test
    void theLastCloseCallbackCountsAndNullClearsIt() {
        whenClosed(client, "first");
        whenClosed(client, "second");
        client.abort();
        expect("second");
        whenClosed(server, "never");
        server.setCloseCallback(null);
        server.abort();
        expect("second");
    }

    @Test
    void bytesThatCameBeforeTheEndAreReadFirst() {
        whenClosed(server, "closed");
        client.write("12");
        client.close();
        server.readBytes(1, first -> {
            record(first);
            server.readBytes(1, this::record);
        });
        expect("1", "2", "closed");
    }

    @Test
    void anEndIsNotNoticedWhileUnreadBytesAreBuffered() {
        client.write("12");
        client.close();
        server.readBytes(1, this::record);
        expect("1");
        assertThat(server.closed()).isFalse();
        server.readBytes(1, this::record);
        expect("1", "2");
        runUntil(server::closed);
    }

    @Test
    void aReadThatTheEndMakesImpossibleIsNotCalled() {
        whenClosed(server, "closed");
        server.readBytes(10, this::record);
        client.write("short");
        client.close();
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(server.reading()).isFalse();
        server.readBytes(5, this::record);
        expect("closed", "short");
    }

    @Test
    void aClosedStreamStillGivesWhatItHasBuffered() {
        client.write("abc\ndef");
        server.readBytes(1, first -> {
            record(first);
            server.readBytes(100, this::record);
        });
        runUntil(() -> server.bufferedBytes() == 6);
        server.close();
        server.readUntil("\n", this::record);
        expect("a", "bc\n");
        assertThatThrownBy(() -> server.readUntil("\n", this::record))
                .isInstanceOf(StreamClosedException.class)
                .hasMessageContaining("LOCAL");
        assertThat(server.reading()).isFalse();
        server.readBytes(3, this::record);
        expect("a", "bc\n", "def");
    }

    @Test
    void aWriteOnAClosedStreamIsRefused() {
        client.close();
        assertThatThrownBy(() -> client.write("x"))
                .isInstanceOf(StreamClosedException.class)
                .hasMessageContaining("write 1 bytes")
                .hasMessageContaining("LOCAL");
    }

    @Test
    void abortDropsWhatWasNotSent() {
        client.write(new byte[much()]);
        client.abort();
        assertThat(client.unsentBytes()).isPositive();
        assertThat(client.writing()).isFalse();
        assertThat(client.closeReason()).isEqualTo(CloseReason.ABORTED);
    }

    @Test
    void aLocalCloseIsNotHeldUpByUnreadBytes() {
        receive("unread");
        whenClosed(server, "closed");
        server.close();
        client.close();
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.LOCAL);
        server.readBytes(6, this::record);
        expect("closed", "unread");
    }

    @Test
    void theCloseCallbackWaitsForReadsThatTheBufferSatisfies() {
        receive("a\nb\nc\n");
        whenClosed(server, "closed");
        server.readUntil("\n", first -> {
            record(first);
            server.readUntil("\n", second -> {
                record(second);
                server.readUntil("\n", this::record);
            });
        });
        server.abort();
        expect("a\n", "b\n", "c\n", "closed");
    }

    @Test
    void aResetGivesWhatCameOrTheCauseAndNeverHangs() {
        server.write("unread by the client");
        runUntilQuiet();
        whenClosed(server, "closed");
        server.readUntilClose(this::record);
        client.write("last words");
        client.abort();
        runUntil(() -> events.size() == 2);
        assertThat(events.get(1)).isEqualTo("closed");
        assertThat("last words").startsWith(events.get(0));
        if (server.closeReason() != CloseReason.PEER_END) {
            assertThat(server.closeReason()).isIn(brokenOff());
            assertThat(server.error()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aResetClosesAStreamThatIsWritten() {
        whenClosed(client, "closed");
        client.write(new byte[much()], () -> events.add("never"));
        runUntilQuiet();
        server.abort();
        expect("closed");
        assertThat(client.closeReason()).isIn(brokenOff());
        assertThat(client.error()).isInstanceOf(IOException.class);
        assertThat(client.unsentBytes()).isPositive();
    }

    @Test
    void aCallbackMayAbortAnotherStreamWhoseCallbacksWait() throws IOException {
        receive("mine");
        Pair other = connect(StreamOptions.defaults(), StreamOptions.defaults());
        IOStream victim = other.server();
        other.client().write("theirs");
        runUntil(() -> victim.bufferedBytes() > 0);
        whenClosed(victim, "victim closed");
        server.readBytes(4, data -> {
            record(data);
            victim.abort();
            assertThat(victim.closed()).isTrue();
        });
        victim.readPartial(1, this::record);
        expect("mine", "t", "victim closed");
        assertThat(victim.closeReason()).isEqualTo(CloseReason.ABORTED);
        other.client().abort();
    }

    @Test
    void aStreamThatItsOwnCallbackAbortsRunsWhatWaitedAndThenTheClose() {
        receive("abc");
        whenClosed(server, "closed");
        server.readBytes(1, data -> {
            record(data);
            server.abort();
            server.abort();
        });
        server.readBytes(1, this::record);
        expect("a", "b", "closed");
    }

    @Test
    void anIdleStreamNoticesItsPeersEnd() {
        whenClosed(server, "closed");
        client.close();
        expect("closed");
    }

    @Test
    void closingInsideACallbackIsFine() {
        whenClosed(server, "closed");
        server.readUntil("\n", line -> {
            record(line);
            server.write("bye\n");
            server.close();
        });
        client.write("quit\nignored\n");
        client.readUntil("\n", this::record);
        whenClosed(client, "client closed");
        runUntil(() -> events.size() == 4);
        assertThat(events).startsWith("quit\n").contains("bye\n", "closed", "client closed");
    }

    @Test
    void aCallbackThatThrowsClosesItsStreamOnly() throws IOException {
        Pair other = connect(StreamOptions.defaults(), StreamOptions.defaults());
        var failure = new IllegalArgumentException("the user's mistake");
        whenClosed(server, "closed");
        server.readUntil("\n", line -> {
            throw failure;
        });
        client.write("x\n");
        expect("closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.CALLBACK_FAILED);
        assertThat(server.error()).isSameAs(failure);
        assertThat(reported).containsExactly(failure);
        other.client().write("fine\n");
        other.server().readUntil("\n", this::record);
        expect("closed", "fine\n");
        other.client().abort();
        other.server().abort();
    }

    @Test
    void aCloseCallbackThatThrowsIsReported() {
        client.setCloseCallback(() -> {
            throw new IllegalStateException("in the close callback");
        });
        client.abort();
        runUntil(() -> reported.size() == 1);
        assertThat(client.closeReason()).isEqualTo(CloseReason.ABORTED);
    }

    @Test
    void whatIsHeldAndCarriedIsCounted() {
        client.write("line\npart");
        server.readUntil("\n", line -> {
            record(line);
            server.readUntil("\n", this::record);
        });
        expect("line\n");
        assertThat(endpoint.stats().active()).isEqualTo(1);
        assertThat(endpoint.stats().received()).isEqualTo(9);
        assertThat(endpoint.stats().readBuffer()).isEqualTo(4);
        server.write("12345", () -> events.add("written"));
        expect("line\n", "written");
        assertThat(endpoint.stats().sent()).isEqualTo(5);
        server.abort();
        assertThat(endpoint.stats().closed(CloseReason.ABORTED)).isEqualTo(1);
        assertThat(endpoint.stats().active()).isZero();
    }

    @Test
    void aLoopClosedInsideACallbackRunsEachCloseCallbackOnce() {
        receive("one\ntwo\nthree\n");
        whenClosed(client, "client closed");
        whenClosed(server, "server closed");
        server.readUntil("\n", line -> {
            record(line);
            loop().close();
            server.readUntil("\n", this::record);
        });
        runUntilQuiet();
        loopClosed = true;
        assertThat(events).startsWith("one\n").contains("client closed", "server closed");
        assertThat(events).doesNotHaveDuplicates().doesNotContain("three\n");
        assertThat(events.indexOf("two\n")).isLessThan(events.indexOf("server closed"));
        assertThat(client.closeReason()).isEqualTo(CloseReason.LOOP_CLOSED);
        assertThat(server.closeReason()).isEqualTo(CloseReason.LOOP_CLOSED);
    }

    @Test
    void theCloseCallbackIsGivenItsArgument() {
        client.setCloseCallback(events::add, "argument");
        client.abort();
        expect("argument");
    }

    @Test
    void optionsOfASocketMayBeSetOnAnyStreamAndOnAClosedOne() {
        client.setNoDelay(false);
        client.setNoDelay(true);
        client.abort();
        client.setNoDelay(false);
        assertThat(client.closeReason()).isEqualTo(CloseReason.ABORTED);
    }

    @Test
    void aClosedLoopClosesItsStreams() {
        whenClosed(client, "client closed");
        whenClosed(server, "server closed");
        loop().close();
        loopClosed = true;
        assertThat(events).containsExactlyInAnyOrder("client closed", "server closed");
        assertThat(client.closeReason()).isEqualTo(CloseReason.LOOP_CLOSED);
    }

    @Test
    void aCloseByAnotherThreadDuringACallbackIsAnOrdinaryEnd() {
        whenClosed(server, "closed");
        server.readUntil("\n", line -> {
            elsewhere(server::close);
            assertThat(server.closed()).isTrue();
            server.write("too late");
        });
        client.write("line\n");
        client.readUntilClose(this::record);
        expect("", "closed");
        assertThat(server.closeReason()).isEqualTo(CloseReason.LOCAL);
        assertThat(reported).isEmpty();
    }
}
