package dev.iostream.boot.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.boot.EndpointRole;
import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClosedStreamLogTest {
    private final Logged logged = Logged.under(ClosedStreamLog.class.getName());
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);
    private final ClosedStreamLog log = log(EndpointRole.SERVER);

    private ClosedStreamLog log(EndpointRole role) {
        return new ClosedStreamLog(role, "pos", nanoTime::get);
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
        log.tellWhatIsOver();
    }

    private void end(CloseReason reason, String message) {
        log.streamClosed(stream(10, 4000), reason, new IllegalStateException(message));
    }

    private static StreamInfo stream(long bytes, int port) {
        var remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return new StreamInfo(
                1,
                "pos",
                "loop-1",
                "CLOSED",
                null,
                remote,
                null,
                Duration.ofSeconds(1),
                bytes,
                0,
                0,
                0,
                0,
                0,
                null,
                null,
                null);
    }

    @AfterEach
    void close() {
        logged.close();
    }

    @Test
    void theFirstIsToldAtOnceAndWhatFollowsWithinAMinuteInOneLine() {
        end(CloseReason.READ_LIMIT, "first");
        end(CloseReason.READ_LIMIT, "second");
        log.streamClosed(stream(10, 4001), CloseReason.READ_LIMIT, new IllegalStateException("third"));
        pass(Duration.ofSeconds(59));
        assertThat(logged.lines())
                .containsExactly("WARN Server 'pos', connection from 127.0.0.1:4000, READ_LIMIT: first");

        pass(Duration.ofSeconds(1));

        assertThat(logged.lines())
                .hasSize(2)
                .last()
                .isEqualTo("WARN 2 x READ_LIMIT on server 'pos' in 60 s, last: connection from 127.0.0.1:4001: third");
    }

    @Test
    void aStormIsOneLineForEachMinute() {
        for (int i = 0; i < 5 * 60; i++) {
            end(CloseReason.TLS_FAILED, "no common protocol");
            pass(Duration.ofSeconds(1));
        }

        assertThat(logged.lines()).hasSize(6);
        assertThat(logged.lines().get(5)).startsWith("WARN 60 x TLS_FAILED on server 'pos' in 60 s");
    }

    @Test
    void afterAQuietMinuteTheNextIsAFirstAgain() {
        end(CloseReason.TLS_FAILED, "one");
        pass(Duration.ofMinutes(2));
        end(CloseReason.TLS_FAILED, "two");

        assertThat(logged.lines()).hasSize(2).allMatch(line -> line.startsWith("WARN Server 'pos', connection from"));
    }

    @Test
    void eachReasonIsCountedByItself() {
        end(CloseReason.READ_LIMIT, "too long");
        end(CloseReason.PEER_RESET, "reset");

        assertThat(logged.lines())
                .containsExactly(
                        "WARN Server 'pos', connection from 127.0.0.1:4000, READ_LIMIT: too long",
                        "INFO Server 'pos', connection from 127.0.0.1:4000, PEER_RESET: reset");
    }

    @Test
    void whatWasCountedIsToldWhenTheApplicationEnds() {
        end(CloseReason.PEER_RESET, "one");
        end(CloseReason.PEER_RESET, "two");

        log.tellAll();
        log.tellAll();

        assertThat(logged.lines()).hasSize(2).last().asString().startsWith("INFO 1 x PEER_RESET");
    }

    @ParameterizedTest
    @EnumSource(
            value = CloseReason.class,
            names = {
                "LOCAL",
                "ABORTED",
                "PEER_END",
                "IDLE_DEADLINE",
                "CALLBACK_FAILED",
                "DRAINED",
                "LOOP_CLOSED",
                "PROXY_PROTOCOL",
                "CONNECTION_LIMIT"
            })
    void nothingIsSaidOfOrdinaryEndsAndOfWhatOthersSay(CloseReason reason) {
        log.streamClosed(stream(10, 4000), reason, null);

        assertThat(logged.lines()).isEmpty();
    }

    @Test
    void aPeerThatBeganAnotherProtocolAndGaveUpIsTold() {
        log.streamClosed(stream(400, 0), CloseReason.PEER_END, new IOException("the peer began TLS"));

        assertThat(logged.lines()).singleElement().asString().contains("INFO", "PEER_END: the peer began TLS");
    }

    @Test
    void whoOnlyLooksWhetherAnybodyListensIsNotWorthALine() {
        log.streamClosed(stream(0, 4000), CloseReason.PEER_RESET, new IllegalStateException("reset"));
        log.streamFailed(stream(0, 4000), CloseReason.PEER_END, null);

        assertThat(logged.lines()).isEmpty();
    }

    @Test
    void aClientThatCannotConnectIsWarnedOf() {
        StreamInfo unconnected = new StreamInfo(
                1, "pos", "loop-1", "CLOSED", null, null, null, Duration.ZERO, 0, 0, 0, 0, 0, 0, null, null, null);
        log(EndpointRole.CLIENT)
                .streamFailed(
                        unconnected,
                        CloseReason.CONNECT_FAILED,
                        new IllegalStateException("Could not connect to 10.0.0.1:7000: refused"));
        log(EndpointRole.FACTORY)
                .streamFailed(unconnected, CloseReason.CONNECT_FAILED, new IllegalStateException("told already"));

        assertThat(logged.lines())
                .containsExactly("WARN Client 'pos', connection, CONNECT_FAILED: Could not connect to 10.0.0.1:7000:"
                        + " refused");
    }

    @Test
    void whatPeersSayOfThemselvesStaysOnOneLine() {
        end(CloseReason.TLS_FAILED, "certificate of CN=x\r\n2026-11-24 INFO forged\u001B[2J\u2028" + "y".repeat(1000));

        assertThat(logged.lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("CN=x??2026-11-24 INFO forged?[2J?yyy")
                        .endsWith("...")
                        .hasSizeLessThan(600));
    }

    @Test
    void everyReasonHasALevel() {
        Arrays.stream(CloseReason.values())
                .forEach(reason -> log.streamClosed(stream(10, 4000), reason, cause(reason)));
    }

    private static @Nullable Throwable cause(CloseReason reason) {
        return reason == CloseReason.LOCAL ? null : new IllegalStateException("why");
    }
}
