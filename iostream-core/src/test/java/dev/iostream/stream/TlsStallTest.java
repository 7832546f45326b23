package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.simulation.Link;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Peers that take nothing of what was encrypted for them: such bytes are as unsent as those that were only written. */
class TlsStallTest extends TlsFixture {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration A_LITTLE = Duration.ofMillis(10);
    /** Two records: the peer takes the first and no more, since nobody reads. */
    private static final int WRITTEN = 30_000;

    private IOStream server;

    TlsStallTest() {
        super(Link.perfect().window(4_000));
    }

    private void writeToAPeerThatDoesNotRead(StreamOptions.Builder options) {
        listen(accepted -> served.add(
                SSLIOStream.over(accepted.transport(), serverOptions(), simulation.loop(), options.build(), stream -> {
                    server = stream;
                    stream.write(new byte[WRITTEN]);
                })));
        connect(clientOptions(), "localhost");
        simulation.run(A_LITTLE);
        assertThat(events).containsExactly("connected");
        assertThat(server.writing()).as("all of it is encrypted").isFalse();
        assertThat(server.driver().transport().unflushed()).isPositive();
    }

    @Test
    void theWriteStallDeadlineSeesThem() {
        writeToAPeerThatDoesNotRead(StreamOptions.builder().writeStallTimeout(LIMIT));
        simulation.run(LIMIT.minus(A_LITTLE.multipliedBy(2)));
        assertThat(server.closed()).isFalse();
        simulation.run(A_LITTLE.multipliedBy(3));
        assertThat(server.closeReason()).isEqualTo(CloseReason.WRITE_STALL);
    }

    @Test
    void aCloseThatCannotSendThemEndsWithItsDeadline() {
        writeToAPeerThatDoesNotRead(StreamOptions.builder().closeTimeout(LIMIT));
        server.close();
        simulation.run(LIMIT.plus(A_LITTLE));
        assertThat(server.closeReason()).isEqualTo(CloseReason.CLOSE_DEADLINE);
    }

    @Test
    void theyAreCountedAsMemory() {
        writeToAPeerThatDoesNotRead(StreamOptions.builder());
        int encrypted = server.driver().transport().unflushed();
        assertThat(server.driver().writeBuffer()).isEqualTo(encrypted);
        server.abort();
        assertThat(server.driver().writeBuffer()).isZero();
    }
}
