package dev.iostream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.loop.IOLoop;
import dev.iostream.loop.Interest;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the transport is told that nothing more will be written. */
class LastBytesTest {
    private static final int TURNS = 20;

    private final IOLoop loop = new IOLoop();
    private final ScriptedTransport transport = new ScriptedTransport();
    private IOStream stream;

    @BeforeEach
    void open() throws IOException {
        stream = IOStream.over(transport, loop, StreamOptions.defaults());
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void runTurns() {
        for (int i = 0; i < TURNS; i++) {
            loop.stop();
            loop.start();
        }
    }

    @Test
    void whenThePeerHasEndedTheCloseThatFollowsTells() {
        transport.ends();
        runTurns();
        assertThat(stream.closeReason()).isEqualTo(CloseReason.PEER_END);
        assertThat(transport.isClosed()).isTrue();
        assertThat(transport.shutdowns).isZero();
        assertThat(transport.shutdownsToClose).isOne();
    }

    @Test
    void aStreamThatClosesFirstShutsDownAndWaitsForThePeer() {
        stream.close();
        runTurns();
        assertThat(transport.isClosed()).isFalse();
        assertThat(transport.shutdowns).isOne();
        transport.ends();
        transport.becomesReady(Interest.READ);
        runTurns();
        assertThat(transport.isClosed()).isTrue();
        assertThat(transport.shutdownsToClose).isZero();
    }

    @Test
    void aClosingStreamForgetsAMebibyteForOneReadinessAtMost() {
        int mebibyte = 1024 * 1024;
        stream.close();
        runTurns();
        transport.gives(new byte[3 * mebibyte]);
        transport.becomesReady(Interest.READ);
        assertThat(stream.info().bytesReceived()).isEqualTo(mebibyte);
    }

    @Test
    void aStreamThatGoesOnAfterItsShutdownShutsDownThoughThePeerHasEnded() {
        stream.readUntil("\n", line -> {});
        stream.shutdownWrite(() -> transport.ends());
        runTurns();
        assertThat(transport.shutdowns).isOne();
        assertThat(transport.shutdownsToClose).isZero();
    }
}
