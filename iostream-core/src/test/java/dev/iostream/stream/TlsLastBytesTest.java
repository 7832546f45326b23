package dev.iostream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.event.CloseReason;
import dev.iostream.simulation.Link;
import dev.iostream.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What arrives of encrypted bytes that are the last ones: before a goodbye, and before a failure. */
class TlsLastBytesTest extends TlsFixture {
    private static final int WINDOW = 2000;
    /** More than records add to what they carry, with the alert that says goodbye. */
    private static final int OVERHEAD = 60;

    TlsLastBytesTest() {
        super(Link.perfect().latency(Duration.ofMillis(1)).window(WINDOW));
    }

    @Test
    void anAnswerArrivesWholeHoweverLittleOfTheGoodbyeFindsRoom() {
        int[] size = new int[1];
        serve(
                serverOptions(),
                stream -> stream.setReadEndCallback(() -> {
                    stream.write(new byte[size[0]]);
                    stream.close();
                }));
        for (size[0] = WINDOW - OVERHEAD; size[0] <= WINDOW; size[0]++) {
            SSLIOStream client = connect(clientOptions(), "localhost");
            simulation.run();
            events.clear();
            client.readUntilClose(data -> events.add("received " + data.length));
            client.shutdownWrite(null);
            simulation.run();
            assertThat(events).containsExactly("received " + size[0], "closed");
            assertThat(client.error()).as("after %d bytes", size[0]).isNull();
        }
    }

    @Test
    void whatCameBeforeARecordThatIsNoneIsDelivered() throws IOException {
        serve(serverOptions(), stream -> {
            stream.setCloseCallback(() -> events.add("closed " + stream.closeReason()));
            stream.readUntil("\n", this::record);
        });
        Transport wire = wire();
        SSLIOStream client = SSLIOStream.over(wire, clientOptions(), simulation.loop(), StreamOptions.defaults());
        clients.add(client);
        simulation.run();
        client.write("the last line\n", () -> write(wire, "and no record".getBytes(UTF_8)));
        simulation.run();
        assertThat(events).containsExactly("the last line", "closed " + CloseReason.TLS_FAILED);
    }

    private static void write(Transport wire, byte[] bytes) {
        try {
            wire.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
