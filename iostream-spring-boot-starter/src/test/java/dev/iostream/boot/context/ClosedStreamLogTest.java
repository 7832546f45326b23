package dev.iostream.boot.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.event.StreamInfo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ClosedStreamLogTest {
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);
    private final ClosedStreamLog log = new ClosedStreamLog(nanoTime::get);

    @Test
    void warnsOnceInTenSecondsAndSaysHowManyWereLeftOut(CapturedOutput output) {
        reachLimit("first");
        reachLimit("second");
        reachLimit("third");
        assertThat(warnings(output)).singleElement().asString().endsWith("first");

        nanoTime.addAndGet(Duration.ofSeconds(10).toNanos());
        reachLimit("fourth");

        assertThat(warnings(output)).hasSize(2);
        assertThat(warnings(output).get(1)).endsWith("fourth (and 2 others since the last such line)");
    }

    @Test
    void saysNothingOfOrdinaryEnds(CapturedOutput output) {
        log.streamClosed(stream(), CloseReason.PEER_END, null);
        log.streamClosed(stream(), CloseReason.PEER_RESET, new IllegalStateException("reset"));

        assertThat(warnings(output)).isEmpty();
    }

    private void reachLimit(String cause) {
        log.streamClosed(stream(), CloseReason.READ_LIMIT, new IllegalStateException(cause));
    }

    private static List<String> warnings(CapturedOutput output) {
        return output.toString().lines().filter(line -> line.contains("WARN")).toList();
    }

    private static StreamInfo stream() {
        var remote = new InetSocketAddress("127.0.0.1", 4000);
        return new StreamInfo(
                1,
                "echo",
                "loop-1",
                "CLOSED",
                null,
                remote,
                null,
                Duration.ofSeconds(1),
                10,
                0,
                10,
                0,
                10,
                0,
                null,
                null,
                CloseReason.READ_LIMIT);
    }
}
